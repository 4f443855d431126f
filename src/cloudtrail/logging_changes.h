// Events that switch recording itself on or off: they explain gaps.
#pragma once

#include <string_view>
#include <vector>

#include "cloudtrail/call.h"

namespace flowtrail::cloudtrail {

/// nullptr for events that do not touch logging.
[[nodiscard]] Interpreter find_logging_interpreter(std::string_view service, std::string_view event_name);

/// The names of those that do, in any service.
[[nodiscard]] std::vector<std::string_view> logging_event_names();

}  // namespace flowtrail::cloudtrail
