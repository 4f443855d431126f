#include "trino/decimal.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <utility>

namespace flowtrail::trino {
namespace {

// Numbers on paper: digits in a text, the highest first. Slow, and too simple to be wrong.

struct Paper {
  std::string digits = "0";
  bool negative = false;
};

std::string without_zeros(const std::string& digits) {
  const std::size_t first = digits.find_first_not_of('0');
  return first == std::string::npos ? "0" : digits.substr(first);
}

bool below(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

std::string sum(std::string a, std::string b) {
  const std::size_t size = std::max(a.size(), b.size()) + 1;
  a.insert(0, size - a.size(), '0');
  b.insert(0, size - b.size(), '0');
  int carry = 0;
  for (std::size_t i = size; i-- > 0;) {
    const int digit = (a[i] - '0') + (b[i] - '0') + carry;
    a[i] = static_cast<char>('0' + digit % 10);
    carry = digit / 10;
  }
  return without_zeros(a);
}

/// a - b, which is not negative.
std::string rest(std::string a, std::string b) {
  b.insert(0, a.size() - b.size(), '0');
  int borrow = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    const int digit = (a[i] - '0') - (b[i] - '0') - borrow;
    borrow = digit < 0 ? 1 : 0;
    a[i] = static_cast<char>('0' + (digit + 10) % 10);
  }
  return without_zeros(a);
}

std::string product(const std::string& a, const std::string& b) {
  std::string total = "0";
  for (const char digit : b) {
    total = without_zeros(total + '0');
    for (int i = 0; i < digit - '0'; ++i) total = sum(total, a);
  }
  return total;
}

/// Halves up.
std::string quotient(const std::string& a, const std::string& b) {
  std::string result;
  std::string left = "0";
  for (const char digit : a) {
    left = without_zeros(left + digit);
    char count = '0';
    for (; !below(left, b); ++count) left = rest(left, b);
    result += count;
  }
  return below(sum(left, left), b) ? without_zeros(result) : sum(without_zeros(result), "1");
}

Paper on_paper(Int128 number) {
  Paper paper{"", number < 0};
  for (; number != 0; number /= 10) {
    paper.digits += static_cast<char>('0' + std::abs(static_cast<int>(number % 10)));
  }
  std::ranges::reverse(paper.digits);
  return {without_zeros(paper.digits), paper.negative};
}

std::string text_of(const Paper& paper) {
  return (paper.negative && paper.digits != "0" ? "-" : "") + paper.digits;
}

/// Nothing beyond 38 digits.
std::string within_38(const Paper& paper) {
  return paper.digits.size() > 38 ? "nothing" : text_of(paper);
}

std::string shown(const std::optional<Int128>& number) {
  return number ? text_of(on_paper(*number)) : "nothing";
}

constexpr Int128 kGreatest = ~(Int128{1} << 127);

class RandomNumbers {
 public:
  /// Of any number of digits up to 38.
  Int128 decimal() {
    const Int128 number = bits() % power_of_ten(1 + static_cast<int>(engine_() % 38));
    return engine_() % 2 == 0 ? number : -number;
  }
  /// Of any number of bits up to 127.
  Int128 any() {
    const Int128 number = bits() >> static_cast<int>(engine_() % 127);
    return engine_() % 2 == 0 ? number : -number;
  }
  int below(int count) { return static_cast<int>(engine_() % static_cast<unsigned>(count)); }

