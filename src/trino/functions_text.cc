// Text by code points.
#include <fmt/format.h>
#include <libstemmer.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

#include "base/letters.h"
#include "scalar/json_reader.h"
#include "trino/function.h"
#include "trino/value_cast.h"

namespace flowtrail::trino {
namespace {

using scalar::invalid_argument;

/// Where each code point begins, and the end.
std::vector<std::size_t> points_of(std::string_view text) {
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (begins_code_point(text[i])) starts.push_back(i);
  }
  starts.push_back(text.size());
  return starts;
}

std::vector<std::string_view> letters_of(std::string_view text) {
  const auto starts = points_of(text);
  std::vector<std::string_view> letters;
  for (std::size_t i = 0; i + 1 < starts.size(); ++i) {
    letters.push_back(text.substr(starts[i], starts[i + 1] - starts[i]));
  }
  return letters;
}

UChar32 code_point(std::string_view letter) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece{letter.data(), static_cast<std::int32_t>(letter.size())})
      .char32At(0);
}

Value texts(std::vector<std::string> list) {
  Values values;
  for (std::string& text : list) values.emplace_back(std::move(text));
  return Value{std::move(values)};
}

template <int (*Map)(UChar32)>
Answer mapped(const Call& call) {
  std::string result;
  for (const std::string_view letter : letters_of(call.text(0))) {
    append_utf8(static_cast<std::uint32_t>(Map(code_point(letter))), result);
  }
  return Value{std::move(result)};
}

Answer reverse_text(const Call& call) {
  std::string result;
  const auto letters = letters_of(call.text(0));
  for (const std::string_view letter : std::views::reverse(letters)) result += letter;
  return Value{std::move(result)};
}

Answer substring(const Call& call) {
  const bool bytes = call.types[0].kind() == TypeKind::kVarbinary;
  const std::string& text = call.text(0);
  std::vector<std::size_t> starts(text.size() + 1);
  if (bytes) {
    std::iota(starts.begin(), starts.end(), std::size_t{0});
  } else {
    starts = points_of(text);
  }
  const auto count = static_cast<std::int64_t>(starts.size() - 1);
  std::int64_t start = call.integer(1);
  if (start < 0) start = count + start + 1;
  if (start <= 0 || start > count) return Value{std::string{}};
  std::int64_t length = count - start + 1;
  if (call.arguments.size() > 2) length = std::min(length, call.integer(2));
  if (length <= 0) return Value{std::string{}};
  const std::size_t from = starts[static_cast<std::size_t>(start - 1)];
  return Value{text.substr(from, starts[static_cast<std::size_t>(start - 1 + length)] - from)};
}

/// The place of the n-th occurrence, from the end if n is negative.
Answer position(const Call& call) {
  const std::string& text = call.text(0);
  const std::string& wanted = call.text(1);
  const std::int64_t instance = call.arguments.size() > 2 ? call.integer(2) : 1;
  if (instance == 0) return invalid_argument("'instance' must not be a 0");
  const auto place = [&](std::size_t at) {
    return Value{static_cast<std::int64_t>(points_of(std::string_view{text}.substr(0, at)).size())};
  };
  if (wanted.empty()) return Value{std::int64_t{1}};
  std::int64_t found = 0;
  if (instance > 0) {
    for (std::size_t at = text.find(wanted); at != std::string::npos; at = text.find(wanted, at + 1)) {
      if (++found == instance) return place(at);
    }
  } else {
    for (std::size_t at = text.rfind(wanted); at != std::string::npos;
         at = at == 0 ? std::string::npos : text.rfind(wanted, at - 1)) {
      if (--found == instance) return place(at);
    }
  }
  return Value{std::int64_t{0}};
}

Answer replace(const Call& call) {
  const std::string& text = call.text(0);
  const std::string& from = call.text(1);
  const std::string to = call.arguments.size() > 2 ? call.text(2) : std::string{};
  std::string result;
  if (from.empty()) {  // between and around all letters
    result = to;
    for (const std::string_view letter : letters_of(text)) {
      result += letter;
      result += to;
    }
    return Value{std::move(result)};
  }
  std::size_t at = 0;
  for (std::size_t next = text.find(from); next != std::string::npos; next = text.find(from, at)) {
    result.append(text, at, next - at);
    result += to;
    at = next + from.size();
  }
  return Value{result + text.substr(at)};
}

