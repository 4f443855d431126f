// Bytes: encodings, hashes, numbers as bytes.
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <xxhash.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <string_view>

#include "base/letters.h"
#include "scalar/json_reader.h"
#include "trino/function.h"
#include "trino/valid_text.h"

namespace flowtrail::trino {
namespace {

using scalar::invalid_argument;

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// RFC 4648; `bits` of a letter, 5 or 6.
std::string encoded(std::string_view bytes, std::string_view alphabet, unsigned bits) {
  std::string text;
  std::uint32_t buffer = 0;
  unsigned held = 0;
  const std::size_t group = bits == 6 ? 4 : 8;
  for (const char byte : bytes) {
    buffer = buffer << 8U | static_cast<unsigned char>(byte);
    held += 8;
    while (held >= bits) {
      held -= bits;
      text += alphabet[buffer >> held & ((1U << bits) - 1)];
    }
  }
  if (held > 0) text += alphabet[buffer << (bits - held) & ((1U << bits) - 1)];
  while (text.size() % group != 0) text += '=';
  return text;
}

Answer decode_base64(std::string_view text, std::string_view alphabet) {
  std::string bytes;
  std::uint32_t buffer = 0;
  unsigned held = 0;
  std::size_t letters = 0;
  std::size_t at = 0;
  for (; at < text.size() && text[at] != '='; ++at) {
    const std::size_t value = alphabet.find(text[at]);
    if (value == std::string_view::npos) {
      return invalid_argument(fmt::format("Illegal base64 character {:x}", static_cast<int>(text[at])));
    }
    buffer = buffer << 6U | static_cast<std::uint32_t>(value);
    held += 6;
    ++letters;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>(buffer >> held & 0xffU);
    }
  }
  if (letters % 4 == 1) return invalid_argument("Last unit does not have enough valid bits");
  const std::size_t padding = text.size() - at;
  if (padding > 0) {
    if (letters % 4 == 0 || padding != 4 - letters % 4 || text.find_first_not_of('=', at) != std::string_view::npos) {
      return invalid_argument("Input byte array has wrong 4-byte ending unit");
    }
  }
  return Value{std::move(bytes)};
}

Answer from_base64(const Call& call) {
  return decode_base64(call.text(0), kBase64);
}
Answer from_base64url(const Call& call) {
  return decode_base64(call.text(0), kBase64Url);
}
Answer to_base64(const Call& call) {
  return Value{encoded(call.text(0), kBase64, 6)};
}
Answer to_base64url(const Call& call) {
  return Value{encoded(call.text(0), kBase64Url, 6)};
}
Answer to_base32(const Call& call) {
  return Value{encoded(call.text(0), kBase32, 5)};
}

/// The first letter that is not of base 32; by its number where it is not ASCII.
std::string unrecognized(std::string_view text) {
  const std::string valid = valid_text(text);
  const std::string_view letter = std::string_view{valid}.substr(valid.find_first_not_of(kBase32));
  if (static_cast<unsigned char>(letter[0]) < 0x80) return fmt::format("Unrecognized character: {}", letter[0]);
  return fmt::format("Unrecognized character: 0x{:x}", first_code_point(letter));
}

Answer from_base32(const Call& call) {
  std::string_view text = call.text(0);
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  std::uint32_t buffer = 0;
  unsigned held = 0;
  for (const char letter : text) {
    const std::size_t value = kBase32.find(letter);
    if (value == std::string_view::npos) return invalid_argument(unrecognized(text));
    buffer = buffer << 5U | static_cast<std::uint32_t>(value);
    held += 5;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>(buffer >> held & 0xffU);
    }
  }
  const std::size_t rest = text.size() % 8;
  if (rest == 1 || rest == 3 || rest == 6) return invalid_argument(fmt::format("Invalid input length {}", text.size()));
  return Value{std::move(bytes)};
}

Answer to_hex(const Call& call) {
  std::string text;
  for (const char byte : call.text(0)) text += fmt::format("{:02X}", static_cast<unsigned char>(byte));
  return Value{std::move(text)};
}

