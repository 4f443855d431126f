#include "history/place_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

namespace flowtrail::history {
namespace {

TEST(PlaceTable, FindsWhatAMapFindsHoweverManyHaveOneHash) {
  for (const std::size_t hashes : {std::size_t{1}, std::size_t{7}, SIZE_MAX}) {
    std::mt19937 random(4);
    PlaceTable table;
    if (hashes == 7) table.reserve(500);
    std::vector<std::string> names;
    std::map<std::string, std::uint32_t> places;
    for (int i = 0; i < 3'000; ++i) {
      const std::string name = "sg-" + std::to_string(random() % 1'000);
      const std::size_t hash = std::hash<std::string>{}(name) % hashes;
      const std::uint32_t found = table.find(hash, [&](std::uint32_t place) { return names[place] == name; });
      const auto known = places.find(name);
      ASSERT_EQ(found, known == places.end() ? PlaceTable::kNone : known->second);
      if (found != PlaceTable::kNone) continue;
      const auto place = static_cast<std::uint32_t>(names.size());
      names.push_back(name);
      places.emplace(name, place);
      table.add(hash, place);
    }
  }
}

}  // namespace
}  // namespace flowtrail::history
