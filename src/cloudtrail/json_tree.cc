#include "cloudtrail/json_tree.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "base/letters.h"
#include "cloudtrail/envelope.h"
#include "cloudtrail/json_cut.h"

namespace flowtrail::cloudtrail {

namespace {

constexpr int kMaxDepth = 200;

int hex_digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

bool is_plain(char letter) {
  return letter >= ' ' && letter != '"' && letter != '\\';  // a byte of ASCII: others are negative
}

/// How many letters at the front of `text` are ASCII that stands for itself in a string.
std::size_t count_plain(std::string_view text) {
  constexpr std::uint64_t kHighs = 0x8080808080808080U;
  std::size_t count = 0;
  for (; count + sizeof(std::uint64_t) <= text.size(); count += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + count, sizeof word);
    if ((special_letters(word) | (word & kHighs)) != 0) break;
  }
  while (count < text.size() && is_plain(text[count])) ++count;
  return count;
}

/// The length of the code point of several bytes at the front; 0 where it is wrong.
std::size_t length_of_code_point(std::string_view text) {
  const auto byte = [text](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U; };
  const auto is_tail = [&](std::size_t at, unsigned least, unsigned most) {
    return byte(at) >= least && byte(at) <= most;
  };
  const unsigned first = byte(0);
  if (first >= 0xc2 && first <= 0xdf) return is_tail(1, 0x80, 0xbf) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned least = first == 0xe0 ? 0xa0 : 0x80;
    const unsigned most = first == 0xed ? 0x9f : 0xbf;
    return is_tail(1, least, most) && is_tail(2, 0x80, 0xbf) ? 3 : 0;
  }
  if (first < 0xf0 || first > 0xf4) return 0;
  const unsigned least = first == 0xf0 ? 0x90 : 0x80;
  const unsigned most = first == 0xf4 ? 0x8f : 0xbf;
  return is_tail(1, least, most) && is_tail(2, 0x80, 0xbf) && is_tail(3, 0x80, 0xbf) ? 4 : 0;
}

/// Reusable. Children wait on a stack until their parent is whole.
class TreeParser {
 public:
  TreeParser() {
    constexpr std::size_t kUsual = 32;
    elements_.reserve(kUsual);
    members_.reserve(kUsual);
  }

  /// Nothing for text that is not JSON, that is nested too deeply, or that goes on behind a zero byte.
  std::optional<Json> run(std::string_view text, JsonArena& arena) {
    rest_ = text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text;
    arena_ = &arena;
    elements_.clear();
    members_.clear();
    Json value;
    if (!take_value(value, 0)) return std::nullopt;
    skip_blanks();
    return rest_.empty() ? std::optional(value) : std::nullopt;
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
  }

  /// The next letter that is not blank; a zero byte at the end.
  char next() {
    skip_blanks();
    return rest_.empty() ? '\0' : rest_.front();
  }

