// What the statistics and the first look at an event need, as slices of its text: nothing is copied.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/utc_time.h"
#include "cloudtrail/event.h"
#include "cloudtrail/json_cut.h"

namespace flowtrail::cloudtrail {

/// Members as in `Event`; the slices belong to the text or the event they were taken from.
struct EventOutline {
  UtcSeconds time;
  std::string_view source, name, region, account, event_id, error_code;
  std::string_view request_parameters, response_elements;  // JSON text
  std::optional<bool> read_only;

  /// As `Event::failed`.
  [[nodiscard]] bool failed() const { return !error_code.empty() && error_code != "Success"; }
};

[[nodiscard]] EventOutline outline_of(const Event& event);

/// The outline of a record with these members, which must be valid JSON; exactly what `RecordParser` would give.
/// Nothing where only `RecordParser` can tell: escapes in a text that matters, repeated members, texts that are no
/// texts, and all that makes a record bad. They are only looked for if it `has_escapes`. No allocation.
[[nodiscard]] std::optional<EventOutline> outline_of(std::span<const CutMember> members, bool has_escapes = true);

}  // namespace flowtrail::cloudtrail
