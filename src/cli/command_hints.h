// What the user may have meant: hints for unknown commands and options.
#pragma once

#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace flowtrail::cli {

/// The command of that name, or nullptr.
[[nodiscard]] const CLI::App* find_command(const CLI::App& app, std::string_view name);
/// `did you mean investigate?`, or the list of commands.
[[nodiscard]] std::string command_hint(const CLI::App& app, std::string_view name);
/// `did you mean --fleet?` for an option of the subcommand in use; empty when nothing is near.
[[nodiscard]] std::string option_hint(const CLI::App& app, std::string_view option);

}  // namespace flowtrail::cli
