// The members by which an object is known to be no record itself, but an envelope around records.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace flowtrail::cloudtrail {

inline constexpr int kMaxEnvelopes = 6;  // envelopes in envelopes
inline constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

[[nodiscard]] inline bool one_of(std::string_view key, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), key) != names.end();
}

/// A list of records, or EventBridge's `detail`. `first` is the first letter of the member's value.
[[nodiscard]] inline bool holds_records(std::string_view key, char first) {
  constexpr std::size_t kLongest = 9;
  if ((first != '{' && first != '[') || key.size() > kLongest) return false;
  return one_of(key, {"Records", "records", "Events", "events", "logEvents"}) || (first == '{' && key == "detail");
}

/// LookupEvents keeps the record as text; CloudWatch Logs exports call it the message.
[[nodiscard]] inline bool is_text_key(std::string_view key) {
  return one_of(key, {"CloudTrailEvent", "cloudTrailEvent", "message"});
}

}  // namespace flowtrail::cloudtrail
