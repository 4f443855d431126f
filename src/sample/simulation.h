// The clock of the sample: an agenda of calls, interval after interval of traffic, and the writers behind them. A
// scenario fills the agenda and says what traffic there is; everything runs in order of time, so files are written as
// time passes and memory stays bounded by what exists at once.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "sample/account.h"
#include "sample/flow_log.h"
#include "sample/ledger.h"
#include "sample/object_writer.h"
#include "sample/random.h"
#include "sample/sample.h"
#include "sample/traffic.h"
#include "sample/trail.h"

namespace flowtrail::sample {

constexpr std::int64_t kBlockSeconds = 600;

class Simulation {
 public:
  Simulation(const Options& options, const std::string& account_number, const std::string& region_name);

  /// Runs `call` at `time`, or at the next free second: no two calls share one, so no tie needs breaking. `seconds`
  /// reserves room for calls that follow inside.
  void at(std::int64_t time, std::function<void(std::int64_t)> call, int seconds = 3);
  /// The moment after `per_mille` thousandths of the window.
  [[nodiscard]] std::int64_t moment(int per_mille) const { return begin + (end - begin) / 1000 * per_mille; }
  /// The same, at the start of a ten-minute block.
  [[nodiscard]] std::int64_t block(int per_mille) const { return moment(per_mille) / kBlockSeconds * kBlockSeconds; }
  int add_log(int version, std::string_view columns);

  /// Goes through the window; `talk` is called for every block after the agenda has reached its end.
  [[nodiscard]] Status run(const std::function<void(std::int64_t)>& talk);

  Options options;
  std::int64_t begin, end;
  Random random;
  ObjectWriter writer;
  Cast cast;
  Trail trail;
  Account account;
  std::vector<std::unique_ptr<FlowLog>> logs;
  Ledger ledger;
  Traffic traffic;
  Status failure_so_far;  // of calls of the agenda that write files (snapshots)

 private:
  std::map<std::int64_t, std::function<void(std::int64_t)>> agenda_;
  std::set<std::int64_t> taken_;
};

/// The part of the window from one thousandth to another, in whole hours, for the cases that ask for a part of the
/// time.
[[nodiscard]] Span part_of(const Simulation& simulation, int from_per_mille, int to_per_mille);

/// Builds a scene, fills the agenda, and plays it; books are also kept for `part` alone.
template <typename Scene>
[[nodiscard]] Status play(Simulation& simulation, Span part, Scene& scene) {
  simulation.ledger.add_window(part);
  scene.build();
  scene.plan();
  return simulation.run([&scene](std::int64_t block) { scene.talk(block); });
}

/// Writes `snapshots/describe-*.json` as the account stands at `time`, with that time as the files' modification time.
/// Returns the number of files.
[[nodiscard]] Result<std::uint64_t> write_snapshots(Simulation& simulation, std::int64_t time);

/// What a scenario leaves behind.
struct Outcome {
  std::int64_t snapshot_time = 0;  // 0: none taken
  std::uint64_t snapshots = 0;
  Json cases = Json::array();
  Json statements;  // null where the scenario has none
};

[[nodiscard]] Result<Outcome> run_standard(Simulation& simulation);
[[nodiscard]] Result<Outcome> run_blog(Simulation& simulation);
[[nodiscard]] Result<Outcome> run_random(Simulation& simulation);

}  // namespace flowtrail::sample
