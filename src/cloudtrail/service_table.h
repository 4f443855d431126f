// The table of `service_changes.h`.
#pragma once

#include <span>

#include "cloudtrail/service_changes.h"

namespace flowtrail::cloudtrail {

[[nodiscard]] std::span<const ServiceEvent> service_events();

}  // namespace flowtrail::cloudtrail
