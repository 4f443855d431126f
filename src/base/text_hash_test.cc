#include "base/text_hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <unordered_map>

namespace flowtrail {
namespace {

TEST(TextHash, TextsOfEveryLengthDifferWithEachOfTheirLetters) {
  const std::string whole = "arn:aws:ec2:eu-west-1:111122223333";
  std::set<std::size_t> hashes;
  std::size_t texts = 0;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    hashes.insert(TextHash{}(whole.substr(0, size)));
    ++texts;
    for (std::size_t at = 0; at < size; ++at) {
      std::string changed = whole.substr(0, size);
      changed[at] = '!';
      hashes.insert(TextHash{}(changed));
      ++texts;
    }
  }
  EXPECT_EQ(hashes.size(), texts);
}

TEST(TextHash, MapsOfTextsAreSearchedWithoutACopy) {
  std::unordered_map<std::string, int, TextHash, std::equal_to<>> map{{"sg-1", 1}, {"", 2}};
  EXPECT_EQ(map.find(std::string_view{"sg-12"}.substr(0, 4))->second, 1);
  EXPECT_EQ(map.find(std::string_view{})->second, 2);
  EXPECT_EQ(map.find(std::string_view{"sg-2"}), map.end());
}

}  // namespace
}  // namespace flowtrail