template <bool Left>
Answer pad(const Call& call) {
  const bool bytes = call.types[0].kind() == TypeKind::kVarbinary;
  const std::int64_t size = call.integer(1);
  if (size < 0 || size > INT32_MAX) return invalid_argument("Target length must be in the range [0..2147483647]");
  std::vector<std::string_view> text;
  std::vector<std::string_view> filler;
  if (bytes) {
    for (const char& byte : call.text(0)) text.emplace_back(&byte, 1);
    for (const char& byte : call.text(2)) filler.emplace_back(&byte, 1);
  } else {
    text = letters_of(call.text(0));
    filler = letters_of(call.text(2));
  }
  if (filler.empty()) {
    return invalid_argument(bytes ? "Padding bytes must not be empty" : "Padding string must not be empty");
  }
  std::string kept;
  std::string added;
  const auto wanted = static_cast<std::size_t>(size);
  for (std::size_t i = 0; i < std::min(wanted, text.size()); ++i) kept += text[i];
  for (std::size_t i = text.size(); i < wanted; ++i) added += filler[(i - text.size()) % filler.size()];
  return Value{Left ? added + kept : kept + added};
}

/// Blanks in Java's sense, or the letters of the second argument.
template <bool Left, bool Right>
Answer trimmed(const Call& call) {
  std::string_view text = call.text(0);
  // The blanks that fill up a char are no part of it.
  while (call.types[0].kind() == TypeKind::kChar && text.ends_with(' ')) text.remove_suffix(1);
  auto letters = letters_of(text);
  std::vector<std::string_view> set;
  const bool given = call.arguments.size() > 1;
  if (given) set = letters_of(call.text(1));
  const auto drops = [&](std::string_view letter) {
    if (given) return std::ranges::find(set, letter) != set.end();
    const UChar32 point = code_point(letter);
    return u_isWhitespace(point) != 0 || point == ' ';
  };
  std::size_t begin = 0;
  std::size_t end = letters.size();
  while (Left && begin < end && drops(letters[begin])) ++begin;
  while (Right && end > begin && drops(letters[end - 1])) --end;
  std::string result;
  for (std::size_t i = begin; i < end; ++i) result += letters[i];
  return Value{std::move(result)};
}

std::vector<std::string> parts_of(std::string_view text, std::string_view delimiter, std::int64_t limit) {
  std::vector<std::string> parts;
  while (static_cast<std::int64_t>(parts.size()) + 1 < limit) {
    const std::size_t at = text.find(delimiter);
    if (at == std::string_view::npos) break;
    parts.emplace_back(text.substr(0, at));
    text.remove_prefix(at + delimiter.size());
  }
  parts.emplace_back(text);
  return parts;
}

Answer split(const Call& call) {
  const std::int64_t limit = call.arguments.size() > 2 ? call.integer(2) : std::int64_t{INT32_MAX} + 1;
  if (limit <= 0) return invalid_argument("Limit must be positive");
  if (call.arguments.size() > 2 && limit > INT32_MAX) return invalid_argument("Limit is too large");
  if (call.text(1).empty()) return invalid_argument("The delimiter may not be the empty string");
  return texts(parts_of(call.text(0), call.text(1), limit));
}

Answer split_part(const Call& call) {
  const std::int64_t index = call.integer(2);
  if (index <= 0) return invalid_argument("Index must be greater than zero");
  std::vector<std::string> parts;
  if (call.text(1).empty()) {  // letter by letter
    for (const std::string_view letter : letters_of(call.text(0))) parts.emplace_back(letter);
  } else {
    parts = parts_of(call.text(0), call.text(1), INT64_MAX);
  }
  if (index > static_cast<std::int64_t>(parts.size())) return Value{};
  return Value{parts[static_cast<std::size_t>(index - 1)]};
}

/// Keys and values in order of the text; nothing else than pairs is taken.
scalar::Answer<std::vector<std::pair<std::string, std::string>>> pairs_of(const Call& call) {
  const std::string& between = call.text(1);
  const std::string& inside = call.text(2);
  if (between.empty()) return invalid_argument("entryDelimiter is empty");
  if (inside.empty()) return invalid_argument("keyValueDelimiter is empty");
  if (between == inside) return invalid_argument("entryDelimiter and keyValueDelimiter must not be the same");
  std::vector<std::pair<std::string, std::string>> pairs;
  if (call.text(0).empty()) return pairs;
  auto entries = parts_of(call.text(0), between, INT64_MAX);
  if (entries.back().empty() && entries.size() > 1) entries.pop_back();
  for (const std::string& entry : entries) {
    const auto halves = parts_of(entry, inside, INT64_MAX);
    if (halves.size() != 2) {
      return invalid_argument(
          fmt::format("Key-value delimiter must appear exactly once in each entry. Bad input: '{}'", entry));
    }
    pairs.emplace_back(halves[0], halves[1]);
  }
  return pairs;
}

