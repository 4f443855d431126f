// Who made a call, and how: the actor and the way in, from the fields that CloudTrail spreads over userIdentity,
// userAgent, sourceIPAddress and sessionCredentialFromConsole.
// Format: AWS CloudTrail User Guide, "CloudTrail userIdentity element".
#pragma once

#include <string>

#include "cloudtrail/event.h"
#include "history/history.h"

namespace flowtrail::history {

/// Everything of the event that evidence needs.
[[nodiscard]] EventInfo event_info(const cloudtrail::Event& event, SharedTexts& texts);

/// IAM user name; session name (else role name) of an assumed role; `root`; the service that acted; empty if not told.
[[nodiscard]] std::string actor_name(const cloudtrail::Identity& identity);

/// `service:<name>`, `cloudformation`, `terraform`, `console`, `cli`, `sdk`, or empty.
[[nodiscard]] std::string call_path(const cloudtrail::Event& event);

}  // namespace flowtrail::history
