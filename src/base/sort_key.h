// Bytes whose order is that of the values put into them, one after the other. Numbers take as few bytes as their size
// needs: their number of bytes, then the bytes, high ones first.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/ip_address.h"

namespace flowtrail {

class SortKey {
 public:
  /// Small numbers first.
  void put(std::uint64_t value) { put_number(value, 0); }
  /// Great numbers first.
  void put_descending(std::uint64_t value) { put_number(value, 0xff); }
  /// In the order of IpAddress; those of IPv4 take five bytes.
  void put(const IpAddress& address) {
    const IpAddress first_v4 = IpAddress::from_v4(0);
    if (address.is_v4()) {
      put_byte(1);
      put_bytes(address.v4(), 4, 0);
      return;
    }
    put_byte(address < first_v4 ? 0 : 2);
    put_bytes(address.high(), 8, 0);
    put_bytes(address.low(), 8, 0);
  }

  void clear() { bytes_.clear(); }
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

 private:
  void put_byte(unsigned value) { bytes_.push_back(static_cast<std::byte>(value)); }
  // The bits of `flip` are turned in each byte.
  void put_bytes(std::uint64_t value, unsigned count, unsigned flip) {
    while (count-- > 0) put_byte((static_cast<unsigned>(value >> (8 * count)) & 0xffU) ^ flip);
  }
  void put_number(std::uint64_t value, unsigned flip) {
    const auto count = static_cast<unsigned>(std::bit_width(value) + 7) / 8;
    put_byte(count ^ flip);
    put_bytes(value, count, flip);
  }

  std::vector<std::byte> bytes_;
};

}  // namespace flowtrail