Answer split_to_map(const Call& call) {
  const auto pairs = pairs_of(call);
  if (!pairs) return std::unexpected(pairs.error());
  std::map<std::string, bool> seen;
  Values values;
  for (const auto& [key, value] : *pairs) {
    if (!seen.emplace(key, true).second) {
      return invalid_argument(fmt::format("Duplicate keys ({}) are not allowed", key));
    }
    values.emplace_back(key);
    values.emplace_back(value);
  }
  return Value{std::move(values)};
}

Answer split_to_multimap(const Call& call) {
  const auto pairs = pairs_of(call);
  if (!pairs) return std::unexpected(pairs.error());
  Values values;
  std::map<std::string, std::size_t> places;
  for (const auto& [key, value] : *pairs) {
    const auto [place, fresh] = places.emplace(key, values.size() + 1);
    if (fresh) {
      values.emplace_back(key);
      values.emplace_back(Values{});
    }
    values[place->second].parts().emplace_back(value);
  }
  return Value{std::move(values)};
}

Answer translate(const Call& call) {
  const auto from = letters_of(call.text(1));
  const auto to = letters_of(call.text(2));
  std::string result;
  for (const std::string_view letter : letters_of(call.text(0))) {
    const auto found = std::ranges::find(from, letter);
    if (found == from.end()) {
      result += letter;
    } else if (const auto at = static_cast<std::size_t>(found - from.begin()); at < to.size()) {
      result += to[at];
    }
  }
  return Value{std::move(result)};
}

Answer levenshtein_distance(const Call& call) {
  const auto a = letters_of(call.text(0));
  const auto b = letters_of(call.text(1));
  if (!a.empty() && !b.empty() && a.size() * b.size() > 1'000'000) {
    return invalid_argument(
        fmt::format("The combined inputs for Levenshtein distance are too large: ({}, {})", a.size(), b.size()));
  }
  std::vector<std::int64_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::int64_t corner = row[0];
    row[0] = static_cast<std::int64_t>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::int64_t changed = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
      corner = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return Value{row.back()};
}

Answer hamming_distance(const Call& call) {
  const auto a = letters_of(call.text(0));
  const auto b = letters_of(call.text(1));
  if (a.size() != b.size()) {
    return invalid_argument("The input strings to hamming_distance function must have the same length");
  }
  std::int64_t distance = 0;
  for (std::size_t i = 0; i < a.size(); ++i) distance += a[i] != b[i] ? 1 : 0;
  return Value{distance};
}

Answer soundex(const Call& call) {
  const auto code = [](char letter) -> char {
    static constexpr std::string_view kCodes = "01230120022455012623010202";
    return kCodes[static_cast<std::size_t>(letter - 'A')];
  };
  std::string letters;
  for (const std::string_view letter : letters_of(call.text(0))) {
    if (letter.size() > 1 && u_isalpha(code_point(letter)) != 0) {
      return invalid_argument(fmt::format("The character is not mapped: {} (index={})",
                                          icu::UnicodeString{u_toupper(code_point(letter))}.length() > 0 ? letter : "",
                                          letters.size()));
    }
    if (letter.size() != 1) continue;
    const char upper = static_cast<char>(letter[0] >= 'a' && letter[0] <= 'z' ? letter[0] - 32 : letter[0]);
    if (upper >= 'A' && upper <= 'Z') letters += upper;
  }
  if (letters.empty()) return Value{std::string{}};
  std::string result{letters[0]};
  char last = code(letters[0]);
  for (std::size_t i = 1; i < letters.size() && result.size() < 4; ++i) {
    if (letters[i] == 'H' || letters[i] == 'W') continue;
    const char digit = code(letters[i]);
    if (digit != '0' && digit != last) result += digit;
    last = digit;
  }
  result.resize(4, '0');
  return Value{std::move(result)};
}

