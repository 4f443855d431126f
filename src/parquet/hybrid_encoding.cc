#include "parquet/hybrid_encoding.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "parquet/thrift_writer.h"

namespace flowtrail::parquet {
namespace {

static_assert(std::endian::native == std::endian::little, "bits are packed into little-endian words");

constexpr std::size_t kGroup = 8;       // values that are packed together
constexpr unsigned kWidest = 32;        // bits of a value
constexpr std::size_t kWorthARun = 16;  // so many equal values are shorter as a run at any width

/// How many values from `at` on are equal.
std::size_t run_length(std::span<const std::uint32_t> values, std::size_t at) {
  std::size_t end = at + 1;
  while (end < values.size() && values[end] == values[at]) ++end;
  return end - at;
}

bool begins_run(std::span<const std::uint32_t> values, std::size_t at) {
  if (values.size() - at < kWorthARun) return false;
  for (std::size_t i = at + 1; i < at + kWorthARun; ++i) {
    if (values[i] != values[at]) return false;
  }
  return true;
}

/// Whole groups but for the last, which is filled up with zeros.
void append_packed(std::string& out, std::span<const std::uint32_t> values, unsigned width) {
  const std::size_t groups = (values.size() + kGroup - 1) / kGroup;
  append_varint(out, groups << 1U | 1U);
  const std::size_t begin = out.size();
  out.resize(begin + groups * width + sizeof(std::uint64_t));
  char* to = out.data() + begin;
  std::uint64_t word = 0;
  unsigned bits = 0;
  for (const std::uint32_t value : values) {
    word |= std::uint64_t{value} << bits;
    bits += width;
    if (bits < 32) continue;
    std::memcpy(to, &word, sizeof(std::uint32_t));
    to += sizeof(std::uint32_t);
    word >>= 32U;
    bits -= 32;
  }
  std::memcpy(to, &word, sizeof word);
  out.resize(begin + groups * width);
}

}  // namespace

unsigned bit_width_of(std::uint32_t largest) {
  return std::max(1U, static_cast<unsigned>(std::bit_width(largest)));
}

void append_run(std::string& out, std::uint32_t value, std::size_t count, unsigned width) {
  if (count == 0) return;
  append_varint(out, std::uint64_t{count} << 1U);
  for (unsigned bits = 0; bits < width; bits += 8) out += static_cast<char>(value >> bits);
}

void append_hybrid(std::string& out, std::span<const std::uint32_t> values, unsigned width) {
  std::size_t at = 0;
  while (at < values.size()) {
    std::size_t packed_end = at;
    while (packed_end < values.size() && !begins_run(values, packed_end)) packed_end += kGroup;
    packed_end = std::min(packed_end, values.size());
    if (packed_end > at) append_packed(out, values.subspan(at, packed_end - at), width);
    at = packed_end;
    if (at == values.size()) break;
    const std::size_t count = run_length(values, at);
    append_run(out, values[at], count, width);
    at += count;
  }
}

namespace {

bool take_varint(std::string_view& bytes, std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

/// Groups of one width, whose values have their places in it at compile time. Reads up to eight bytes behind them.
template <unsigned Width>
void unpack_groups(const char* from, std::size_t groups, std::uint32_t plus, std::uint32_t* to) {
  constexpr std::uint64_t kMask = ~std::uint64_t{0} >> (64 - Width);
  for (std::size_t group = 0; group < groups; ++group, from += Width, to += kGroup) {
    const auto unpack_one = [&]<std::size_t I>() {
      std::uint64_t word = 0;
      std::memcpy(&word, from + I * Width / 8, sizeof word);
      to[I] = static_cast<std::uint32_t>(word >> I * Width % 8 & kMask) + plus;
    };
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (unpack_one.template operator()<I>(), ...);
    }(std::make_index_sequence<kGroup>{});
  }
}

using Unpack = void (*)(const char* from, std::size_t groups, std::uint32_t plus, std::uint32_t* to);
/// By width less 1.
constexpr auto kUnpack = []<std::size_t... I>(std::index_sequence<I...>) {
  return std::array<Unpack, sizeof...(I)>{unpack_groups<I + 1>...};
}(std::make_index_sequence<kWidest>{});

/// `bytes` has the groups of all values.
void unpack(std::string_view bytes, unsigned width, std::uint32_t plus, std::span<std::uint32_t> values) {
  const Unpack groups_of_width = kUnpack[width - 1];
  const std::size_t readable =
      bytes.size() > sizeof(std::uint64_t) ? (bytes.size() - sizeof(std::uint64_t)) / width : 0;
  const std::size_t at_once = std::min(values.size() / kGroup, readable);
  groups_of_width(bytes.data(), at_once, plus, values.data());
  // The last ones, with room behind them.
  for (std::size_t done = at_once * kGroup; done < values.size(); done += kGroup) {
    std::array<char, kWidest + sizeof(std::uint64_t)> group{};
    std::array<std::uint32_t, kGroup> of_group{};
    std::memcpy(group.data(), bytes.data() + done / kGroup * width, width);
    groups_of_width(group.data(), 1, plus, of_group.data());
    std::copy_n(of_group.begin(), std::min(kGroup, values.size() - done), values.data() + done);
  }
}

}  // namespace

bool read_hybrid(std::string_view bytes, unsigned width, std::uint32_t plus, std::span<std::uint32_t> values) {
  if (width == 0 || width > kWidest) return false;
  while (!values.empty()) {
    std::uint64_t header = 0;
    if (!take_varint(bytes, header)) return false;
    if (header % 2 == 0) {
      const std::size_t size = (width + 7) / 8;
      if (bytes.size() < size || header == 0) return false;
      std::uint32_t value = 0;
      std::memcpy(&value, bytes.data(), size);
      bytes.remove_prefix(size);
      if (std::uint64_t{value} >> width != 0) return false;
      const std::size_t run = std::min<std::uint64_t>(header / 2, values.size());
      std::fill_n(values.data(), run, value + plus);
      values = values.subspan(run);
      continue;
    }
    const std::uint64_t groups = header / 2;
    if (groups == 0 || groups > bytes.size() / width) return false;
    const std::size_t taken = std::min<std::uint64_t>(groups * kGroup, values.size());
    unpack(bytes.substr(0, groups * width), width, plus, values.first(taken));
    bytes.remove_prefix(groups * width);
    values = values.subspan(taken);
  }
  return true;
}

bool begins_with_run(std::string_view bytes, std::uint32_t value, std::size_t count, unsigned width) {
  std::uint64_t header = 0;
  if (!take_varint(bytes, header) || header % 2 != 0 || header / 2 < count) return false;
  const std::size_t size = (width + 7) / 8;
  std::uint32_t found = 0;
  if (bytes.size() < size) return false;
  std::memcpy(&found, bytes.data(), size);
  return found == value;
}

}  // namespace flowtrail::parquet
