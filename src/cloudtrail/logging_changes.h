// Events that switch recording itself on or off: they explain gaps.
#pragma once

#include <string_view>

#include "cloudtrail/call.h"

namespace flowtrail::cloudtrail {

/// nullptr for events that do not touch logging.
[[nodiscard]] Interpreter find_logging_interpreter(std::string_view service, std::string_view event_name);

}  // namespace flowtrail::cloudtrail