Answer normalize(const Call& call) {
  UErrorCode status = U_ZERO_ERROR;
  const std::string& form = call.text(1);
  const icu::Normalizer2* normalizer = nullptr;
  if (form == "NFC") normalizer = icu::Normalizer2::getNFCInstance(status);
  if (form == "NFD") normalizer = icu::Normalizer2::getNFDInstance(status);
  if (form == "NFKC") normalizer = icu::Normalizer2::getNFKCInstance(status);
  if (form == "NFKD") normalizer = icu::Normalizer2::getNFKDInstance(status);
  if (normalizer == nullptr)
    return invalid_argument(fmt::format("Normalization form must be one of [NFD, NFC, NFKD, NFKC]"));
  std::string result;
  normalizer->normalize(icu::UnicodeString::fromUTF8(call.text(0)), status).toUTF8String(result);
  return Value{std::move(result)};
}

Answer luhn_check(const Call& call) {
  int sum = 0;
  bool twice = false;
  const std::string& digits = call.text(0);
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, twice = !twice) {
    if (*digit < '0' || *digit > '9') return invalid_argument("Input contains non-digit character");
    const int value = (*digit - '0') * (twice ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return Value{!digits.empty() && sum % 10 == 0};
}

/// Texts, or one array of texts, behind the separator; NULLs are left out.
Answer concat_ws(const Call& call) {
  if (call[0].is_null()) return Value{};
  std::string result;
  bool first = true;
  const auto add = [&](const Value& part) {
    if (part.is_null()) return;
    if (!first) result += call.text(0);
    first = false;
    result += part.text();
  };
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    if (call.types[i].kind() != TypeKind::kArray) {
      add(call[i]);
      continue;
    }
    if (call[i].is_null()) return Value{};
    for (const Value& part : call.parts(i)) add(part);
  }
  return Value{std::move(result)};
}

Answer format_number(const Call& call) {
  double number = call.types[0].kind() == TypeKind::kBigint ? static_cast<double>(call.integer(0)) : call.real(0);
  static constexpr std::array<std::string_view, 6> kUnits = {"", "K", "M", "B", "T", "Q"};
  if (std::isnan(number)) number = 0;
  number = std::clamp(number, -9.223372036854775807e18, 9.223372036854775807e18);
  if (call.types[0].kind() == TypeKind::kDouble) number = std::trunc(number);
  std::size_t unit = 0;
  while (std::abs(number) >= 1000 && unit + 1 < kUnits.size()) {
    number /= 1000;
    ++unit;
  }
  int digits = 2;
  if (std::abs(number) >= 100)
    digits = 0;
  else if (std::abs(number) >= 10)
    digits = 1;
  std::string text = fmt::format("{:.{}f}", number, digits);
  if (text.find('.') != std::string::npos) {
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
  }
  return Value{fmt::format("{}{}", text == "-0" ? "0" : text, kUnits[unit])};
}