Answer from_hex(const Call& call) {
  const std::string& text = call.text(0);
  if (text.size() % 2 != 0) return invalid_argument(fmt::format("invalid input length {}", text.size()));
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    int digit = -1;
    if (letter >= '0' && letter <= '9') digit = letter - '0';
    if (letter >= 'a' && letter <= 'f') digit = letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F') digit = letter - 'A' + 10;
    if (digit < 0) {
      const std::string shown = valid_text(std::string_view{&letter, 1});
      return invalid_argument(
          fmt::format("not a hexadecimal digit: \"{}\" = {}", shown, static_cast<unsigned char>(letter)));
    }
    if (i % 2 == 0) {
      bytes += static_cast<char>(digit << 4);
    } else {
      bytes.back() = static_cast<char>(static_cast<unsigned char>(bytes.back()) | static_cast<unsigned>(digit));
    }
  }
  return Value{std::move(bytes)};
}

Answer from_utf8(const Call& call) {
  std::string replacement = "\xef\xbf\xbd";
  if (call.arguments.size() > 1 && call.types[1].kind() == TypeKind::kBigint) {
    const std::int64_t point = call.integer(1);
    if (point < 0 || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
      return invalid_argument("Invalid replacement character");
    replacement.clear();
    append_utf8(static_cast<std::uint32_t>(point), replacement);
  } else if (call.arguments.size() > 1) {
    replacement = call.text(1);
    if (count_code_points(replacement) > 1) {
      return invalid_argument("Replacement character string must empty or a single character");
    }
  }
  return Value{valid_text(call.text(0), replacement)};
}

Answer same(const Call& call) {
  return call[0];
}

std::string digest(std::string_view bytes, const EVP_MD* algorithm) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> buffer{};
  unsigned length = 0;
  EVP_Digest(bytes.data(), bytes.size(), buffer.data(), &length, algorithm, nullptr);
  return {reinterpret_cast<const char*>(buffer.data()), length};
}

template <const EVP_MD* (*Algorithm)()>
Answer hashed(const Call& call) {
  return Value{digest(call.text(0), Algorithm())};
}

template <const EVP_MD* (*Algorithm)()>
Answer keyed_hash(const Call& call) {
  const std::string& key = call.text(1);
  if (key.empty()) return std::unexpected(scalar::ScalarError{"GENERIC_INTERNAL_ERROR", "Empty key"});
  std::array<unsigned char, EVP_MAX_MD_SIZE> buffer{};
  unsigned length = 0;
  HMAC(Algorithm(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(call.text(0).data()), call.text(0).size(), buffer.data(), &length);
  return Value{std::string{reinterpret_cast<const char*>(buffer.data()), length}};
}

std::string big_endian(std::uint64_t number, std::size_t size) {
  std::string bytes;
  for (std::size_t i = size; i-- > 0;) bytes += static_cast<char>(number >> (8 * i));
  return bytes;
}

std::uint64_t from_big_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8U | static_cast<unsigned char>(byte);
  return number;
}

Answer xxhash64(const Call& call) {
  return Value{big_endian(XXH64(call.text(0).data(), call.text(0).size(), 0), 8)};
}

Answer crc_of(const Call& call) {
  const std::string& bytes = call.text(0);
  return Value{static_cast<std::int64_t>(
      ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())))};
}

/// MurmurHash3, x64, 128 bits (Austin Appleby, public domain), seed 0.
Answer murmur3(const Call& call) {
  const std::string& bytes = call.text(0);
  constexpr std::uint64_t kFirst = 0x87c37b91114253d5U;
  constexpr std::uint64_t kSecond = 0x4cf5ad432745937fU;
  std::uint64_t h1 = 0;
  std::uint64_t h2 = 0;
  const auto mix1 = [&](std::uint64_t k) { return std::rotl(k * kFirst, 31) * kSecond; };
  const auto mix2 = [&](std::uint64_t k) { return std::rotl(k * kSecond, 33) * kFirst; };
  const auto load = [&](std::size_t at, std::size_t count) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < count; ++i) {
      word |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
    }
    return word;
  };
  std::size_t at = 0;
  for (; at + 16 <= bytes.size(); at += 16) {
    h1 = (std::rotl(h1 ^ mix1(load(at, 8)), 27) + h2) * 5 + 0x52dce729U;
    h2 = (std::rotl(h2 ^ mix2(load(at + 8, 8)), 31) + h1) * 5 + 0x38495ab5U;
  }
  const std::size_t rest = bytes.size() - at;
  if (rest > 8) h2 ^= mix2(load(at + 8, rest - 8));
  if (rest > 0) h1 ^= mix1(load(at, std::min<std::size_t>(rest, 8)));
  h1 ^= bytes.size();
  h2 ^= bytes.size();
  h1 += h2;
  h2 += h1;
  const auto finish = [](std::uint64_t k) {
    k = (k ^ k >> 33U) * 0xff51afd7ed558ccdU;
    k = (k ^ k >> 33U) * 0xc4ceb9fe1a85ec53U;
    return k ^ k >> 33U;
  };
  h1 = finish(h1);
  h2 = finish(h2);
  h1 += h2;
  h2 += h1;
  std::string hash;
  for (const std::uint64_t half : {h1, h2}) {
    for (std::size_t i = 0; i < 8; ++i) hash += static_cast<char>(half >> (8 * i));
  }
  return Value{std::move(hash)};
}

