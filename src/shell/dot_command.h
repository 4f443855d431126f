// The commands of the shell that are no SQL: a line that begins with a dot.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace flowtrail::shell {

enum class DotKind : std::uint8_t { kExplain, kHelp, kInspect, kMode, kPager, kQuit, kRead, kTables, kTimer };

struct DotCommand {
  DotKind kind = DotKind::kHelp;
  std::string argument;  // without quotes around it; empty if there is none
};

/// A line whose first character that is no blank is a dot. A `;` at its end is passed over. Errors: kUsage for a name
/// that is none (the hint has the nearest one), an argument that is missing, too much or not one of the choices.
[[nodiscard]] Result<DotCommand> parse_dot_command(std::string_view line);

/// True for a line that `parse_dot_command` takes.
[[nodiscard]] bool is_dot_command(std::string_view line);

/// All names with their dot, in order of the alphabet.
[[nodiscard]] std::vector<std::string_view> dot_command_names();

/// What each command does, a line each; or all about the one called `name` (the dot may be left out). Errors: kUsage
/// for a name that is none.
[[nodiscard]] Result<std::string> dot_command_help(std::string_view name);

}  // namespace flowtrail::shell
