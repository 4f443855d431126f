// `flowtrail investigate NAME [options] SOURCE...`: turns options into a request, and prints the report.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "attribution/scanner_list.h"
#include "base/name_match.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/question_help.h"
#include "investigate/coverage.h"
#include "investigate/report.h"
#include "tables/parquet_reader.h"

namespace flowtrail::cli {
namespace {

using investigate::ParameterInfo;
using investigate::ParameterKind;
using investigate::PrintOptions;
using investigate::Question;
using investigate::Remediation;
using investigate::Report;

constexpr std::uint64_t kRowsForPeople = 50;

/// The command line as it was typed.
struct Arguments {
  std::string name;
  bool list = false;
  std::map<std::string, std::vector<std::string>> values;  // parameters that take a value
  std::map<std::string, bool> flags;                       // parameters that do not
  std::vector<std::string> params, sources, snapshots, outputs, fail_on;
  std::optional<std::string> from, to, last, snapshot_time, scanners;
  std::optional<std::uint64_t> limit;
  bool no_scanner_list = false, plain_reader = false, force = false, show_sql = false, explain = false, dry_run = false,
       verbose = false;
  std::string evidence = "first", remediation, color = "auto";
};

struct Target {
  output::Format format = output::Format::kTable;
  std::string file;  // empty: standard output
};

std::string question_list() {
  std::string text;
  for (const Question& question : investigate::questions()) {
    text += fmt::format("{:<15} {}\n", question.name, question.title);
    text += fmt::format("{:<15} {}\n", "", question.examples.front());
  }
  return text + "\nhelp investigate NAME tells its parameters and columns.\n";
}

Result<std::vector<Target>> targets_of(const Arguments& arguments) {
  std::vector<Target> targets;
  for (const std::string& output : arguments.outputs) {
    const std::size_t equals = output.find('=');
    FT_TRY(const output::Format format, output::parse_format(output.substr(0, equals)));
    const std::string file = equals == std::string::npos ? std::string{} : output.substr(equals + 1);
    if (equals != std::string::npos && file.empty()) {
      return failure(ErrorCode::kUsage, "--output {}: the file's name is missing", output);
    }
    // Said before anything is read: the answer may take a while.
    if (!file.empty() && !arguments.force && std::filesystem::exists(file)) {
      return std::unexpected(Error{ErrorCode::kUsage, "the file exists", file, "--force overwrites"});
    }
    targets.push_back({format, file});
  }
  if (targets.empty()) targets.push_back({});
  return targets;
}

Result<ingest::Window> window_of(const Arguments& arguments) {
  ingest::Window window;
  if (arguments.from) {
    FT_TRY(window.from, parse_utc(*arguments.from));
  }
  if (arguments.to) {
    FT_TRY(window.to, parse_utc(*arguments.to));
  }
  if (arguments.last) {
    FT_TRY(window.last, parse_duration(*arguments.last));
  }
  if (window.from && window.to && *window.from >= *window.to) {
    return failure(ErrorCode::kUsage, "the window is empty: --from {} --to {}", *arguments.from, *arguments.to);
  }
  return window;
}

Result<investigate::Parameters> parameters_of(const Question& question, const Arguments& arguments) {
  investigate::Parameters parameters;
  for (const ParameterInfo& info : investigate::all_parameters()) {
    const auto values = arguments.values.find(std::string{info.name});
    if (values != arguments.values.end()) {
      for (const std::string& value : values->second) {
        FT_CHECK(parameters.set(info.name, value, question.parameters));
      }
    }
    const auto flag = arguments.flags.find(std::string{info.name});
    if (flag != arguments.flags.end() && flag->second) FT_CHECK(parameters.set(info.name, "true", question.parameters));
  }
  for (const std::string& param : arguments.params) {
    const std::size_t equals = param.find('=');
    const std::string_view value =
        equals == std::string::npos ? std::string_view{} : std::string_view{param}.substr(equals + 1);
    FT_CHECK(parameters.set(param.substr(0, equals), value, question.parameters));
  }
  parameters.finish(question.parameters);
  return parameters;
}

Result<attribution::ScannerList> scanners_of(const Arguments& arguments) {
  attribution::ScannerList list;
  if (!arguments.no_scanner_list) list = attribution::ScannerList::shipped();
  if (arguments.scanners) {
    std::ifstream file{*arguments.scanners, std::ios::binary};
    if (!file) return std::unexpected(Error{ErrorCode::kNotFound, "cannot open the file", *arguments.scanners, {}});
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    FT_TRY(const attribution::ScannerList more, attribution::ScannerList::parse(text, *arguments.scanners));
    list.add(more);
  }
  return list;
}

Result<investigate::EvidenceDetail> detail_of(const std::string& name) {
  if (name == "first") return investigate::EvidenceDetail::kFirst;
  if (name == "all") return investigate::EvidenceDetail::kAll;
  if (name == "none") return investigate::EvidenceDetail::kNone;
  return std::unexpected(
      Error{ErrorCode::kUsage, fmt::format("bad value for --evidence: {}", name), {}, "first, all or none"});
}

Result<Remediation> remediation_of(const std::string& name) {
  if (name.empty()) return Remediation::kNone;
  if (name == "cli") return Remediation::kCli;
  if (name == "terraform") return Remediation::kTerraform;
  return std::unexpected(
      Error{ErrorCode::kUsage, fmt::format("bad value for --remediation: {}", name), {}, "cli or terraform"});
}

/// Everything checked before anything is read.
struct Plan {
  const Question* question = nullptr;
  investigate::Request request;
  std::vector<Target> targets;
  PrintOptions print;
  std::optional<attribution::ScannerList> scanners;
};

Result<Plan> plan_of(const Arguments& arguments) {
  Plan plan;
  if (arguments.name.empty()) {
    return std::unexpected(Error{ErrorCode::kUsage, "which question?", {}, "flowtrail investigate --list"});
  }
  FT_TRY(plan.question, investigate::find_question(arguments.name));
  plan.request.question = plan.question;
  FT_TRY(plan.request.parameters, parameters_of(*plan.question, arguments));
  FT_TRY(plan.request.detail, detail_of(arguments.evidence));
  FT_TRY(plan.request.input.window, window_of(arguments));
  if (arguments.snapshot_time) {
    FT_TRY(plan.request.input.snapshot_time, parse_utc(*arguments.snapshot_time));
  }
  FT_TRY(plan.targets, targets_of(arguments));
  FT_TRY(plan.print.remediation, remediation_of(arguments.remediation));
  plan.request.shown.remedies = plan.print.remediation != Remediation::kNone;
  plan.request.shown.json_columns = std::ranges::any_of(plan.targets, [](const Target& target) {
    return target.format == output::Format::kJson || target.format == output::Format::kNdjson;
  });
  FT_TRY(const output::ColorMode color, output::parse_color_mode(arguments.color));
  plan.print.style = output::Style{output::decide_color(color, output::ColorEnvironment::of_process(STDOUT_FILENO))};
  plan.print.width = static_cast<std::size_t>(table_width());
  for (const std::string& word : arguments.fail_on) FT_CHECK(investigate::check_fail_word(*plan.question, word));
  FT_TRY(plan.scanners, scanners_of(arguments));
  plan.request.input.plain_reader = arguments.plain_reader;
  plan.request.input.sources = arguments.sources;
  plan.request.input.snapshots = arguments.snapshots;
  plan.request.input.parquet = tables::parquet_files();
  return plan;
}

Status print_report(const Report& report, const Arguments& arguments, const Plan& plan) {
  for (const Target& target : plan.targets) {
    PrintOptions options = plan.print;
    options.threads = 0;
    options.limit = arguments.limit.value_or(target.format == output::Format::kTable ? kRowsForPeople : 0);
    if (target.file.empty()) {
      FT_CHECK(investigate::write_report(report, target.format, options, print_piece));
      FT_CHECK(print_result({}));
      continue;
    }
    options.style = output::Style{false};
    options.width = 100;
    FT_TRY(OutputFile file, OutputFile::create(target.file, arguments.force));
    FT_CHECK(investigate::write_report(report, target.format, options,
                                       [&file](std::string_view text) { return file.write(text); }));
    FT_CHECK(file.finish());
  }
  return {};
}

/// The program ends now, and the system takes back all memory at once: giving it back piece by piece would take as long
/// as a tenth of the answer.
void leave_to_the_system(std::unique_ptr<const ingest::Evidence> evidence) {
  // Nobody reads it; it says that the evidence is still held, and has not leaked.
  [[gnu::used]] static const ingest::Evidence* kept = nullptr;
  kept = evidence.release();
}

/// What formats without room for warnings would hide.
void print_notes(const Report& report, const Arguments& arguments, const Plan& plan) {
  bool told = false;  // the table view and JSON tell it all
  for (const Target& target : plan.targets) {
    told = told || target.format == output::Format::kTable || target.format == output::Format::kJson;
  }
  for (const investigate::Warning& warning : report.warnings) {
    const bool serious = warning.code == "bad-input" || warning.code == "no-flow-logs" ||
                         warning.code == "no-cloudtrail" || warning.code == "empty-answer";
    if (told ? (warning.code != "bad-input") : (!serious && !arguments.verbose)) continue;
    print_note(
        fmt::format("{} {}: {}{}", warning.code, warning.count, warning.text,
                    warning.example.empty() ? std::string{} : fmt::format(" (for example {})", warning.example)));
  }
  const std::uint64_t limit = arguments.limit.value_or(0);
  if (!told && limit > 0 && report.rows->size() > limit) {
    print_note(fmt::format("{} rows left out by --limit {}", report.rows->size() - limit, limit));
  }
  if (arguments.verbose && !told) {
    for (const std::string& line : report.coverage_lines) print_note(line);
  }
}

Result<int> exit_code_of_report(const Report& report, const Arguments& arguments) {
  if (report.bad_total > 0) return kPartialInput;
  for (const std::string& word : arguments.fail_on) {
    FT_TRY(const std::uint64_t failing, investigate::rows_failing(report, word));
    if (failing > 0) return kFindings;
  }
  return kDone;
}

Result<int> dry_run(const Plan& plan) {
  FT_TRY(const source::Inventory inventory, source::list(plan.request.input.sources, plan.request.input.snapshots));
  struct Sum {
    std::uint64_t objects = 0, bytes = 0;
  };
  std::map<source::ObjectKind, Sum> sums;
  for (const source::Object& object : inventory.objects) {
    ++sums[object.kind].objects;
    sums[object.kind].bytes += object.size;
  }
  const bool flows = plan.question->needs_flows();
  const std::vector<std::pair<source::ObjectKind, std::string_view>> kinds{
      {source::ObjectKind::kFlowLogText, flows ? "flow logs (text)" : "flow logs (text), not needed"},
      {source::ObjectKind::kFlowLogParquet, flows ? "flow logs (Parquet)" : "flow logs (Parquet), not needed"},
      {source::ObjectKind::kCloudTrail, "CloudTrail"},
      {source::ObjectKind::kSnapshot, "snapshots"},
      {source::ObjectKind::kTransitGatewayFlowLog, "transit gateway flow logs, set aside"},
      {source::ObjectKind::kSkipped, "skipped"},
      {source::ObjectKind::kUnknown, "unknown, not read"}};
  std::string text = "Nothing was read. It would be (a window may leave some of it out):\n";
  for (const auto& [kind, name] : kinds) {
    if (sums[kind].objects == 0) continue;
    text += fmt::format("  {:<38} {:>8} {:<8} {:>10}\n", name, sums[kind].objects,
                        sums[kind].objects == 1 ? "object" : "objects", investigate::byte_text(sums[kind].bytes));
  }
  FT_CHECK(print_result(text));
  return inventory.unreadable.total() > 0 ? kPartialInput : kDone;
}

std::optional<Interval> known_window(const ingest::Window& window) {
  if (!window.from || !window.to) return std::nullopt;
  return Interval{window.from, window.to};
}

Result<int> run(const Arguments& arguments) {
  if (arguments.list) {
    FT_CHECK(print_result(question_list()));
    return kDone;
  }
  FT_TRY(Plan plan, plan_of(arguments));
  if (arguments.explain) {
    FT_CHECK(print_result(question_explained(*plan.question)));
    return kDone;
  }
  if (arguments.show_sql) {
    const auto sql =
        investigate::sql_of(*plan.question, plan.request.parameters, known_window(plan.request.input.window));
    FT_CHECK(print_result(fmt::format("-- Athena (flowtrail sql)\n{}\n-- DuckDB (flowtrail sql --dialect duckdb)\n{}",
                                      sql.trino, sql.duckdb)));
    return kDone;
  }
  if (arguments.sources.empty()) {
    return std::unexpected(Error{ErrorCode::kUsage, "no SOURCE given", {}, "a folder or file with logs"});
  }
  if (arguments.dry_run) return dry_run(plan);
  plan.request.input.scanners = &*plan.scanners;
  FT_TRY(Report report, investigate::investigate(plan.request));
  FT_CHECK(print_report(report, arguments, plan));
  print_notes(report, arguments, plan);
  const Result<int> code = exit_code_of_report(report, arguments);
  leave_to_the_system(std::move(report.evidence));
  return code;
}

void add_parameters(CLI::App& command, Arguments& arguments) {
  for (const ParameterInfo& info : investigate::all_parameters()) {
    const std::string name{info.name};
    if (info.kind == ParameterKind::kFlag) {
      command.add_flag("--" + name, arguments.flags[name], std::string{info.about})->group("Parameters of questions");
    } else {
      command.add_option("--" + name, arguments.values[name], std::string{info.about})
          ->allow_extra_args(false)
          ->type_name(std::string{info.value_name})
          ->group("Parameters of questions");
    }
  }
  command.add_option("--param", arguments.params, "Any of these as NAME=VALUE")
      ->allow_extra_args(false)
      ->type_name("NAME=VALUE")
      ->group("Parameters of questions");
}

void add_input_options(CLI::App& command, Arguments& arguments) {
  auto* last =
      command.add_option("--last", arguments.last, "The time before the end of what is covered")->type_name("TIME");
  command.add_option("--from", arguments.from, "Begin of the window (UTC)")
      ->type_name("T")
      ->excludes(last)
      ->group("Input");
  command.add_option("--to", arguments.to, "End of the window, excluded")
      ->type_name("T")
      ->excludes(last)
      ->group("Input");
  last->group("Input");
  command.add_option("--snapshot", arguments.snapshots, "describe-* JSON or AWS Config file that fixes the state")
      ->allow_extra_args(false)
      ->type_name("FILE")
      ->group("Input");
  command.add_option("--snapshot-time", arguments.snapshot_time, "Time of snapshots that carry none")
      ->type_name("T")
      ->group("Input");
  command.add_option("--scanners", arguments.scanners, "Ranges of scanners to add: cidr,name,source,seen")
      ->type_name("FILE")
      ->group("Input");
  command.add_flag("--plain-reader", arguments.plain_reader)->group("");  // hidden: the oracle of the fast readers
  command.add_flag("--no-scanner-list", arguments.no_scanner_list, "Leave out the shipped ranges of scanners")
      ->group("Input");
}

void add_output_options(CLI::App& command, Arguments& arguments) {
  const auto text = [&command](const char* name, auto& target, const char* about, const char* type) {
    command.add_option(name, target, about)->type_name(type)->group("Output");
  };
  command.add_option("--output", arguments.outputs, "table, csv, tsv, json, ndjson or markdown; =FILE for a file")
      ->allow_extra_args(false)
      ->type_name("FORMAT[=FILE]")
      ->group("Output");
  text("--limit", arguments.limit, "Rows to print; 0: all (default: 50 in a table, else all)", "N");
  text("--evidence", arguments.evidence, "first, all or none", "WHICH");
  text("--remediation", arguments.remediation, "Propose commands with what undoes them: cli or terraform", "HOW");
  command.add_option("--fail-on", arguments.fail_on, "Exit code 3 when a row has it: any, a verdict, a grade, ...")
      ->allow_extra_args(false)
      ->type_name("WORD")
      ->group("Output");
  text("--color", arguments.color, "auto, always or never", "WHEN");
  command.add_flag("--force", arguments.force, "Overwrite output files")->group("Output");
  command.add_flag("--show-sql", arguments.show_sql, "Print the question as SQL and stop")->group("Output");
  command.add_flag("--explain", arguments.explain, "Tell how it counts and from which evidence, and stop")
      ->group("Output");
  command.add_flag("--dry-run", arguments.dry_run, "Tell the objects and bytes that would be read, and stop")
      ->group("Output");
  command.add_flag("-v,--verbose", arguments.verbose, "Every warning and what was read, for formats without them")
      ->group("Output");
}

}  // namespace

void add_investigate_command(CLI::App& app, int& exit_code) {
  // Shared: the callback outlives this function.
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("investigate", "Answer a question from flow logs and CloudTrail");
  command->add_option("NAME", arguments->name, "access, sg-changes, sg-attachments, unused-groups or unused-rules");
  command->add_option("SOURCE", arguments->sources, "Folders or files with logs and snapshots");
  command->add_flag("--list", arguments->list, "The questions, each with an example");
  add_parameters(*command, *arguments);
  add_input_options(*command, *arguments);
  add_output_options(*command, *arguments);
  command->footer("Each question takes some of the parameters: flowtrail help investigate NAME.");
  command->callback([arguments, &exit_code] {
    const auto code = run(*arguments);
    if (!code) print_error(code.error());
    exit_code = code ? *code : exit_code_of(code.error());
  });
}

}  // namespace flowtrail::cli
