#include "scalar/unicode_regex.h"

#include <unicode/regex.h>

#include <utility>

namespace flowtrail::scalar {
namespace {

constexpr std::int32_t kMostSteps = 10'000;  // of ICU's unit, some milliseconds each at most

icu::UnicodeString utf16(std::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece{text.data(), static_cast<std::int32_t>(text.size())});
}

}  // namespace

struct UnicodeRegex::State {
  std::unique_ptr<icu::RegexPattern> pattern;
};

UnicodeRegex::UnicodeRegex(std::unique_ptr<State> state) : state_(std::move(state)) {}
UnicodeRegex::~UnicodeRegex() = default;
UnicodeRegex::UnicodeRegex(UnicodeRegex&&) noexcept = default;
UnicodeRegex& UnicodeRegex::operator=(UnicodeRegex&&) noexcept = default;

std::optional<UnicodeRegex> UnicodeRegex::compile(std::string_view pattern, bool ignore_case) {
  UErrorCode status = U_ZERO_ERROR;
  auto state = std::make_unique<State>();
  state->pattern.reset(icu::RegexPattern::compile(utf16(pattern), ignore_case ? UREGEX_CASE_INSENSITIVE : 0, status));
  if (U_FAILURE(status) || !state->pattern) return std::nullopt;
  return UnicodeRegex{std::move(state)};
}

bool UnicodeRegex::finds_in(std::string_view text) const {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString subject = utf16(text);
  const std::unique_ptr<icu::RegexMatcher> matcher{state_->pattern->matcher(subject, status)};
  if (U_FAILURE(status)) return false;
  matcher->setTimeLimit(kMostSteps, status);
  return matcher->find(status) != 0 && U_SUCCESS(status);
}

}  // namespace flowtrail::scalar
