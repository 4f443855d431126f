// A JSON text as a tree that is only read. Events are small and die at once, so nodes have 16 bytes, stand in one
// arena, and hold their texts as slices: of the JSON text, or of the arena where escapes had to be undone. Format: RFC
// 8259, read as nlohmann::json reads it, which is the oracle: of equal keys the last one counts, members are in the
// order of their keys, integers that fit into 64 bits stay integers, a zero byte ends the text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>

#include "base/error.h"

namespace flowtrail::cloudtrail {

/// Where trees live; the first 16 KB cost no allocation.
class JsonArena {
 public:
  JsonArena() = default;
  ~JsonArena() = default;
  JsonArena(const JsonArena&) = delete;
  JsonArena& operator=(const JsonArena&) = delete;

  /// Room for `count` of `T`, which must be trivial.
  template <typename T>
  [[nodiscard]] T* room_for(std::size_t count) {
    return static_cast<T*>(memory_.allocate(count * sizeof(T), alignof(T)));
  }
  [[nodiscard]] std::string_view copy(std::string_view text);

 private:
  std::array<std::byte, 16384> first_;
  std::pmr::monotonic_buffer_resource memory_{first_.data(), first_.size()};
};

struct JsonMember;

class Json {
 public:
  Json() = default;  // null
  explicit Json(bool flag) : kind_(Kind::kBoolean) { content_.flag = flag; }
  explicit Json(std::uint64_t number) : kind_(Kind::kUnsigned) { content_.unsigned_number = number; }
  explicit Json(std::int64_t number) : kind_(Kind::kInteger) { content_.integer = number; }
  explicit Json(double number) : kind_(Kind::kFloat) { content_.real = number; }
  /// These three keep what they are given as it is, in its place.
  explicit Json(std::string_view text) : size_(static_cast<std::uint32_t>(text.size())), kind_(Kind::kText) {
    content_.text = text.data();
  }
  explicit Json(std::span<Json> elements) : size_(static_cast<std::uint32_t>(elements.size())), kind_(Kind::kArray) {
    content_.elements = elements.data();
  }
  explicit Json(std::span<JsonMember> members);

  [[nodiscard]] bool is_null() const { return kind_ == Kind::kNull; }
  [[nodiscard]] bool is_boolean() const { return kind_ == Kind::kBoolean; }
  [[nodiscard]] bool is_unsigned() const { return kind_ == Kind::kUnsigned; }
  [[nodiscard]] bool is_integer() const { return kind_ == Kind::kUnsigned || kind_ == Kind::kInteger; }
  [[nodiscard]] bool is_float() const { return kind_ == Kind::kFloat; }
  [[nodiscard]] bool is_text() const { return kind_ == Kind::kText; }
  [[nodiscard]] bool is_array() const { return kind_ == Kind::kArray; }
  [[nodiscard]] bool is_object() const { return kind_ == Kind::kObject; }

  // Of what the value is not they are false, 0 or empty.
  [[nodiscard]] bool flag() const { return is_boolean() && content_.flag; }
  [[nodiscard]] std::uint64_t unsigned_number() const { return is_unsigned() ? content_.unsigned_number : 0; }
  /// Beyond the greatest signed number it wraps.
  [[nodiscard]] std::int64_t integer() const;
  [[nodiscard]] double real() const { return is_float() ? content_.real : 0; }
  [[nodiscard]] std::string_view text() const;
  [[nodiscard]] std::span<const Json> elements() const;
  [[nodiscard]] std::span<const JsonMember> members() const;  // ordered by key, bytewise; no key twice
  [[nodiscard]] std::span<JsonMember> members();

 private:
  enum class Kind : std::uint8_t { kNull, kBoolean, kUnsigned, kInteger, kFloat, kText, kArray, kObject };
  union Content {
    bool flag;
    std::uint64_t unsigned_number;
    std::int64_t integer;
    double real;
    const char* text;
    Json* elements;
    JsonMember* members;
  };

  Content content_{};
  std::uint32_t size_ = 0;  // of texts, arrays and objects
  Kind kind_ = Kind::kNull;
};

struct JsonMember {
  std::string_view key;
  Json value;
};

/// Parses JSON text of less than 4 GiB; empty text and `null` give a null value. The tree is good for as long as `text`
/// and `arena` are. Errors: kCorrupt for text that is not JSON, or nested more than 200 levels deep. Cost: some ns a
/// byte.
[[nodiscard]] Result<Json> parse_json(std::string_view text, JsonArena& arena);

/// The same by way of nlohmann::json: an opinion of its own, several times as slow.
[[nodiscard]] Result<Json> parse_json_plainly(std::string_view text, JsonArena& arena);

using JsonParser = Result<Json> (*)(std::string_view text, JsonArena& arena);

}  // namespace flowtrail::cloudtrail
