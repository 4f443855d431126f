#include "flowlog/fast_text.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <optional>
#include <random>
#include <string>

#include "base/ip_address.h"

namespace flowtrail::flowlog {
namespace {

std::optional<IpAddress> v6_of(std::string_view text) {
  std::uint64_t high = 0, low = 0;
  return read_v6(text, high, low) ? std::optional(IpAddress(high, low)) : std::nullopt;
}

/// What is refused is left to slower readers, and so may be an address all the same.
void expect_no_other_address(const std::string& text) {
  const auto read = v6_of(text);
  const auto parsed = IpAddress::parse(text);
  EXPECT_TRUE(!read || (parsed && *parsed == *read)) << text;
}

TEST(FastText, ReadsAnyIpv6AddressWithoutDots) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 100'000; ++round) {
    // Groups of zeros at any place, so that `::` comes at any place, too.
    std::uint64_t high = random(), low = random();
    for (unsigned group = 0; group < 4; ++group) {
      if (random() % 2 == 0) high &= ~(std::uint64_t{0xffff} << group * 16);
      if (random() % 2 == 0) low &= ~(std::uint64_t{0xffff} << group * 16);
    }
    const IpAddress address(high, low);
    const std::string text = address.to_string();
    if (text.find('.') != std::string::npos) continue;
    ASSERT_EQ(v6_of(text), address) << text;
  }
  EXPECT_EQ(v6_of("2001:DB8::A"), IpAddress::parse("2001:db8::a").value());
  EXPECT_EQ(v6_of("1:2:3:4:5:6:7::"), IpAddress::parse("1:2:3:4:5:6:7:0").value());
  EXPECT_EQ(v6_of("::"), IpAddress());
}

TEST(FastText, WhatIsNoIpv6AddressIsRefused) {
  for (const char* text : {"",
                           "-",
                           ":",
                           "1",
                           ":::",
                           "::1::",
                           "1:",
                           ":1",
                           "1::2::3",
                           "12345::",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7:8::",
                           "::1:2:3:4:5:6:7:8",
                           "1:2:3:4::5:6:7:8",
                           "g::",
                           "1::2:",
                           "1:2:3:4:5:6:7:",
                           "10.0.0.1",
                           "::ffff:10.0.0.1",
                           "fe80::1%eth0"}) {
    EXPECT_EQ(v6_of(text), std::nullopt) << text;
  }
}

TEST(FastText, DamagedIpv6AddressesAreNotTakenForOthers) {
  std::mt19937_64 random(6);
  const std::string bytes = "0123456789abcdefABCDEF:::::.g- \x7f";
  for (int round = 0; round < 200'000; ++round) {
    std::string text = IpAddress(random() & random(), random() & random() & random()).to_string();
    for (std::uint64_t faults = random() % 3; faults > 0 && !text.empty(); --faults) {
      const std::size_t place = random() % text.size();
      const char byte = bytes[random() % bytes.size()];
      switch (random() % 3) {
        case 0: text[place] = byte; break;
        case 1: text.insert(place, 1, byte); break;
        default: text.erase(place, 1 + random() % 6); break;
      }
    }
    expect_no_other_address(text);
  }
}

TEST(FastText, NumbersAreReadWhateverStandsBehindThem) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 100'000; ++round) {
    std::array<char, 32> bytes;
    for (char& byte : bytes) byte = static_cast<char>(random());
    const std::size_t size = 1 + random() % 16;
    const std::uint64_t number = random() % (size < 16 ? (std::uint64_t{1} << (size * 3)) : 9'999'999'999'999'999U);
    const std::string text = fmt::format("{:0{}}", number, size);
    std::memcpy(bytes.data(), text.data(), text.size());
    std::uint64_t read = 0;
    ASSERT_TRUE(read_digits({bytes.data(), text.size()}, read)) << text;
    ASSERT_EQ(read, number);
    const std::size_t place = random() % text.size();
    bytes[place] = static_cast<char>(random());
    const bool is_digit = bytes[place] >= '0' && bytes[place] <= '9';
    ASSERT_EQ(read_digits({bytes.data(), text.size()}, read), is_digit);
  }
}

}  // namespace
}  // namespace flowtrail::flowlog