  bool take(char expected) {
    if (next() != expected || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool take_value(Json& value, int depth) {
    const char first = next();
    if (first == '"') {
      std::string_view text;
      if (!take_string(text)) return false;
      value = Json(text);
      return true;
    }
    if (first == '{' || first == '[') {
      if (depth == kMaxDepth) return false;
      rest_.remove_prefix(1);
      return first == '{' ? take_object(value, depth + 1) : take_array(value, depth + 1);
    }
    if (first == '-' || is_digit(first)) return take_number(value);
    return take_literal("null", Json(), value) || take_literal("true", Json(true), value) ||
           take_literal("false", Json(false), value);
  }

  bool take_literal(std::string_view name, Json meaning, Json& value) {
    if (!rest_.starts_with(name)) return false;
    rest_.remove_prefix(name.size());
    value = meaning;
    return true;
  }

  bool take_array(Json& value, int depth) {
    const std::size_t first = elements_.size();
    if (next() != ']') {
      do {
        Json element;
        if (!take_value(element, depth)) return false;
        elements_.push_back(element);
      } while (take(','));
    }
    if (!take(']')) return false;
    const std::span<const Json> found = std::span(elements_).subspan(first);
    Json* const kept = arena_->room_for<Json>(found.size());
    std::ranges::copy(found, kept);
    value = Json(std::span(kept, found.size()));
    elements_.resize(first);
    return true;
  }

  bool take_object(Json& value, int depth) {
    const std::size_t first = members_.size();
    if (next() != '}') {
      do {
        JsonMember member;
        if (next() != '"' || !take_string(member.key) || !take(':') || !take_value(member.value, depth)) return false;
        members_.push_back(member);
      } while (take(','));
    }
    if (!take('}')) return false;
    const std::span<JsonMember> found = ordered(std::span(members_).subspan(first));
    JsonMember* const kept = arena_->room_for<JsonMember>(found.size());
    std::ranges::copy(found, kept);
    value = Json(std::span(kept, found.size()));
    members_.resize(first);
    return true;
  }

  /// Few are sorted in their place: for those the memory that std::stable_sort takes would cost more than all else.
  static void sort_stably(std::span<JsonMember> members) {
    constexpr std::size_t kFew = 32;
    const auto by_key = [](const JsonMember& a, const JsonMember& b) { return a.key < b.key; };
    if (members.size() > kFew) {
      std::ranges::stable_sort(members, by_key);
      return;
    }
    for (auto next = members.begin(); next != members.end(); ++next) {
      std::rotate(std::upper_bound(members.begin(), next, *next, by_key), next, next + 1);
    }
  }

  /// By key; of equal keys the last.
  static std::span<JsonMember> ordered(std::span<JsonMember> members) {
    if (std::ranges::is_sorted(members, [](const JsonMember& a, const JsonMember& b) { return a.key <= b.key; })) {
      return members;
    }
    sort_stably(members);
    std::size_t count = 0;
    for (std::size_t i = 0; i < members.size(); ++i) {
      const bool is_last = i + 1 == members.size() || members[i].key != members[i + 1].key;
      if (is_last) members[count++] = members[i];
    }
    return members.first(count);
  }

  /// At a quote.
  bool take_string(std::string_view& text) {
    rest_.remove_prefix(1);
    std::size_t end = count_plain(rest_);
    while (end < rest_.size() && rest_[end] < '\0') {
      const std::size_t length = length_of_code_point(rest_.substr(end));
      if (length == 0) return false;
      end += length;
      end += count_plain(rest_.substr(end));
    }
    if (end < rest_.size() && rest_[end] == '\\') return take_escaped(end, text);
    if (end >= rest_.size() || rest_[end] != '"') return false;
    text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return true;
  }

  /// A string whose first escape is `plain` letters away.
  bool take_escaped(std::size_t plain, std::string_view& text) {
    unescaped_.assign(rest_.substr(0, plain));
    rest_.remove_prefix(plain);
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.front() == '\\') {
        if (!take_escape()) return false;
        continue;
      }
      const std::size_t length =
          rest_.front() < '\0' ? length_of_code_point(rest_) : std::size_t{is_plain(rest_.front())};
      if (length == 0) return false;
      unescaped_ += rest_.substr(0, length);
      rest_.remove_prefix(length);
    }
    if (rest_.empty()) return false;
    rest_.remove_prefix(1);
    text = arena_->copy(unescaped_);
    return true;
  }

  bool take_escape() {
    if (rest_.size() < 2) return false;
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const char name = rest_[1];
    if (name == 'u') return take_code_point();
    const std::size_t found = kNames.find(name);
    if (found == std::string_view::npos) return false;
    unescaped_ += kMeanings[found];
    rest_.remove_prefix(2);
    return true;
  }

  /// `\uXXXX`, or two of them where the first is half of a pair.
  bool take_code_point() {
    int unit = 0;
    if (!take_code_unit(unit)) return false;
    auto code_point = static_cast<std::uint32_t>(unit);
    if (unit >= 0xdc00 && unit <= 0xdfff) return false;
    if (unit >= 0xd800 && unit <= 0xdbff) {
      int low = 0;
      if (!take_code_unit(low) || low < 0xdc00 || low > 0xdfff) return false;
      code_point = 0x10000U + ((code_point & 0x3ffU) << 10U) + (static_cast<std::uint32_t>(low) & 0x3ffU);
    }
    append_utf8(code_point, unescaped_);
    return true;
  }