Answer human_readable_seconds(const Call& call) {
  const double given = call.real(0);
  if (!std::isfinite(given)) {
    return invalid_argument(
        fmt::format("Invalid argument found: {}", std::isnan(given) ? "NaN" : (given < 0 ? "-Infinity" : "Infinity")));
  }
  std::int64_t rest = 0;
  const double rounded = std::round(given);
  rest = std::abs(rounded) >= 9.2e18 ? INT64_MAX : static_cast<std::int64_t>(std::abs(rounded));
  static constexpr std::array<std::pair<std::int64_t, std::string_view>, 5> kUnits{
      {{604'800, "week"}, {86'400, "day"}, {3'600, "hour"}, {60, "minute"}, {1, "second"}}};
  std::string result;
  for (const auto& [size, name] : kUnits) {
    const std::int64_t count = rest / size;
    rest %= size;
    if (count == 0) continue;
    result += fmt::format("{}{} {}{}", result.empty() ? "" : ", ", count, name, count == 1 ? "" : "s");
  }
  return Value{result.empty() ? std::string{"0 seconds"} : result};
}

/// The word's stem by Snowball's rules for a language, English unless another is said.
Answer word_stem(const Call& call) {
  const std::string language = call.arguments.size() > 1 ? call.text(1) : "en";
  const std::unique_ptr<sb_stemmer, decltype(&sb_stemmer_delete)> stemmer{sb_stemmer_new(language.c_str(), "UTF_8"),
                                                                          sb_stemmer_delete};
  if (!stemmer) return invalid_argument(fmt::format("Unknown stemmer language: {}", language));
  const std::string& word = call.text(0);
  const auto* stem =
      sb_stemmer_stem(stemmer.get(), reinterpret_cast<const sb_symbol*>(word.data()), static_cast<int>(word.size()));
  return Value{
      std::string{reinterpret_cast<const char*>(stem), static_cast<std::size_t>(sb_stemmer_length(stemmer.get()))}};
}

Answer concat_text(const Call& call) {
  std::string result;
  for (const Value& part : call.arguments) result += part.text();
  return Value{std::move(result)};
}

Answer starts_with(const Call& call) {
  return Value{call.text(0).starts_with(call.text(1))};
}

Answer length(const Call& call) {
  if (call.types[0].kind() == TypeKind::kVarbinary) return Value{static_cast<std::int64_t>(call.text(0).size())};
  return Value{static_cast<std::int64_t>(points_of(call.text(0)).size() - 1)};
}

Answer chr(const Call& call) {
  const std::int64_t point = call.integer(0);
  if (point < 0 || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
    return invalid_argument(fmt::format("Not a valid Unicode code point: {}", point));
  }
  std::string text;
  append_utf8(static_cast<std::uint32_t>(point), text);
  return Value{std::move(text)};
}

Answer codepoint(const Call& call) {
  if (points_of(call.text(0)).size() != 2) return invalid_argument("Input string must be a single character string");
  return Value{std::int64_t{code_point(call.text(0))}};
}

/// A part of a pattern of LIKE.
struct LikePart {
  std::string_view letter;  // empty: any one
  bool many = false;        // any number of any
};

/// With Trino's faults: an escape that escapes another letter.
scalar::Answer<std::vector<LikePart>> like_parts(std::string_view pattern, std::string_view escape) {
  const auto letters = letters_of(pattern);
  std::vector<LikePart> parts;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (!escape.empty() && letters[i] == escape) {
      ++i;
      if (i >= letters.size() || (letters[i] != "%" && letters[i] != "_" && letters[i] != escape)) {
        return invalid_argument("Escape character must be followed by '%', '_' or the escape character itself");
      }
      parts.push_back({letters[i]});
    } else if (letters[i] == "%") {
      parts.push_back({{}, true});
    } else {
      parts.push_back({letters[i] == "_" ? std::string_view{} : letters[i]});
    }
  }
  return parts;
}

/// The usual walk: on a fault, back to the last %, one letter further.
bool is_like(const std::vector<std::string_view>& text, const std::vector<LikePart>& parts) {
  std::size_t at = 0;
  std::size_t part = 0;
  std::size_t star = std::string::npos;
  std::size_t resume = 0;
  while (at < text.size()) {
    if (part < parts.size() && parts[part].many) {
      star = part++;
      resume = at;
    } else if (part < parts.size() && (parts[part].letter.empty() || parts[part].letter == text[at])) {
      ++part;
      ++at;
    } else if (star != std::string::npos) {
      part = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (part < parts.size() && parts[part].many) ++part;
  return part == parts.size();
}

Answer like(const Call& call) {
  std::string_view escape;
  if (call.arguments.size() > 2) {
    if (points_of(call.text(2)).size() != 2) return invalid_argument("Escape string must be a single character");
    escape = call.text(2);
  }
  const auto parts = like_parts(call.text(1), escape);
  if (!parts) return std::unexpected(parts.error());
  return Value{is_like(letters_of(call.text(0)), *parts)};
}

int lower_point(UChar32 point) {
  return u_tolower(point);
}
int upper_point(UChar32 point) {
  return u_toupper(point);
}

constexpr auto kFunctions = std::to_array<Function>({
    {"lower", mapped<lower_point>},
    {"upper", mapped<upper_point>},
    {"reverse_text", reverse_text},
    {"substring", substring},
    {"position", position},
    {"replace", replace},
    {"lpad", pad<true>},
    {"rpad", pad<false>},
    {"trim", trimmed<true, true>},
    {"ltrim", trimmed<true, false>},
    {"rtrim", trimmed<false, true>},
    {"split", split},
    {"split_part", split_part},
    {"split_to_map", split_to_map},
    {"split_to_multimap", split_to_multimap},
    {"translate", translate},
    {"levenshtein_distance", levenshtein_distance},
    {"hamming_distance", hamming_distance},
    {"soundex", soundex},
    {"normalize", normalize},
    {"luhn_check", luhn_check},
    {"concat_ws", concat_ws, true},
    {"format_number", format_number},
    {"human_readable_seconds", human_readable_seconds},
    {"word_stem", word_stem},
    {"concat_text", concat_text},
    {"starts_with", starts_with},
    {"length", length},
    {"chr", chr},
    {"codepoint", codepoint},
    {"like", like},
});

}  // namespace

std::span<const Function> text_functions() {
  return kFunctions;
}

}  // namespace flowtrail::trino
