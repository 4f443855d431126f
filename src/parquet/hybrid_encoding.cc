#include "parquet/hybrid_encoding.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "parquet/thrift_writer.h"

namespace flowtrail::parquet {
namespace {

static_assert(std::endian::native == std::endian::little, "bits are packed into little-endian words");

constexpr std::size_t kGroup = 8;       // values that are packed together
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

}  // namespace flowtrail::parquet