  bool take_code_unit(int& unit) {
    constexpr std::size_t kLength = 6;
    if (rest_.size() < kLength || rest_[0] != '\\' || rest_[1] != 'u') return false;
    unit = 0;
    for (std::size_t at = 2; at < kLength; ++at) {
      const int digit = hex_digit(rest_[at]);
      if (digit < 0) return false;
      unit = unit * 16 + digit;
    }
    rest_.remove_prefix(kLength);
    return true;
  }

  [[nodiscard]] std::size_t digits_from(std::size_t start) const {
    std::size_t end = start;
    while (end < rest_.size() && is_digit(rest_[end])) ++end;
    return end - start;
  }

  bool take_number(Json& value) {
    const bool negative = rest_.front() == '-';
    std::size_t end = negative ? 1 : 0;
    const std::size_t whole = end < rest_.size() && rest_[end] == '0' ? 1 : digits_from(end);
    if (whole == 0) return false;
    end += whole;
    const std::size_t end_of_integer = end;
    if (end < rest_.size() && rest_[end] == '.') {
      const std::size_t digits = digits_from(end + 1);
      if (digits == 0) return false;
      end += 1 + digits;
    }
    if (end < rest_.size() && (rest_[end] == 'e' || rest_[end] == 'E')) {
      ++end;
      if (end < rest_.size() && (rest_[end] == '+' || rest_[end] == '-')) ++end;
      const std::size_t digits = digits_from(end);
      if (digits == 0) return false;
      end += digits;
    }
    const std::string_view written = rest_.substr(0, end);
    rest_.remove_prefix(end);
    if (end == end_of_integer && take_integer(written, negative, value)) return true;
    const double number = std::strtod(std::string(written).c_str(), nullptr);
    value = Json(number);
    return std::isfinite(number);
  }

  static bool take_integer(std::string_view written, bool negative, Json& value) {
    const auto read = [written, &value](auto number) {
      if (std::from_chars(written.data(), written.data() + written.size(), number).ec != std::errc()) return false;
      value = Json(number);
      return true;
    };
    return negative ? read(std::int64_t{}) : read(std::uint64_t{});
  }

  std::string_view rest_;
  JsonArena* arena_ = nullptr;
  std::vector<Json> elements_;
  std::vector<JsonMember> members_;
  std::string unescaped_;
};

}  // namespace

std::string_view JsonArena::copy(std::string_view text) {
  char* const kept = room_for<char>(text.size());
  std::ranges::copy(text, kept);
  return {kept, text.size()};
}

Json::Json(std::span<JsonMember> members) : size_(static_cast<std::uint32_t>(members.size())), kind_(Kind::kObject) {
  content_.members = members.data();
}

std::int64_t Json::integer() const {
  if (is_unsigned()) return static_cast<std::int64_t>(content_.unsigned_number);
  return kind_ == Kind::kInteger ? content_.integer : 0;
}

std::string_view Json::text() const {
  return is_text() ? std::string_view{content_.text, size_} : std::string_view{};
}

std::span<const Json> Json::elements() const {
  return is_array() ? std::span<const Json>{content_.elements, size_} : std::span<const Json>{};
}

std::span<const JsonMember> Json::members() const {
  return is_object() ? std::span<const JsonMember>{content_.members, size_} : std::span<const JsonMember>{};
}

// A tree that is const stays as it is.
// NOLINTNEXTLINE(readability-make-member-function-const)
std::span<JsonMember> Json::members() {
  return is_object() ? std::span<JsonMember>{content_.members, size_} : std::span<JsonMember>{};
}

Result<Json> parse_json(std::string_view text, JsonArena& arena) {
  if (text.empty()) return Json();
  if (const auto tree = TreeParser{}.run(text, arena)) return *tree;
  return parse_json_plainly(text, arena);  // which knows why
}

}  // namespace flowtrail::cloudtrail
