// The generator's own random numbers (splitmix64), so that a seed means the same records everywhere.
#pragma once

#include <cstdint>
#include <string>

namespace flowtrail::bench {

/// A well mixed word of two: for addresses and ids that are a function of their place.
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t a, std::uint64_t b = 0) {
  std::uint64_t word = (a * 0x9e3779b97f4a7c15U) ^ (b + 0x632be59bd9b4e019U + (a << 6U));
  word = (word ^ (word >> 30U)) * 0xbf58476d1ce4e5b9U;
  word = (word ^ (word >> 27U)) * 0x94d049bb133111ebU;
  return word ^ (word >> 31U);
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t word = state_;
    word = (word ^ (word >> 30U)) * 0xbf58476d1ce4e5b9U;
    word = (word ^ (word >> 27U)) * 0x94d049bb133111ebU;
    return word ^ (word >> 31U);
  }
  /// 0 to bound - 1; bound at most 2^32.
  std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>(((next() >> 32U) * std::uint64_t{bound}) >> 32U);
  }
  std::uint32_t between(std::uint32_t low, std::uint32_t high) { return low + below(high - low + 1); }
  bool chance(std::uint32_t per_thousand) { return below(1000) < per_thousand; }

  std::string hex(int digits) {
    std::string text;
    for (int i = 0; i < digits; ++i) text += "0123456789abcdef"[next() >> 60U];
    return text;
  }
  std::string uuid() {
    const std::string a = hex(8), b = hex(4), c = hex(3), d = hex(3), e = hex(12);
    return a + "-" + b + "-4" + c + "-a" + d + "-" + e;
  }

 private:
  std::uint64_t state_;
};

}  // namespace flowtrail::bench
