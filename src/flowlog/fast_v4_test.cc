#include "flowlog/fast_v4.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "flowlog/fast_text.h"

namespace flowtrail::flowlog {
namespace {

struct Pair {
  std::uint32_t first = 0, second = 0;
  friend bool operator==(const Pair&, const Pair&) = default;
};

__attribute__((target("avx2,bmi,bmi2"))) std::optional<Pair> read_at_once(std::string_view first,
                                                                          std::string_view second) {
  Pair pair;
  return read_two_v4(first, second, pair.first, pair.second) ? std::optional(pair) : std::nullopt;
}

std::optional<Pair> read_one_by_one(std::string_view first, std::string_view second) {
  Pair pair;
  return read_v4(first, pair.first) && read_v4(second, pair.second) ? std::optional(pair) : std::nullopt;
}

/// A text in memory of its own, that ends 16 bytes behind the text's begin, or with the text.
class Alone {
 public:
  explicit Alone(std::string_view text) : bytes_(new char[std::max<std::size_t>(text.size(), 16)]), size_(text.size()) {
    std::memset(bytes_.get(), '7', std::max<std::size_t>(size_, 16));
    std::memcpy(bytes_.get(), text.data(), size_);
  }
  [[nodiscard]] std::string_view text() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

void expect_same(const std::string& first, const std::string& second) {
  const Alone one(first), other(second);
  EXPECT_EQ(read_at_once(one.text(), other.text()), read_one_by_one(first, second)) << first << ' ' << second;
  EXPECT_EQ(read_at_once(other.text(), one.text()), read_one_by_one(second, first)) << second << ' ' << first;
}

class FastV4 : public ::testing::Test {
 protected:
  void SetUp() override {
    if (__builtin_cpu_supports("avx2") == 0 || __builtin_cpu_supports("bmi2") == 0) GTEST_SKIP();
  }
};

TEST_F(FastV4, EveryOctetIsReadAtEveryPlace) {
  for (unsigned octet = 0; octet < 1100; ++octet) {
    expect_same(fmt::format("{}.2.30.255", octet), "10.0.0.1");
    expect_same(fmt::format("1.{}.30.255", octet), "10.0.0.1");
    expect_same(fmt::format("1.20.{}.255", octet), "10.0.0.1");
    expect_same(fmt::format("1.2.30.{}", octet), "10.0.0.1");
  }
}

TEST_F(FastV4, EveryWayToWriteAnAddressIsRead) {
  constexpr unsigned kOctets[] = {0, 9, 10, 99, 100, 255};
  for (unsigned i = 0; i < 6 * 6 * 6 * 6; ++i) {
    const std::string text =
        fmt::format("{}.{}.{}.{}", kOctets[i % 6], kOctets[i / 6 % 6], kOctets[i / 36 % 6], kOctets[i / 216]);
    EXPECT_TRUE(read_at_once(Alone(text).text(), Alone("1.2.3.4").text()));
    expect_same(text, "10.0.0.1");
  }
}

TEST_F(FastV4, WhatIsNoAddressIsRefused) {
  for (const char* text : {"-",
                           "1",
                           "1.2.3",
                           "1.2.3.4.",
                           ".1.2.3",
                           "1..2.3",
                           "1.2.3.4.5",
                           "01.2.3.4",
                           "1.02.3.4",
                           "1.2.3.00",
                           "256.1.1.1",
                           "1.2.3.999",
                           "1.2.3.4x",
                           "1.2.3./",
                           "1.2.3.:",
                           "1.2.3.4567",
                           "1234.1.1.1",
                           "::1",
                           "2001:db8::1",
                           "2001:db8:1111:2222:3333:4444:5555:6666",
                           "1.2.3.4             ",
                           "....",
                           ".......",
                           "1.2.3.4/32"}) {
    expect_same(text, "10.0.0.1");
    expect_same(text, text);
    EXPECT_EQ(read_at_once(Alone(text).text(), Alone("1.2.3.4").text()), std::nullopt) << text;
  }
}

TEST_F(FastV4, DamagedAddressesAreJudgedAsByTheLoop) {
  std::mt19937 random(3);
  const std::string bytes = "0123456789..../:-x \x7f\x01\xff";
  for (int round = 0; round < 300'000; ++round) {
    std::string text = fmt::format("{}.{}.{}.{}", random() % 256, random() % 256, random() % 30, random() % 256);
    const std::size_t place = random() % text.size();
    const char byte = bytes[random() % bytes.size()];
    switch (random() % 3) {
      case 0: text[place] = byte; break;
      case 1: text.insert(place, 1, byte); break;
      default: text.erase(place, 1); break;
    }
    expect_same(text, "192.168.100.200");
  }
}

}  // namespace
}  // namespace flowtrail::flowlog
