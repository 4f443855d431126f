// Integers in as few bytes as their size needs: seven bits a byte, low bits first, the high bit says that more follow
// (LEB128, as in the DWARF and Protocol Buffers specifications); signed ones with their sign in the lowest bit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace flowtrail::attribution {

/// The longest form of 64 bits.
constexpr std::size_t kMostVarintBytes = 10;

class VarintWriter {
 public:
  explicit VarintWriter(std::byte* to) : to_(to) {}

  void put(std::uint64_t value) {
    for (; value >= 0x80U; value >>= 7U) *to_++ = static_cast<std::byte>(value | 0x80U);
    *to_++ = static_cast<std::byte>(value);
  }
  void put_signed(std::int64_t value) {
    put(static_cast<std::uint64_t>(value) << 1U ^ static_cast<std::uint64_t>(value >> 63U));
  }
  [[nodiscard]] std::byte* position() const { return to_; }

 private:
  std::byte* to_;
};

/// Reads what a VarintWriter wrote, and nothing else: there are no checks.
class VarintReader {
 public:
  explicit VarintReader(const std::byte* from) : from_(from) {}

  [[nodiscard]] std::uint64_t get() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7U) {
      const auto byte = std::to_integer<std::uint64_t>(*from_++);
      value |= (byte & 0x7fU) << shift;
      if (byte < 0x80U) return value;
    }
  }
  [[nodiscard]] std::uint32_t get32() { return static_cast<std::uint32_t>(get()); }
  [[nodiscard]] std::int64_t get_signed() {
    const std::uint64_t value = get();
    return static_cast<std::int64_t>(value >> 1U ^ (~(value & 1U) + 1U));
  }
  [[nodiscard]] const std::byte* position() const { return from_; }

 private:
  const std::byte* from_;
};

}  // namespace flowtrail::attribution
