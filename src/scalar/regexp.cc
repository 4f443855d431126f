#include "scalar/regexp.h"

#include <fmt/format.h>
#include <unicode/regex.h>

#include <utility>

namespace flowtrail::scalar {
namespace {

constexpr std::int32_t kMostSteps = 10'000;  // of ICU's unit, some milliseconds each at most

icu::UnicodeString utf16(std::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece{text.data(), static_cast<std::int32_t>(text.size())});
}

std::string utf8(const icu::UnicodeString& text) {
  std::string bytes;
  text.toUTF8String(bytes);
  return bytes;
}

// Classes that ICU takes for all of Unicode, written out for ASCII.
std::string_view ascii_class(char letter) {
  switch (letter) {
    case 'd': return "0-9";
    case 'w': return "a-zA-Z0-9_";
    case 's': return R"( \t\n\x0B\f\r)";
    default: return {};
  }
}

/// `{2}`, `{2,}`, `{2,3}`; other braces are letters to Java's cousins.
bool is_repetition(std::string_view text) {
  const std::size_t close = text.find('}');
  return close != std::string_view::npos && close > 1 &&
         text.substr(1, close - 1).find_first_not_of("0123456789,") == std::string_view::npos && text[1] != ',';
}

std::string with_ascii_classes(std::string_view pattern) {
  std::string written;
  int brackets = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char letter = pattern[i];
    if (letter == '\\' && i + 1 < pattern.size()) {
      const char escaped = pattern[++i];
      const auto lower = static_cast<char>(escaped | 0x20);
      const std::string_view members = ascii_class(lower);
      if (members.empty() || (escaped != lower && lower != 'd' && lower != 'w' && lower != 's')) {
        written += letter;
        written += escaped;
        // \p{Han}, \x{1F600}, \k<name>: the braces are part of it.
        const std::size_t close = pattern.find('}', i);
        if ((lower == 'p' || lower == 'x') && pattern.substr(i + 1).starts_with('{') &&
            close != std::string_view::npos) {
          written += pattern.substr(i + 1, close - i);
          i = close;
        }
      } else if (escaped != lower) {
        written += "[^";
        written += members;
        written += ']';
      } else if (brackets > 0) {
        written += members;
      } else {
        written += '[';
        written += members;
        written += ']';
      }
      continue;
    }
    if (letter == '{' && brackets == 0 && !is_repetition(pattern.substr(i))) {
      written += "\\{";
      continue;
    }
    if (letter == '[') ++brackets;
    if (letter == ']' && brackets > 0) --brackets;
    written += letter;
  }
  return written;
}

std::unexpected<ScalarError> too_long() {
  return invalid_argument("the regular expression takes too long on this text");
}

}  // namespace

struct Regexp::State {
  std::unique_ptr<icu::RegexPattern> pattern;

  // `subject` must outlive the matcher.
  [[nodiscard]] std::unique_ptr<icu::RegexMatcher> matcher(const icu::UnicodeString& subject,
                                                           UErrorCode& status) const {
    std::unique_ptr<icu::RegexMatcher> made{pattern->matcher(subject, status)};
    if (made) made->setTimeLimit(kMostSteps, status);
    return made;
  }
};

Regexp::Regexp(std::unique_ptr<State> state) : state_(std::move(state)) {}
Regexp::~Regexp() = default;
Regexp::Regexp(Regexp&&) noexcept = default;
Regexp& Regexp::operator=(Regexp&&) noexcept = default;

Answer<Regexp> Regexp::compile(std::string_view pattern, bool ignore_case) {
  UErrorCode status = U_ZERO_ERROR;
  auto state = std::make_unique<State>();
  state->pattern.reset(icu::RegexPattern::compile(utf16(with_ascii_classes(pattern)),
                                                  ignore_case ? UREGEX_CASE_INSENSITIVE : 0, status));
  if (U_FAILURE(status) || !state->pattern) {
    return invalid_argument(fmt::format("no regular expression ({}): {}", u_errorName(status), pattern));
  }
  return Regexp{std::move(state)};
}

const Answer<Regexp>& Regexp::kept(std::string_view pattern) {
  thread_local std::string kept_pattern;
  thread_local std::optional<Answer<Regexp>> expression;
  if (!expression || kept_pattern != pattern) {
    expression.emplace(compile(pattern));
    kept_pattern = std::string{pattern};
  }
  return *expression;
}

std::optional<ScalarError> Regexp::check_group(std::int64_t group) const {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString nothing;
  const auto matcher = state_->matcher(nothing, status);
  const std::int64_t groups = matcher->groupCount();
  if (group < 0) return ScalarError{"INVALID_FUNCTION_ARGUMENT", "Group cannot be negative"};
  if (group <= groups) return std::nullopt;
  return ScalarError{"INVALID_FUNCTION_ARGUMENT",
                     fmt::format("Pattern has {} groups. Cannot access group {}", groups, group)};
}

Answer<bool> Regexp::finds_in(std::string_view text) const {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString subject = utf16(text);
  const bool found = state_->matcher(subject, status)->find(status) != 0;
  if (U_FAILURE(status)) return too_long();
  return found;
}

