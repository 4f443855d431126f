// The commands of the program, one file each. A command only turns options into an options struct, calls the module
// that does the work, and prints; its exit code is 0 done, 1 failed, 2 usage, 3 findings, 4 access denied, 5 partial
// input.
#pragma once

namespace CLI {
class App;
}

namespace flowtrail::cli {

// Each adds its subcommand to `app`; running it sets `exit_code`.
void add_investigate_command(CLI::App& app, int& exit_code);
void add_crawl_command(CLI::App& app, int& exit_code);
void add_sql_command(CLI::App& app, int& exit_code);
void add_shell_command(CLI::App& app, int& exit_code);
void add_sync_command(CLI::App& app, int& exit_code);
void add_sample_command(CLI::App& app, int& exit_code);
void add_help_command(CLI::App& app, int& exit_code);

}  // namespace flowtrail::cli
