// One question explained: `help investigate NAME`, `investigate NAME --explain`.
#pragma once

#include <string>

#include "investigate/question.h"

namespace flowtrail::cli {

/// Title, what a row is, examples, parameters, columns.
[[nodiscard]] std::string question_help(const investigate::Question& question);
/// How it counts and which evidence it looks at.
[[nodiscard]] std::string question_explained(const investigate::Question& question);

}  // namespace flowtrail::cli
