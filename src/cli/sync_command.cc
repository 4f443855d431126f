// `flowtrail sync SOURCE... --lake DIR`: brings what is new into a lake.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/print.h"
#include "lake/sync.h"

namespace flowtrail::cli {
namespace {

constexpr std::size_t kKeysShown = 3;

void print_keys(std::string_view what, const std::vector<std::string>& keys) {
  if (keys.empty()) return;
  print_note(fmt::format("{} {}", keys.size(), what));
  for (std::size_t i = 0; i < keys.size() && i < kKeysShown; ++i) print_note("  " + keys[i]);
}

void print_bad(const BadInput& bad) {
  for (const auto& [reason, entry] : bad.by_reason()) {
    const BadInput::Place& place = entry.first.front();
    print_note(fmt::format("bad input: {} ({}), first in {}:{}", reason, entry.count, place.object, place.line));
  }
}

int run_sync(const lake::Options& options) {
  const Result<lake::Summary> done = lake::sync(options);
  if (!done) {
    print_error(done.error());
    return exit_code_of(done.error());
  }
  const lake::Summary& summary = *done;
  if (summary.swept_files > 0) {
    print_note(fmt::format("removed {} files of a run that was ended", summary.swept_files));
  }
  print_keys("flow-log objects differ from what the lake has of them; it keeps what it has:", summary.changed);
  print_keys("objects of the lake are no longer below the SOURCEs; it keeps them:", summary.vanished);
  print_bad(summary.bad);
  print_note(
      fmt::format("{}: {} new objects ({} records in {} Parquet files, {} objects as they were), {} known, {} left out",
                  options.folder.string(), summary.new_objects, summary.new_records, summary.new_files,
                  summary.raw_objects, summary.known_objects, summary.left_objects));
  return summary.bad.total() > 0 || !summary.changed.empty() ? kPartialInput : kDone;
}

}  // namespace

void add_sync_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<lake::Options>();  // shared: the callback outlives this function
  auto folder = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand(
      "sync", "Bring what is new below SOURCE into a lake: Parquet by account, region and day, each object once");
  command->add_option("SOURCE", options->sources, "Folders or files with logs")->required();
  command->add_option("--lake", *folder, "Folder of the lake; made when it is missing. It is a SOURCE like any other")
      ->required();
  command->add_option("--threads", options->threads, "Threads (0: one per core)")->capture_default_str();
  command->callback([options, folder, &exit_code] {
    options->folder = *folder;
    exit_code = run_sync(*options);
  });
}

}  // namespace flowtrail::cli
