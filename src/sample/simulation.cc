#include "sample/simulation.h"

namespace flowtrail::sample {
namespace {

constexpr std::int64_t kFirstDay = 1772323200;  // 2026-03-01T00:00:00Z
constexpr std::int64_t kDay = 86400;
constexpr std::int64_t kDeliveryTail = 4 * 3600;

}  // namespace

Simulation::Simulation(const Options& chosen, const std::string& account_number, const std::string& region_name)
    : options(chosen),
      begin(kFirstDay),
      end(kFirstDay + chosen.days * kDay),
      random(chosen.seed),
      writer(chosen.folder),
      cast(account_number),
      trail(writer, account_number, region_name, chosen.seed),
      account(trail, account_number, region_name, chosen.seed),
      ledger(account),
      traffic(account, logs, ledger, chosen.seed) {
  ledger.add_window({begin, end});
}

void Simulation::at(std::int64_t time, std::function<void(std::int64_t)> call, int seconds) {
  const auto is_free = [&](std::int64_t from) {
    const auto next = taken_.lower_bound(from);
    return next == taken_.end() || *next >= from + seconds;
  };
  while (!is_free(time)) ++time;
  for (int i = 0; i < seconds; ++i) taken_.insert(time + i);
  agenda_.emplace(time, std::move(call));
}

int Simulation::add_log(int version, std::string_view columns) {
  const auto index = static_cast<int>(logs.size());
  logs.push_back(std::make_unique<FlowLog>(writer, "fl-0" + random.hex(16), account.number, account.region, version,
                                           columns, options.seed * 31 + static_cast<std::uint64_t>(index)));
  return index;
}

Status Simulation::run(const std::function<void(std::int64_t)>& talk) {
  for (std::int64_t start = begin; start < end; start += kBlockSeconds) {
    const std::int64_t stop = start + kBlockSeconds;
    while (!agenda_.empty() && agenda_.begin()->first < stop) {
      const auto entry = agenda_.extract(agenda_.begin());  // a call may add to the agenda
      entry.mapped()(entry.key());
    }
    taken_.erase(taken_.begin(), taken_.lower_bound(start));
    FT_CHECK(failure_so_far);
    traffic.next_interval(start, stop);
    talk(start);
    traffic.close_interval(start, stop);
    FT_CHECK(trail.flush(start));
    for (const auto& log : logs) FT_CHECK(log->flush(stop));
  }
  FT_CHECK(trail.flush(end + kDeliveryTail));
  for (const auto& log : logs) FT_CHECK(log->flush(end + kDeliveryTail));
  return {};
}

Span part_of(const Simulation& simulation, int from_per_mille, int to_per_mille) {
  constexpr std::int64_t kHour = 3600;
  return {simulation.moment(from_per_mille) / kHour * kHour, simulation.moment(to_per_mille) / kHour * kHour};
}

}  // namespace flowtrail::sample