 private:
  Int128 bits() { return static_cast<Int128>(engine_() >> 1U) << 64 | static_cast<Int128>(engine_()); }
  std::mt19937_64 engine_{20240229};
};

constexpr int kRounds = 5000;

TEST(Decimal, PowersOfTenAreAOneAndZeros) {
  for (int i = 0; i <= kMaximumDigits; ++i) {
    EXPECT_EQ(text_of(on_paper(power_of_ten(i))), "1" + std::string(static_cast<std::size_t>(i), '0'));
  }
}

TEST(Decimal, DigitsAreCountedOnBothSidesOfZero) {
  for (int digits = 1; digits <= kMaximumDigits; ++digits) {
    for (const int sign : {1, -1}) {
      EXPECT_TRUE(fits_digits(sign * (power_of_ten(digits) - 1), digits)) << digits;
      EXPECT_FALSE(fits_digits(sign * power_of_ten(digits), digits)) << digits;
    }
  }
  EXPECT_FALSE(fits_digits(kGreatest, kMaximumDigits));
  EXPECT_FALSE(fits_digits(-kGreatest - 1, kMaximumDigits));
}

TEST(Decimal, TextHasThePointAtTheScaleAndReadsBackTheSame) {
  RandomNumbers random;
  for (int i = 0; i < kRounds; ++i) {
    const Int128 number = random.decimal();
    const int scale = random.below(kMaximumDigits + 1);
    const Paper paper = on_paper(number);
    std::string wanted = paper.digits;
    const auto places = static_cast<std::size_t>(scale);
    if (wanted.size() < places + 1) wanted.insert(0, places + 1 - wanted.size(), '0');
    if (scale > 0) wanted.insert(wanted.size() - places, ".");
    if (number < 0) wanted.insert(0, "-");
    ASSERT_EQ(decimal_text(number, scale), wanted);
    ASSERT_EQ(shown(parse_decimal(wanted, scale)), text_of(paper)) << wanted;
  }
}

TEST(Decimal, TheLeastNumberOf128BitsHasAText) {
  EXPECT_EQ(decimal_text(-kGreatest - 1, 0), "-170141183460469231731687303715884105728");
}

TEST(Decimal, AnotherScaleRoundsHalvesAwayFromZero) {
  EXPECT_EQ(shown(rescaled(125, 2, 1)), "13");
  EXPECT_EQ(shown(rescaled(-125, 2, 1)), "-13");
  EXPECT_EQ(shown(rescaled(124, 2, 1)), "12");
  RandomNumbers random;
  for (int i = 0; i < kRounds; ++i) {
    const Int128 number = random.decimal();
    const int from = random.below(80);
    const int to = random.below(80);
    Paper paper = on_paper(number);
    const std::string zeros(static_cast<std::size_t>(std::abs(from - to)), '0');
    paper.digits = to >= from ? without_zeros(paper.digits + zeros) : quotient(paper.digits, "1" + zeros);
    ASSERT_EQ(shown(rescaled(number, from, to)), within_38(paper))
        << text_of(on_paper(number)) << " from " << from << " to " << to;
  }
}

TEST(Decimal, ParsingRoundsDigitsBeyondTheScaleAndMovesThePointByTheExponent) {
  RandomNumbers random;
  for (int i = 0; i < kRounds; ++i) {
    const Paper paper = on_paper(random.decimal());
    const int exponent = random.below(100) - 50;
    const int scale = random.below(kMaximumDigits + 1);
    const int shift = exponent + scale;
    const std::string zeros(static_cast<std::size_t>(std::abs(shift)), '0');
    Paper wanted = paper;
    wanted.digits = shift >= 0 ? without_zeros(paper.digits + zeros) : quotient(paper.digits, "1" + zeros);
    const std::string text = fmt::format("{}{}e{}", paper.negative ? "-" : "", paper.digits, exponent);
    ASSERT_EQ(shown(parse_decimal(text, scale)), within_38(wanted)) << text << " with scale " << scale;
  }
}

TEST(Decimal, ParsingTakesWhatJavaTakes) {
  const auto parsed = [](std::string_view text, int scale) { return shown(parse_decimal(text, scale)); };
  EXPECT_EQ(parsed("-1.50", 2), "-150");
  EXPECT_EQ(parsed("+7", 0), "7");
  EXPECT_EQ(parsed(".5", 1), "5");
  EXPECT_EQ(parsed("5.", 1), "50");
  EXPECT_EQ(parsed("1e3", 0), "1000");
  EXPECT_EQ(parsed("1E+3", 0), "1000");
  EXPECT_EQ(parsed("15e-1", 0), "2");
  EXPECT_EQ(parsed("0.4999", 0), "0");
  EXPECT_EQ(parsed("0000000000000000000000000000000000000000000001", 0), "1");
  EXPECT_EQ(parsed("0e9999", 38), "0");
  EXPECT_EQ(parsed("1e-9999", 38), "0");
  EXPECT_EQ(parsed("99999999999999999999999999999999999999", 0), "99999999999999999999999999999999999999");
}

TEST(Decimal, ParsingRefusesWhatIsNoNumberOrTooLarge) {
  for (const std::string_view text : {"",
                                      "-",
                                      "+",
                                      ".",
                                      "e1",
                                      "1e",
                                      "1e+",
                                      "1e+-5",
                                      "1e--5",
                                      "--1",
                                      "1.2.3",
                                      "1 ",
                                      " 1",
                                      "0x1",
                                      "NaN",
                                      "1,5",
                                      "1e1.5",
                                      "100000000000000000000000000000000000000",
                                      "99999999999999999999999999999999999999.5",
                                      "1e38",
                                      "1e10001",
                                      "1e99999999999",
                                      "1e-2147483648",
                                      "1e2147483647"}) {
    EXPECT_EQ(parse_decimal(text, 0), std::nullopt) << text;
  }
}

TEST(Decimal, TheNearestDoubleIsFound) {
  RandomNumbers random;
  for (int i = 0; i < kRounds; ++i) {
    const Int128 number = random.decimal();
    const int scale = random.below(kMaximumDigits + 1);
    const std::string text = decimal_text(number, scale);
    ASSERT_EQ(decimal_to_double(number, scale), std::strtod(text.c_str(), nullptr)) << text;
  }
}

TEST(Decimal, ProductsAndQuotientsAreExactUpTo256Bits) {
  const std::string limit = on_paper(kGreatest).digits;
  RandomNumbers random;
  int answered = 0;
  for (int i = 0; i < kRounds; ++i) {
    const Int128 a = i % 50 == 0 ? kGreatest : random.any();
    const Int128 b = i % 70 == 0 ? -kGreatest : random.any();
    Int128 c = i % 3 == 0 ? random.any() : random.decimal();
    if (c == 0) c = i % 2 == 0 ? 1 : -3;
    const Paper x = on_paper(a);
    const Paper y = on_paper(b);
    const Paper z = on_paper(c);
    const Paper wanted{quotient(product(x.digits, y.digits), z.digits), (x.negative != y.negative) != z.negative};
    const auto found = multiplied_and_divided(a, b, c);
    ASSERT_EQ(shown(found), below(limit, wanted.digits) ? "nothing" : text_of(wanted))
        << text_of(x) << " * " << text_of(y) << " / " << text_of(z);
    answered += found ? 1 : 0;
  }
  EXPECT_GT(answered, kRounds / 4);
  EXPECT_LT(answered, kRounds);
}

TEST(Decimal, ProductsRoundHalvesAwayFromZero) {
  EXPECT_EQ(shown(multiplied_and_divided(1, 5, 10)), "1");
  EXPECT_EQ(shown(multiplied_and_divided(-1, 5, 10)), "-1");
  EXPECT_EQ(shown(multiplied_and_divided(1, 4, 10)), "0");
  EXPECT_EQ(shown(multiplied_and_divided(1, 1, -2)), "-1");
}

TEST(Decimal, ProductsAtTheEdgesOf128BitsDoNotWrap) {
  constexpr Int128 kLeast = -kGreatest - 1;
  EXPECT_EQ(shown(multiplied_and_divided(kGreatest, kGreatest, kGreatest)), shown(kGreatest));
  EXPECT_EQ(multiplied_and_divided(kGreatest, 2, 1), std::nullopt);
  EXPECT_EQ(shown(multiplied_and_divided(kLeast, 1, 1)), shown(kLeast));
  EXPECT_EQ(multiplied_and_divided(kLeast, -1, 1), std::nullopt);
  // (2^130 - 1) / 4 is rounded to 2^128, which has no room even without a sign.
  EXPECT_EQ(multiplied_and_divided((Int128{1} << 65) - 1, (Int128{1} << 65) + 1, 4), std::nullopt);
  EXPECT_EQ(multiplied_and_divided(kLeast, kLeast, 1), std::nullopt);
}

}  // namespace
}  // namespace flowtrail::trino
