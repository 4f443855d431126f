// One CloudTrail record's text -> Event. simdjson validates the text (UTF-8 too) and undoes escapes of scalars; nested
// members are sliced from the text as AWS wrote them, so that nothing is lost to a re-serialisation.
// Format: AWS CloudTrail User Guide, "CloudTrail record contents".
#pragma once

#include <simdjson.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "cloudtrail/event.h"
#include "cloudtrail/json_cut.h"

namespace flowtrail::cloudtrail {

/// Reusable, not thread-safe; survives bad records. Memory: a few times the largest record.
class RecordParser {
 public:
  /// `record` is one whole object and `members` its members. `place` and the fallbacks for account and region are the
  /// caller's. Errors: kCorrupt with a short stable reason ("invalid UTF-8", "event without eventTime", ...).
  [[nodiscard]] Result<Event> parse(std::string_view record, std::span<const CutMember> members);

  /// Likewise for a record that is known to be valid JSON without escapes and with no number that only a parser can
  /// judge: the same event. Nothing where only `parse` can tell.
  [[nodiscard]] static std::optional<Event> parse_plain(std::span<const CutMember> members);

  /// The text inside a JSON string (quotes included). Errors: kCorrupt.
  [[nodiscard]] Result<std::string> unescape(std::string_view quoted);

 private:
  [[nodiscard]] simdjson::error_code load(std::string_view text, simdjson::dom::element& root);
  [[nodiscard]] Result<Event> parse_with_quoted_numbers(std::string_view record);
  [[nodiscard]] Result<Event> take_members(simdjson::dom::object object, std::span<const CutMember> members);

  simdjson::dom::parser parser_;
  std::string padded_;
};

}  // namespace flowtrail::cloudtrail
