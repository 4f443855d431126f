// flowtrail-generate: writes the data sets that bench/run measures. The same seed and options give the same records.
//
//   flowtrail-generate flows v2|v5 RECORDS FILES SEED DIR     DIR/logs for flowtrail, DIR/tables for other tools
//   flowtrail-generate trail EVENTS FILES SEED DIR            DIR/logs
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "bench/account.h"
#include "bench/events.h"
#include "bench/files.h"
#include "bench/flows.h"

namespace flowtrail::bench {
namespace {

constexpr std::int64_t kMostFiles = 1'000'000;

std::int64_t number(std::string_view text, const char* what, std::int64_t least) {
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size() || value < least) {
    fail(std::string(what) + " must be a number from " + std::to_string(least) + " up: " + std::string(text));
  }
  return value;
}

int file_count(std::string_view text) {
  const std::int64_t files = number(text, "FILES", 1);
  if (files > kMostFiles) fail("more than a million files: " + std::string(text));
  return static_cast<int>(files);
}

void generate_flows(char** words) {
  const std::string_view format = words[0];
  if (format != "v2" && format != "v5") fail("the format is v2 or v5, not " + std::string(format));
  const FlowSet set{.v5 = format == "v5",
                    .records = number(words[1], "RECORDS", 1),
                    .files = file_count(words[2]),
                    .seed = static_cast<std::uint64_t>(number(words[3], "SEED", 0))};
  const std::string folder = words[4];
  const Account account(set.seed, kWindowStart + set.window_seconds() / 2);  // some rules change half-way
  account.write_logs(folder + "/logs");
  account.write_tables(folder + "/tables");
  write_plain(folder + "/tables/chosen_interfaces.txt", chosen_interfaces(account));
  write_flows(folder + "/logs", account, set);
}

int generate(int count, char** words) {
  const std::string_view kind = count > 1 ? words[1] : "";
  if (kind == "flows" && count == 7) {
    generate_flows(words + 2);
  } else if (kind == "trail" && count == 6) {
    const std::int64_t events = number(words[2], "EVENTS", 1);
    const auto seed = static_cast<std::uint64_t>(number(words[4], "SEED", 0));
    write_trail(std::string(words[5]) + "/logs", seed, events, file_count(words[3]));
  } else {
    fail("usage: flowtrail-generate flows v2|v5 RECORDS FILES SEED DIR | trail EVENTS FILES SEED DIR");
  }
  return 0;
}

}  // namespace
}  // namespace flowtrail::bench

int main(int argc, char** argv) {
  return flowtrail::bench::generate(argc, argv);
}
