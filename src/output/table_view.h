// The table for people: columns side by side where they fit, one record after the other where they do not.
#pragma once

#include <string>

#include "output/result_table.h"

namespace flowtrail::output {

/// At most `width` columns wide. Numbers stand right; neither they nor times are cut; long texts are cut in the middle.
/// When the columns do not fit even so, each row becomes a block of `name  value` lines. NULL is shown as `-`, an empty
/// list as `none`.
[[nodiscard]] std::string render_table(const Table& table, std::size_t width);

}  // namespace flowtrail::output
