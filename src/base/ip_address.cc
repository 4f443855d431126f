#include "base/ip_address.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cstring>

namespace flowtrail {
namespace {

// Length of the longest IPv6 text, "ffff:…:255.255.255.255", and room for the terminating zero.
constexpr std::size_t kMaxTextLength = 46;

constexpr std::uint64_t mask64(int bits) {
  if (bits <= 0) return 0;
  if (bits >= 64) return ~std::uint64_t{0};
  return ~std::uint64_t{0} << (64 - bits);
}

std::uint64_t load_big_endian(const unsigned char* bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8U | bytes[i];
  return value;
}

void store_big_endian(std::uint64_t value, unsigned char* bytes) {
  for (int i = 7; i >= 0; --i, value >>= 8U) bytes[i] = static_cast<unsigned char>(value);
}

// The prefix length in the 128-bit space.
int wide_prefix(bool v4, int prefix_length) {
  return v4 ? 96 + prefix_length : prefix_length;
}

}  // namespace

Result<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.empty() || text.size() >= kMaxTextLength) return failure(ErrorCode::kUsage, "not an IP address: {}", text);
  std::array<char, kMaxTextLength> terminated{};
  std::memcpy(terminated.data(), text.data(), text.size());
  if (text.find(':') == std::string_view::npos) {
    in_addr address{};
    if (inet_pton(AF_INET, terminated.data(), &address) != 1) {
      return failure(ErrorCode::kUsage, "not an IP address: {}", text);
    }
    return from_v4(ntohl(address.s_addr));
  }
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(AF_INET6, terminated.data(), bytes.data()) != 1) {
    return failure(ErrorCode::kUsage, "not an IP address: {}", text);
  }
  return IpAddress{load_big_endian(bytes.data()), load_big_endian(bytes.data() + 8)};
}

std::string IpAddress::to_string() const {
  if (is_v4()) {
    const std::uint32_t a = v4();
    std::string text;
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
      text += std::to_string(a >> shift & 255U);
      if (shift > 0) text += '.';
    }
    return text;
  }
  std::array<unsigned char, 16> bytes{};
  store_big_endian(high_, bytes.data());
  store_big_endian(low_, bytes.data() + 8);
  std::array<char, kMaxTextLength> text{};
  inet_ntop(AF_INET6, bytes.data(), text.data(), static_cast<socklen_t>(text.size()));
  return text.data();
}

Cidr::Cidr(IpAddress address, int prefix_length) : prefix_length_(prefix_length) {
  const int wide = wide_prefix(address.is_v4(), prefix_length);
  network_ = IpAddress{address.high() & mask64(wide), address.low() & mask64(wide - 64)};
}

Result<Cidr> Cidr::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  FT_TRY(const IpAddress address, IpAddress::parse(text.substr(0, slash)));
  const int longest = address.is_v4() ? 32 : 128;
  int length = longest;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (code != std::errc{} || end != digits.data() + digits.size() || length < 0 || length > longest) {
      return failure(ErrorCode::kUsage, "not an address block: {}", text);
    }
  }
  return Cidr{address, length};
}

bool Cidr::contains(const IpAddress& address) const {
  if (address.is_v4() != is_v4()) return false;
  const int wide = wide_prefix(is_v4(), prefix_length_);
  return (address.high() & mask64(wide)) == network_.high() && (address.low() & mask64(wide - 64)) == network_.low();
}

bool Cidr::contains(const Cidr& other) const {
  return other.prefix_length_ >= prefix_length_ && contains(other.network_);
}

IpAddress Cidr::last() const {
  const int wide = wide_prefix(is_v4(), prefix_length_);
  return {network_.high() | ~mask64(wide), network_.low() | ~mask64(wide - 64)};
}

std::string Cidr::to_string() const {
  return network_.to_string() + '/' + std::to_string(prefix_length_);
}

bool is_private(const IpAddress& address) {
  if (address.is_v4()) {
    const std::uint32_t a = address.v4();
    return a >> 24U == 10 || a >> 20U == 0xac1 || a >> 16U == 0xc0a8 ||  // RFC 1918
           a >> 22U == 0x191 ||                                          // RFC 6598, 100.64.0.0/10
           a >> 16U == 0xa9fe;                                           // RFC 3927, 169.254.0.0/16
  }
  return address.high() >> 57U == 0x7e ||  // RFC 4193, fc00::/7
         address.high() >> 54U == 0x3fa;   // RFC 4291, fe80::/10
}

}  // namespace flowtrail
