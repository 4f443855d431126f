// IPv4 and IPv6 addresses and CIDR blocks in one 128-bit form. IPv4 is kept as `::ffff:a.b.c.d` (RFC 4291, 2.5.5.2),
// so that one comparison serves both families; a CIDR block still never matches an address of the other family,
// since AWS treats 0.0.0.0/0 and ::/0 as different sources.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace flowtrail {

class IpAddress {
 public:
  /// `::`, which no record uses as a real peer.
  constexpr IpAddress() = default;
  constexpr IpAddress(std::uint64_t high, std::uint64_t low) : high_(high), low_(low) {}

  static constexpr IpAddress from_v4(std::uint32_t host_order) { return {0, kMappedPrefix | host_order}; }

  /// Reads dotted IPv4 or RFC 4291 IPv6 text. Errors: kUsage for anything else (zone ids and leading zeros included).
  [[nodiscard]] static Result<IpAddress> parse(std::string_view text);

  [[nodiscard]] constexpr bool is_v4() const { return high_ == 0 && (low_ >> 32U) == 0xffffU; }
  /// The IPv4 address in host order; only meaningful when `is_v4()`.
  [[nodiscard]] constexpr std::uint32_t v4() const { return static_cast<std::uint32_t>(low_); }
  [[nodiscard]] constexpr std::uint64_t high() const { return high_; }
  [[nodiscard]] constexpr std::uint64_t low() const { return low_; }

  /// Dotted IPv4, or IPv6 as RFC 5952 writes it.
  [[nodiscard]] std::string to_string() const;

  friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  static constexpr std::uint64_t kMappedPrefix = 0xffff00000000U;
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

/// An address block with its host bits cleared, as the EC2 API stores it.
class Cidr {
 public:
  constexpr Cidr() = default;
  /// `prefix_length` counts in the address's own family (0-32 or 0-128). Host bits are cleared.
  Cidr(IpAddress address, int prefix_length);

  /// Reads `10.0.0.0/8`, `2001:db8::/32`, or a bare address as a block of one. Errors: kUsage.
  [[nodiscard]] static Result<Cidr> parse(std::string_view text);

  [[nodiscard]] bool contains(const IpAddress& address) const;
  [[nodiscard]] bool contains(const Cidr& other) const;
  [[nodiscard]] bool is_v4() const { return network_.is_v4(); }
  [[nodiscard]] const IpAddress& network() const { return network_; }
  /// The last address of the block.
  [[nodiscard]] IpAddress last() const;
  [[nodiscard]] int prefix_length() const { return prefix_length_; }
  [[nodiscard]] std::string to_string() const;

  friend auto operator<=>(const Cidr&, const Cidr&) = default;

 private:
  IpAddress network_;
  int prefix_length_ = 128;
};

/// RFC 1918, RFC 6598, RFC 4193 and link-local (RFC 3927, RFC 4291): addresses that no stranger on the internet has.
[[nodiscard]] bool is_private(const IpAddress& address);

}  // namespace flowtrail

template <>
struct std::hash<flowtrail::IpAddress> {
  std::size_t operator()(const flowtrail::IpAddress& address) const noexcept {
    std::uint64_t mixed = address.high() * 0x9e3779b97f4a7c15U ^ address.low();
    mixed ^= mixed >> 32U;
    mixed *= 0xd6e8feb86659fd93U;
    mixed ^= mixed >> 32U;
    return static_cast<std::size_t>(mixed);
  }
};
