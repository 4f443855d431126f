// flowtrail: which AWS security-group rules are used, by whom, since when.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>

#include "base/free_memory.h"
#include "cli/command_hints.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "version.h"

namespace flowtrail::cli {
namespace {

void handle_signals() {
  std::signal(SIGPIPE, SIG_DFL);  // a reader such as head(1) that has seen enough ends us quietly
  std::signal(SIGINT, [](int) { _exit(kInterrupted); });
}

/// $XDG_CONFIG_HOME/flowtrail/config.toml; empty without a home.
std::filesystem::path default_config() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  if (config != nullptr && *config != '\0') return std::filesystem::path{config} / "flowtrail/config.toml";
  const char* home = std::getenv("HOME");
  return home == nullptr || *home == '\0' ? std::filesystem::path{}
                                          : std::filesystem::path{home} / ".config/flowtrail/config.toml";
}

int usage(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  std::string hint;
  const bool unknown = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  for (int i = 1; unknown && i < argc; ++i) {
    const std::string_view argument{argv[i]};
    const std::string name{argument.substr(0, argument.find('='))};
    if (!name.starts_with("--") || std::string{error.what()}.find(name) == std::string::npos) continue;
    hint = option_hint(app, name);
    break;
  }
  print_error({ErrorCode::kUsage, error.what(), {}, hint.empty() ? "flowtrail --help tells the options" : hint});
  return kUsage;
}

int run(int argc, char** argv) {
  CLI::App app{
      "Which AWS security-group rules are used, by whom, since when: answers from VPC flow logs and CloudTrail.",
      "flowtrail"};
  app.set_version_flag("--version", fmt::format("flowtrail {}", kVersion));
  app.require_subcommand(0, 1);
  app.get_formatter()->column_width(34);
  int exit_code = kDone;
  add_investigate_command(app, exit_code);
  add_crawl_command(app, exit_code);
  add_sql_command(app, exit_code);
  add_shell_command(app, exit_code);
  add_sync_command(app, exit_code);
  add_sample_command(app, exit_code);
  add_help_command(app, exit_code);
  app.set_config("--config", default_config().string(),
                 "File with defaults of options, in sections of commands: [sql] map = [\"s3://bucket/=FOLDER\"]");
  app.get_config_ptr()->default_str("~/.config/flowtrail/config.toml");
  app.allow_config_extras(CLI::config_extras_mode::error);
  app.footer(
      "Exit codes, formats, windows, environment: flowtrail help TOPIC. The questions: flowtrail investigate --list.");

  if (argc > 1 && argv[1][0] != '-' && find_command(app, argv[1]) == nullptr) {
    print_error({ErrorCode::kUsage, fmt::format("no such command: {}", argv[1]), {}, command_hint(app, argv[1])});
    return kUsage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {  // --help, --version
    return app.exit(wanted);
  } catch (const CLI::ParseError& error) {
    return usage(app, error, argc, argv);
  }
  if (argc == 1) {
    if (const auto printed = print_result(app.help()); !printed) return kFailed;
    return kUsage;
  }
  return exit_code;
}

}  // namespace
}  // namespace flowtrail::cli

int main(int argc, char** argv) {
  flowtrail::cli::handle_signals();
  flowtrail::keep_freed_memory();
  try {
    return flowtrail::cli::run(argc, argv);
  } catch (const std::exception& error) {  // a bug, or out of memory: everything else is a value
    flowtrail::cli::print_note(std::string{"this should not happen: "} + error.what());
    return flowtrail::cli::kFailed;
  }
}
