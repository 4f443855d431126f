#include "shell/shell.h"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <utility>

#include "base/letters.h"
#include "base/name_match.h"
#include "output/display_text.h"
#include "shell/messages.h"
#include "tables/script_runner.h"

namespace flowtrail::shell {
namespace {

constexpr int kDeepest = 16;
constexpr std::string_view kPrompt = "flowtrail> ";
constexpr std::string_view kGoesOn = "      ...> ";

constexpr std::array kFormatNames{
    std::pair{output::Format::kTable, "table"},   std::pair{output::Format::kCsv, "csv"},
    std::pair{output::Format::kTsv, "tsv"},       std::pair{output::Format::kJson, "json"},
    std::pair{output::Format::kNdjson, "ndjson"}, std::pair{output::Format::kMarkdown, "markdown"},
};

std::string_view format_name(output::Format format) {
  for (const auto& [known, name] : kFormatNames) {
    if (known == format) return name;
  }
  return {};
}

output::Table table_of(const std::vector<std::string>& columns) {
  output::Table table;
  for (const std::string& name : columns) table.columns.push_back({name, "varchar", {}, {}});
  return table;
}

std::string place_of(std::string_view file, int line) {
  return file.empty() ? fmt::format("line {}", line) : fmt::format("{}:{}", file, line);
}

bool is_plain(std::string_view pattern) {
  return pattern.find_first_of("*?") == std::string_view::npos;
}

}  // namespace

Shell::Shell(Session& session, Sink& sink, ShellOptions options)
    : session_(session), sink_(sink), options_(std::move(options)) {}

Status Shell::run(LineSource& lines) {
  first_error_.reset();
  run_lines(lines, {});
  FT_CHECK(sink_.status());
  if (first_error_ && !lines.is_person()) return std::unexpected(*first_error_);
  return {};
}

/// `name` is the file's, or empty for what the shell was started with.
Shell::Next Shell::run_lines(LineSource& lines, const std::string& name) {
  StatementBuffer buffer;
  StatementBuffer* const outer = std::exchange(buffer_, &buffer);
  Next next = Next::kGoOn;
  while (next != Next::kQuit && sink_.status()) {
    Line line = lines.next(buffer.empty() ? kPrompt : kGoesOn, buffer.text());
    if (line.kind == Line::Kind::kEnd) break;
    if (line.kind == Line::Kind::kInterrupted) {
      buffer.clear();
      continue;
    }
    next = run_line(lines, name, line.text);
    if (next == Next::kFailed && !lines.is_person() && (!options_.keep_going || cancelled_)) break;
    if (next == Next::kFailed) next = Next::kGoOn;
  }
  // A person who leaves in the middle of a statement does not want it.
  const bool at_end = next == Next::kGoOn && sink_.status().has_value();
  if (const auto rest = at_end && !lines.is_person() ? buffer.take_rest() : std::nullopt) {
    next = run_statement(*rest, place_of(name, rest->first_line));
  }
  buffer_ = outer;
  return next;
}

Shell::Next Shell::run_line(LineSource& lines, const std::string& name, const std::string& text) {
  StatementBuffer& buffer = *buffer_;
  const auto place = [&](int line) { return lines.is_person() ? std::string{} : place_of(name, line); };
  if (buffer.empty() && is_dot_command(text)) {
    buffer.clear();
    buffer.skip_line();
    lines.remember(text);
    return run_dot_command(text, place(buffer.line()));
  }
  Next next = Next::kGoOn;
  for (const Statement& statement : buffer.add_line(text)) {
    lines.remember(statement.text + ";");
    if (next == Next::kGoOn || (options_.keep_going && !cancelled_)) {
      const Next came = run_statement(statement, place(statement.first_line));
      if (came != Next::kGoOn) next = came;
    }
  }
  return next;
}

tables::ScriptOutput Shell::script_output() {
  tables::ScriptOutput output;
  output.format = options_.format;
  output.width = sink_.width();
  output.write = [this](std::string_view text) { sink_.write(text); };
  if (options_.report) output.warnings = [report = options_.report] { return report->warnings(); };
  output.rows_came = [this](std::size_t rows) {
    rows_ += rows;
    sink_.rows_came(rows);
  };
  return output;
}

engine::SqlResult<void> Shell::run_sql(const std::string& text) {
  const tables::ScriptOutput output = script_output();
  rows_ = 0;
  sink_.begin();
  const auto body = [&] { return session_.run(text, output); };
  auto status = options_.guard ? options_.guard(body) : body();
  sink_.end();
  return status;
}

Shell::Next Shell::run_statement(const Statement& statement, const std::string& place) {
  const double began = options_.clock ? options_.clock() : 0;
  auto status = run_sql(statement.text);
  const double seconds = options_.clock ? options_.clock() - began : 0;
  if (!status) print_sql_error(status.error(), statement.text, place);
  print_warnings();
  if (timer_) sink_.note(note_line(fmt::format("{:.3f} s, {} row{}", seconds, rows_, rows_ == 1 ? "" : "s")));
  return status ? Next::kGoOn : failed(status.error());
}

Shell::Next Shell::failed(const Error& error) {
  cancelled_ = error.code == ErrorCode::kCancelled;
  if (!first_error_) first_error_ = error;
  return Next::kFailed;
}

/// `place` is empty where a person sees the statement above the error.
void Shell::print_sql_error(engine::SqlError error, const std::string& text, const std::string& place) {
  if (error.name == "TABLE_NOT_FOUND") {
    explain_missing_table(session_.table_names().value_or(std::vector<std::string>{}), options_.report != nullptr,
                          error);
  }
  if (options_.format == output::Format::kJson) sink_.write(tables::error_json(error) + "\n");
  if (!place.empty() && error.code != ErrorCode::kCancelled) {
    sink_.note(note_line(fmt::format("in the statement at {}:", place)));
  }
  sink_.note(error_text(error, text));
}

/// Only what was not told before: the report counts over all statements.
void Shell::print_warnings() {
  for (const dialect::Warning& warning : session_.take_warnings()) sink_.note(warning_text(warning));
  if (!options_.report) return;
  for (const tables::Warning& warning : options_.report->warnings()) {
    const std::string text = warning_text(warning);
    if (warnings_shown_.insert(text).second) sink_.note(text);
  }
}

// ---- dot commands --------------------------------------------------------------------------------------------------

Shell::Next Shell::run_dot_command(const std::string& line, const std::string& place) {
  Result<bool> quit = false;
  if (const auto command = parse_dot_command(line)) {
    quit = carry_out(*command);
  } else {
    quit = std::unexpected(command.error());
  }
  if (quit) return *quit ? Next::kQuit : Next::kGoOn;
  Error& error = quit.error();
  if (error.what.empty()) return Next::kFailed;  // told already, where it happened
  if (error.where.empty() && !place.empty()) error.where = place;
  sink_.note(note_line(error.to_string()));
  return failed(error);
}

/// True to quit.
Result<bool> Shell::carry_out(const DotCommand& command) {
  bool quit = false;
  switch (command.kind) {
    case DotKind::kExplain: FT_CHECK(explain(command.argument)); break;
    case DotKind::kHelp: {
      FT_TRY(const std::string text, dot_command_help(command.argument));
      sink_.write(text);
      break;
    }
    case DotKind::kInspect: FT_CHECK(inspect(command.argument)); break;
    case DotKind::kMode: FT_CHECK(set_format(command.argument)); break;
    case DotKind::kPager: sink_.set_pager(command.argument == "on"); break;
    case DotKind::kQuit: quit = true; break;
    case DotKind::kRead: FT_CHECK(read_file(command.argument, quit)); break;
    case DotKind::kTables: FT_CHECK(list_tables(command.argument)); break;
    case DotKind::kTimer: timer_ = command.argument == "on"; break;
  }
  return quit;
}

Status Shell::set_format(const std::string& name) {
  if (name.empty()) {
    sink_.write(fmt::format("{}\n", format_name(options_.format)));
    return {};
  }
  FT_TRY(options_.format, output::parse_format(name == "jsonl" ? "ndjson" : name));
  return {};
}

Status Shell::read_file(const std::string& path, bool& quit) {
  if (depth_ == kDeepest) return failure(ErrorCode::kUsage, ".read is {} files deep: {}", kDeepest, path);
  std::ifstream file{path};
  if (!file) return failure(ErrorCode::kNotFound, "cannot be opened: {}", path);
  StreamLines lines{file};
  ++depth_;
  const Next next = run_lines(lines, path);
  --depth_;
  quit = next == Next::kQuit;
  if (next == Next::kFailed) return std::unexpected(Error{});
  if (file.bad()) return failure(ErrorCode::kIo, "cannot be read: {}", path);
  return {};
}

Status Shell::list_tables(const std::string& pattern) {
  FT_TRY(const auto names, session_.table_names());
  const std::string glob = is_plain(pattern) ? fmt::format("*{}*", pattern) : pattern;
  output::Table table = table_of({"table"});
  for (const std::string& name : names) {
    if (matches_glob(lower(glob), lower(name))) table.rows.push_back({name});
  }
  print_table(std::move(table));
  return {};
}

Status Shell::inspect(const std::string& name) {
  auto columns = session_.columns(name);
  if (!columns) {
    engine::SqlError error = std::move(columns).error();
    if (error.name == "TABLE_NOT_FOUND") {
      explain_missing_table(session_.table_names().value_or(std::vector<std::string>{}), options_.report != nullptr,
                            error);
      error.what = fmt::format("no such table: {}", name);
      error.where.clear();
    }
    return std::unexpected(static_cast<Error&&>(error));
  }
  output::Table table = table_of({"column", "type"});
  for (const TableColumn& column : *columns) table.rows.push_back({column.name, column.type});
  print_table(std::move(table));
  return {};
}

Status Shell::explain(const std::string& statement) {
  const std::string text = "EXPLAIN " + statement;
  auto status = run_sql(text);
  if (status) return {};
  print_sql_error(status.error(), text, {});
  failed(status.error());
  return std::unexpected(Error{});
}

void Shell::print_table(output::Table table) {
  const tables::ScriptOutput output = script_output();
  sink_.begin();
  const auto writer = tables::make_writer(std::move(table.columns), output);
  writer->add(std::move(table.rows));
  writer->end();
  sink_.end();
}

}  // namespace flowtrail::shell
