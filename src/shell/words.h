// The words that the shell colours and completes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace flowtrail::shell {

/// Keywords of SQL in upper case, in order of the alphabet.
[[nodiscard]] std::span<const std::string_view> sql_keywords();
/// True in any case of letters.
[[nodiscard]] bool is_sql_keyword(std::string_view word);
/// The functions of Athena (engine version 3), in lower case, in order of the alphabet.
[[nodiscard]] std::vector<std::string> athena_functions();

}  // namespace flowtrail::shell
