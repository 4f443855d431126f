// An empty answer explains itself: which filter matched nothing, and what it could have been.
#pragma once

#include <vector>

#include "investigate/question.h"

namespace flowtrail::investigate {

/// Why `question` has no rows; at least one warning with the code `empty-answer`.
[[nodiscard]] std::vector<Warning> explain_empty(const Question& question, const Context& context);

}  // namespace flowtrail::investigate
