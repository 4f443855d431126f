// `flowtrail sample DIR`: writes a simulated account and its answers.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "sample/sample.h"

namespace flowtrail::cli {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

int run_sample(const sample::Options& options) {
  const Result<sample::Summary> written = sample::write_sample(options);
  if (!written) {
    std::cerr << "flowtrail: " << written.error().to_string() << '\n';
    return written.error().code == ErrorCode::kUsage ? kUsage : kFailed;
  }
  const sample::Summary& summary = *written;
  fmt::print(stderr,
             "Wrote {} flow records in {} files and {} events in {} files, {:.1f} MB, below {}.\n"
             "truth.json holds {} questions with their answers.\n",
             summary.flow_records, summary.flow_log_objects, summary.events, summary.cloudtrail_objects,
             static_cast<double>(summary.bytes) / 1e6, options.folder.string(), summary.cases);
  if (summary.snapshots > 0) {
    fmt::print(stderr,
               "snapshots/ holds {} describe-* files. Such files do not say when they were taken: flowtrail takes the "
               "file's modification time, so copy them with their times (cp -p), or give --snapshot-time.\n",
               summary.snapshots);
  }
  const bool blog = options.scenario == sample::Scenario::kBlog;
  fmt::print(stderr, "Next: flowtrail investigate access {} --fleet {} --port 22\n", options.folder.string(),
             blog ? "TestVPCLogs" : "payment");
  return 0;
}

/// An option that takes one of a few words. (CLI11's own transformer prints enumerators as bytes.)
template <typename T>
void add_choice(CLI::App& command, const std::string& name, T& to, const std::map<std::string, T>& choices,
                const std::string& about) {
  std::vector<std::string> words;
  for (const auto& [word, value] : choices) {
    words.push_back(word);
  }
  command
      .add_option_function<std::string>(
          name, [&to, choices](const std::string& word) { to = choices.at(word); }, about)
      ->check(CLI::IsMember(words));
}

}  // namespace

void add_sample_command(CLI::App& app, int& exit_code) {
  // Shared: the callback outlives this function.
  auto options = std::make_shared<sample::Options>();
  auto folder = std::make_shared<std::string>();
  const std::map<std::string, sample::Size> sizes{
      {"small", sample::Size::kSmall}, {"medium", sample::Size::kMedium}, {"large", sample::Size::kLarge}};
  const std::map<std::string, sample::Scenario> scenarios{{"standard", sample::Scenario::kStandard},
                                                          {"blog", sample::Scenario::kBlog},
                                                          {"random", sample::Scenario::kRandom}};
  CLI::App* command = app.add_subcommand(
      "sample", "Write a synthetic account: flow logs, CloudTrail, snapshots, and truth.json with the answers");
  command->add_option("DIR", *folder, "Folder to write; it plays the part of the bucket")->required();
  command->add_option("--seed", options->seed, "The same seed and options give the same bytes")->capture_default_str();
  command->add_option("--days", options->days, "Length of the window, from 2026-03-01 on (1-400)")
      ->capture_default_str();
  add_choice(*command, "--size", options->size, sizes,
             "small (the default): 60,000 records; medium: 2 million; large: 10 million");
  add_choice(*command, "--scenario", options->scenario, scenarios,
             "standard (the default); blog: an account for seven published statements; random: a small one for tests");
  command->add_flag("--force", options->force, "Write into a folder that is not empty");
  command->callback([options, folder, &exit_code] {
    options->folder = *folder;
    exit_code = run_sample(*options);
  });
}

}  // namespace flowtrail::cli
