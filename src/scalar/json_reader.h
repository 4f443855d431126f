// JSON text token by token, without looking further than asked: a value that comes before a fault, or before the end of
// a text that was cut, can still be read. Grammar: RFC 8259; as Trino's parser, at most 1000 levels deep.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace flowtrail::scalar {

enum class JsonToken : std::uint8_t {
  kObjectBegin,
  kObjectEnd,
  kArrayBegin,
  kArrayEnd,
  kKey,
  kString,
  kInteger,  // digits only
  kFloat,    // with a point or an exponent
  kTrue,
  kFalse,
  kNull,
  kEnd,    // of the text, after one whole value
  kFault,  // what follows is no JSON; stays so
};

class JsonReader {
 public:
  /// `text` must outlive the reader.
  explicit JsonReader(std::string_view text) : text_(text) {}

  /// Moves to the next token and returns it.
  JsonToken next();
  [[nodiscard]] JsonToken token() const { return token_; }
  /// Of a number or word: as written. Of a string or key: what it says, escapes resolved.
  [[nodiscard]] std::string_view text() const { return value_; }
  /// Where the token stands in the text, quotes included: [begin(), end()).
  [[nodiscard]] std::size_t begin() const { return begin_; }
  [[nodiscard]] std::size_t end() const { return at_; }
  /// Standing on the first token of a value: moves to its last one. False: a fault comes first.
  bool skip_value();
  /// How many objects and arrays are open.
  [[nodiscard]] std::size_t depth() const { return open_.size(); }

 private:
  enum class Expect : std::uint8_t { kValue, kKeyOrEnd, kKey, kColon, kValueOrEnd, kCommaOrEnd, kNothing };

  JsonToken fault();
  JsonToken read_value();
  JsonToken read_string(JsonToken kind);
  bool read_escape();
  bool read_code_unit(std::uint32_t& unit);
  JsonToken read_number();
  bool read_digits();
  JsonToken read_word(std::string_view word, JsonToken token);
  JsonToken open(JsonToken token, bool object);
  JsonToken close(JsonToken token);
  void after_value();
  void skip_blanks();

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;
  JsonToken token_ = JsonToken::kNull;
  Expect expect_ = Expect::kValue;
  std::vector<bool> open_;  // true: an object
  std::string_view value_;
  std::string decoded_;
};

}  // namespace flowtrail::scalar
