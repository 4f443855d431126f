// From an event to its changes: knows every event of the facts sheet's section 3 and both JSON dialects of EC2.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "cloudtrail/change.h"
#include "cloudtrail/event.h"
#include "cloudtrail/json_tree.h"
#include "cloudtrail/outline.h"

namespace flowtrail::cloudtrail {

/// Cheap test on names and raw text alone: could `interpret` return anything for this event?
[[nodiscard]] bool may_change_state(const EventOutline& event);
[[nodiscard]] bool may_change_state(const Event& event);

/// The changes that the event claims, in the order in which they take effect; empty for events that change nothing
/// here. Responses are preferred to requests (resolved ids). Failed calls are interpreted from their request like any
/// other: the caller must look at `event.failed()` first (they are only ever listed). EC2 events whose response says
/// `_return: false` give nothing. Unknown members are normal. Errors: kCorrupt if requestParameters or responseElements
/// of a known event are not JSON objects; the text names the member.
[[nodiscard]] Result<std::vector<Change>> interpret(const Event& event, JsonParser parse = parse_json);

/// Order of events inside one second: Create 0; Authorize, attach and run 1; Modify and anything else 2 (tags too,
/// since they overwrite each other); Revoke and detach 3; Delete and terminate 4. Source: facts sheet, section 2.3,
/// rule 5.
[[nodiscard]] int tie_rank(const Event& event);

}  // namespace flowtrail::cloudtrail
