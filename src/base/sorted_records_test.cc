#include "base/sorted_records.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>

#include "base/sort_key.h"

namespace flowtrail {
namespace {

using Pair = std::pair<std::string, std::string>;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span{text});
}
std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};  // NOLINT: bytes as text
}

std::vector<Pair> read(const SortedRecords& records) {
  std::vector<Pair> pairs;
  SortedRecords::Cursor cursor = records.open();
  for (;;) {
    const auto record = cursor.next();
    EXPECT_TRUE(record);
    if (!record || *record == nullptr) return pairs;
    pairs.emplace_back(text_of((*record)->key), text_of((*record)->value));
  }
}

SortedRecords sorted(const std::vector<Pair>& pairs, std::size_t parts, std::size_t budget) {
  std::vector<RecordSorter> sorters;
  for (std::size_t part = 0; part < parts; ++part) {
    RecordSorter& sorter = sorters.emplace_back(SpillOptions{budget, testing::TempDir()});
    // Neighbours go to one part, so that equal keys keep the order of adding.
    for (std::size_t i = pairs.size() * part / parts; i < pairs.size() * (part + 1) / parts; ++i) {
      EXPECT_TRUE(sorter.add(bytes_of(pairs[i].first), bytes_of(pairs[i].second)));
    }
  }
  return SortedRecords{std::move(sorters)};
}

TEST(SortedRecords, OrderIsThatOfKeysThenOfAddingWhateverTheBudget) {
  std::mt19937 random{7};
  std::vector<Pair> pairs;
  for (int i = 0; i < 3000; ++i) {
    std::string key;
    for (std::size_t length = random() % 12; length > 0; --length) key += static_cast<char>(random() % 3 * 127);
    std::string value = std::to_string(i);
    if (i % 500 == 0) value.append(300'000, 'x');  // more than any buffer
    pairs.emplace_back(std::move(key), std::move(value));
  }
  std::vector<Pair> expected = pairs;
  std::ranges::stable_sort(expected, {}, &Pair::first);
  for (const std::size_t budget : {std::size_t{0}, std::size_t{1000}, std::size_t{50'000}, std::size_t{1} << 30U}) {
    for (const std::size_t parts : {1U, 3U}) {
      const SortedRecords records = sorted(pairs, parts, budget);
      EXPECT_EQ(records.size(), pairs.size());
      EXPECT_TRUE(read(records) == expected) << budget << " bytes, " << parts << " parts";
      EXPECT_TRUE(read(records) == expected) << "again";
    }
  }
}

TEST(SortedRecords, NoRecordsAreNoRecords) {
  EXPECT_TRUE(read(SortedRecords{}).empty());
  EXPECT_TRUE(read(sorted({}, 2, 0)).empty());
}

TEST(SortedRecords, AFolderThatCannotBeWrittenIsAnErrorOnlyBeyondTheBudget) {
  RecordSorter sorter{SpillOptions{100, "/nowhere/at/all"}};
  EXPECT_TRUE(sorter.add(bytes_of("a"), bytes_of("1")));
  const Status second = sorter.add(bytes_of("b"), bytes_of(std::string(100, 'x')));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kIo);
  EXPECT_EQ(second.error().where, "/nowhere/at/all");
  EXPECT_NE(second.error().hint.find("TMPDIR"), std::string::npos);
}

TEST(SortKey, BytesAreOrderedAsNumbersAre) {
  const std::vector<std::uint64_t> numbers{0, 1, 127, 128, 255, 256, 65535, 65536, 1ULL << 40U, ~0ULL - 1, ~0ULL};
  const auto key = [](std::uint64_t number, bool descending) {
    SortKey bytes;
    if (descending) {
      bytes.put_descending(number);
    } else {
      bytes.put(number);
    }
    return text_of(bytes.bytes());
  };
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    EXPECT_LT(key(numbers[i - 1], false), key(numbers[i], false));
    EXPECT_GT(key(numbers[i - 1], true), key(numbers[i], true));
  }
}

TEST(SortKey, BytesAreOrderedAsAddressesAre) {
  const std::vector<IpAddress> addresses{{},
                                         {0, 5},
                                         {0, 0xfffeffffffffU},
                                         IpAddress::from_v4(0),
                                         IpAddress::from_v4(0xffffffffU),
                                         {0, 0x1000000000000U},
                                         {1, 0},
                                         {~0ULL, ~0ULL}};
  const auto key = [](const IpAddress& address) {
    SortKey bytes;
    bytes.put(address);
    return text_of(bytes.bytes());
  };
  for (std::size_t i = 1; i < addresses.size(); ++i) EXPECT_LT(key(addresses[i - 1]), key(addresses[i]));
}

}  // namespace
}  // namespace flowtrail