Answer to_big_endian_32(const Call& call) {
  return Value{big_endian(static_cast<std::uint64_t>(call.integer(0)), 4)};
}
Answer to_big_endian_64(const Call& call) {
  return Value{big_endian(static_cast<std::uint64_t>(call.integer(0)), 8)};
}

std::optional<std::unexpected<scalar::ScalarError>> wrong_size(const Call& call, std::size_t size,
                                                               std::string_view text) {
  if (call.text(0).size() == size) return std::nullopt;
  return invalid_argument(fmt::format(fmt::runtime(text), size, call.text(0).size()));
}
constexpr std::string_view kWrongInteger = "expected {}-byte input, but got instead: {}";
constexpr std::string_view kWrongReal = "Input floating-point value must be exactly {} bytes long";

Answer from_big_endian_32(const Call& call) {
  if (auto wrong = wrong_size(call, 4, kWrongInteger)) return *wrong;
  return Value{std::int64_t{static_cast<std::int32_t>(from_big_endian(call.text(0)))}};
}
Answer from_big_endian_64(const Call& call) {
  if (auto wrong = wrong_size(call, 8, kWrongInteger)) return *wrong;
  return Value{static_cast<std::int64_t>(from_big_endian(call.text(0)))};
}
Answer to_ieee754_32(const Call& call) {
  return Value{big_endian(std::bit_cast<std::uint32_t>(static_cast<float>(call.real(0))), 4)};
}
Answer to_ieee754_64(const Call& call) {
  return Value{big_endian(std::bit_cast<std::uint64_t>(call.real(0)), 8)};
}
Answer from_ieee754_32(const Call& call) {
  if (auto wrong = wrong_size(call, 4, kWrongReal)) return *wrong;
  return Value{double{std::bit_cast<float>(static_cast<std::uint32_t>(from_big_endian(call.text(0))))}};
}
Answer from_ieee754_64(const Call& call) {
  if (auto wrong = wrong_size(call, 8, kWrongReal)) return *wrong;
  return Value{std::bit_cast<double>(from_big_endian(call.text(0)))};
}

Answer reverse_bytes(const Call& call) {
  std::string bytes = call.text(0);
  std::ranges::reverse(bytes);
  return Value{std::move(bytes)};
}

constexpr auto kFunctions = std::to_array<Function>({
    {"from_base64", from_base64},
    {"from_base64url", from_base64url},
    {"from_base32", from_base32},
    {"to_base64", to_base64},
    {"to_base64url", to_base64url},
    {"to_base32", to_base32},
    {"to_hex", to_hex},
    {"from_hex", from_hex},
    {"from_utf8", from_utf8},
    {"to_utf8", same},
    {"md5", hashed<EVP_md5>},
    {"sha1", hashed<EVP_sha1>},
    {"sha256", hashed<EVP_sha256>},
    {"sha512", hashed<EVP_sha512>},
    {"hmac_md5", keyed_hash<EVP_md5>},
    {"hmac_sha1", keyed_hash<EVP_sha1>},
    {"hmac_sha256", keyed_hash<EVP_sha256>},
    {"hmac_sha512", keyed_hash<EVP_sha512>},
    {"xxhash64", xxhash64},
    {"crc32", crc_of},
    {"murmur3", murmur3},
    {"to_big_endian_32", to_big_endian_32},
    {"to_big_endian_64", to_big_endian_64},
    {"from_big_endian_32", from_big_endian_32},
    {"from_big_endian_64", from_big_endian_64},
    {"to_ieee754_32", to_ieee754_32},
    {"to_ieee754_64", to_ieee754_64},
    {"from_ieee754_32", from_ieee754_32},
    {"from_ieee754_64", from_ieee754_64},
    {"reverse_bytes", reverse_bytes},
});

}  // namespace

std::span<const Function> binary_functions() {
  return kFunctions;
}

}  // namespace flowtrail::trino