NullableAnswer<std::string> Regexp::extract(std::string_view text, std::int64_t group) const {
  if (auto error = check_group(group)) return std::unexpected(*std::move(error));
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString subject = utf16(text);
  const auto matcher = state_->matcher(subject, status);
  const bool found = matcher->find(status) != 0;
  if (U_FAILURE(status)) return too_long();
  if (!found || matcher->start(static_cast<std::int32_t>(group), status) < 0) return std::nullopt;
  return utf8(matcher->group(static_cast<std::int32_t>(group), status));
}

NullableAnswer<Regexp::Groups> Regexp::groups_of(std::string_view text, bool anywhere) const {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString subject = utf16(text);
  const auto matcher = state_->matcher(subject, status);
  const bool found = (anywhere ? matcher->find(status) : matcher->matches(status)) != 0;
  if (U_FAILURE(status)) return too_long();
  if (!found) return std::nullopt;
  Groups groups;
  for (std::int32_t group = 1; group <= matcher->groupCount(); ++group) {
    const std::int32_t begin = matcher->start(group, status);
    if (begin < 0) {
      groups.emplace_back();
    } else {
      groups.emplace_back(utf8(subject.tempSubStringBetween(begin, matcher->end(group, status))));
    }
  }
  return groups;
}

std::int64_t Regexp::group_count() const {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString nothing;
  return state_->matcher(nothing, status)->groupCount();
}

Answer<std::vector<std::optional<std::string>>> Regexp::extract_all(std::string_view text, std::int64_t group) const {
  if (auto error = check_group(group)) return std::unexpected(*std::move(error));
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString subject = utf16(text);
  const auto matcher = state_->matcher(subject, status);
  const auto index = static_cast<std::int32_t>(group);
  std::vector<std::optional<std::string>> all;
  while (matcher->find(status) != 0 && U_SUCCESS(status)) {
    const bool part = matcher->start(index, status) >= 0;
    all.push_back(part ? std::optional{utf8(matcher->group(index, status))} : std::nullopt);
  }
  if (U_FAILURE(status)) return too_long();
  return all;
}

Answer<std::string> Regexp::replace(std::string_view text, std::string_view replacement) const {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString subject = utf16(text);
  const icu::UnicodeString replaced = state_->matcher(subject, status)->replaceAll(utf16(replacement), status);
  if (status == U_REGEX_TIME_OUT || status == U_REGEX_STACK_OVERFLOW) return too_long();
  if (U_FAILURE(status)) return invalid_argument(fmt::format("Illegal replacement sequence: {}", replacement));
  return utf8(replaced);
}

Answer<std::vector<std::string>> Regexp::split(std::string_view text) const {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString subject = utf16(text);
  const auto matcher = state_->matcher(subject, status);
  std::vector<std::string> parts;
  std::int32_t begin = 0;
  while (matcher->find(status) != 0 && U_SUCCESS(status)) {
    parts.push_back(utf8(subject.tempSubStringBetween(begin, matcher->start(status))));
    begin = matcher->end(status);
  }
  if (U_FAILURE(status)) return too_long();
  parts.push_back(utf8(subject.tempSubString(begin)));
  return parts;
}

Answer<std::vector<Regexp::Piece>> Regexp::pieces(std::string_view text) const {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString subject = utf16(text);
  const auto matcher = state_->matcher(subject, status);
  std::vector<Piece> all;
  std::int32_t begin = 0;
  while (matcher->find(status) != 0 && U_SUCCESS(status)) {
    Piece& piece = all.emplace_back();
    piece.is_match = true;
    piece.before = utf8(subject.tempSubStringBetween(begin, matcher->start(status)));
    for (std::int32_t group = 1; group <= matcher->groupCount(); ++group) {
      const bool part = matcher->start(group, status) >= 0;
      piece.groups.push_back(part ? std::optional{utf8(matcher->group(group, status))} : std::nullopt);
    }
    begin = matcher->end(status);
  }
  if (U_FAILURE(status)) return too_long();
  all.push_back({utf8(subject.tempSubString(begin)), false, {}});
  return all;
}

Answer<std::int64_t> Regexp::count(std::string_view text) const {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString subject = utf16(text);
  const auto matcher = state_->matcher(subject, status);
  std::int64_t matches = 0;
  while (matcher->find(status) != 0 && U_SUCCESS(status)) ++matches;
  if (U_FAILURE(status)) return too_long();
  return matches;
}

Answer<std::int64_t> Regexp::position(std::string_view text, std::int64_t start, std::int64_t occurrence) const {
  if (start < 1) return invalid_argument("start position cannot be smaller than 1");
  if (occurrence < 1) return invalid_argument("occurrence cannot be smaller than 1");
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString subject = utf16(text);
  if (start > subject.countChar32()) return -1;
  const auto matcher = state_->matcher(subject, status);
  bool found = matcher->find(subject.moveIndex32(0, static_cast<std::int32_t>(start - 1)), status) != 0;
  for (std::int64_t seen = 1; found && seen < occurrence; ++seen) found = matcher->find(status) != 0;
  if (U_FAILURE(status)) return too_long();
  if (!found) return -1;
  return subject.countChar32(0, matcher->start(status)) + 1;
}

}  // namespace flowtrail::scalar
