// The functions of our own that translated SQL calls by names with the prefix ath_: JSON as Trino reads and casts it.
#pragma once

#include "base/error.h"
#include "engine/database.h"

namespace flowtrail::dialect {

/// Makes all of them known to the database of `connection`, once. Errors: kUsage if a name is taken.
[[nodiscard]] Status register_natives(engine::Connection& connection);

}  // namespace flowtrail::dialect
