// The loop: lines in, statements and dot commands carried out one by one, answers out. It knows neither terminals nor
// signals; whoever makes the line source and the sink does.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "output/result_table.h"
#include "shell/dot_command.h"
#include "shell/line_source.h"
#include "shell/session.h"
#include "shell/sink.h"
#include "shell/statement_buffer.h"
#include "tables/scan_report.h"

namespace flowtrail::shell {

struct ShellOptions {
  output::Format format = output::Format::kTable;
  bool keep_going = false;                           // after an error in lines that no person types
  std::shared_ptr<const tables::ScanReport> report;  // what scans notice; none without sources
  std::function<double()> clock;                     // seconds, for .timer
  /// Called around each statement, so that Ctrl-C can reach it; may be empty.
  std::function<engine::SqlResult<void>(const std::function<engine::SqlResult<void>()>&)> guard;
};

/// `session` and `sink` must outlive it.
class Shell {
 public:
  Shell(Session& session, Sink& sink, ShellOptions options);

  /// Runs to the end of the lines or to .quit. Errors: the first one in lines that no person types (the rest is then
  /// not run, unless `keep_going`); a sink that fails. All have been told to the sink, but for the latter.
  [[nodiscard]] Status run(LineSource& lines);

 private:
  /// What comes of one line. `quit` ends all that is read, also files inside files.
  enum class Next : std::uint8_t { kGoOn, kFailed, kQuit };

  Next run_lines(LineSource& lines, const std::string& name);
  Next run_line(LineSource& lines, const std::string& name, const std::string& text);
  Next run_statement(const Statement& statement, const std::string& place);
  Next run_dot_command(const std::string& line, const std::string& place);
  Result<bool> carry_out(const DotCommand& command);
  Status set_format(const std::string& name);
  Status read_file(const std::string& path, bool& quit);
  Status list_tables(const std::string& pattern);
  Status inspect(const std::string& table);
  Status explain(const std::string& statement);

  [[nodiscard]] tables::ScriptOutput script_output();
  engine::SqlResult<void> run_sql(const std::string& text);
  void print_table(output::Table table);
  void print_sql_error(engine::SqlError error, const std::string& text, const std::string& place);
  void print_warnings();
  Next failed(const Error& error);

  Session& session_;
  Sink& sink_;
  ShellOptions options_;
  StatementBuffer* buffer_ = nullptr;  // of the lines that are being read
  bool timer_ = false;
  std::size_t rows_ = 0;  // of the running statement
  int depth_ = 0;         // of files inside files
  std::set<std::string> warnings_shown_;
  bool cancelled_ = false;  // the latest statement: then nothing keeps going
  std::optional<Error> first_error_;
};

}  // namespace flowtrail::shell
