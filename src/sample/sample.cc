#include "sample/sample.h"

#include <system_error>

#include "base/utc_time.h"
#include "sample/simulation.h"

namespace flowtrail::sample {
namespace {

constexpr int kMostDays = 400;

Status check(const Options& options) {
  if (options.days < 1 || options.days > kMostDays) {
    return failure(ErrorCode::kUsage, "--days must lie between 1 and {}: {}", kMostDays, options.days);
  }
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (error) {
    return failure(ErrorCode::kIo, "cannot make the folder {}: {}", options.folder.string(), error.message());
  }
  const bool empty = std::filesystem::is_empty(options.folder, error);
  if (error) return failure(ErrorCode::kIo, "cannot read the folder {}: {}", options.folder.string(), error.message());
  if (!empty && !options.force) {
    Error full{ErrorCode::kUsage,
               "the folder is not empty: " + options.folder.string(),
               {},
               "name a new folder, or write into this one with --force"};
    return std::unexpected(std::move(full));
  }
  return {};
}

Result<Outcome> run(Scenario scenario, Simulation& simulation) {
  switch (scenario) {
    case Scenario::kBlog: return run_blog(simulation);
    case Scenario::kRandom: return run_random(simulation);
    case Scenario::kStandard: break;
  }
  return run_standard(simulation);
}

}  // namespace

Result<Summary> write_sample(const Options& options) {
  FT_CHECK(check(options));
  const bool blog = options.scenario == Scenario::kBlog;
  Simulation simulation(options, blog ? "621011111111" : "111122223333", blog ? "eu-central-1" : "eu-west-1");
  FT_TRY(const Outcome outcome, run(options.scenario, simulation));

  Json truth{{"seed", options.seed},
             {"window", Json{{"from", format_utc(utc_from_seconds(simulation.begin))},
                             {"to", format_utc(utc_from_seconds(simulation.end))}}},
             {"cases", outcome.cases}};
  if (!outcome.statements.is_null()) truth["statements"] = outcome.statements;
  FT_CHECK(simulation.writer.write_plain("truth.json", truth.dump(1) + "\n"));

  Summary summary;
  for (const auto& log : simulation.logs) {
    summary.flow_log_objects += log->objects();
    summary.flow_records += log->records();
  }
  summary.cloudtrail_objects = simulation.trail.objects();
  summary.events = simulation.trail.events().size();
  summary.snapshots = outcome.snapshots;
  summary.cases = outcome.cases.size();
  summary.bytes = simulation.writer.bytes();
  return summary;
}

}  // namespace flowtrail::sample
