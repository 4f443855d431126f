// The table for people: columns side by side where they fit, one record after the other where they do not.
#pragma once

#include "base/error.h"
#include "output/rows.h"
#include "output/write_rows.h"

namespace flowtrail::output {

/// At most `shown.width` columns wide. Numbers stand right; neither they nor times are cut; long texts are cut in the
/// middle. When the columns do not fit even so, each row becomes a block of `name  value` lines. NULL is shown as `-`,
/// an empty list as `none`. Goes through the rows twice: the first time for the widths.
[[nodiscard]] Status write_table(const Rows& rows, const RowsShown& shown, const TextSink& sink);

}  // namespace flowtrail::output
