// What flowtrail's readers can do at most, as whole processes: the limit of reading and inflating, and a count over
// filtered flow records.
//
//   flowtrail-bench inflate DIR                                    nothing but reading and inflating; prints bytes
//   flowtrail-bench j3 DIR FOLDER [--threads N]                    all columns to a Parquet file in FOLDER
//   flowtrail-bench j1 DIR --interfaces FILE --port N [--threads N]  CSV of records by source address (IPv4)
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/threads.h"
#include "codec/input_stream.h"
#include "flowlog/reader.h"
#include "lake/batch.h"
#include "source/inventory.h"

namespace flowtrail {
namespace {

int fail(const std::string& text) {
  std::cerr << "flowtrail-bench: " << text << '\n';
  return 1;
}

int inflate(const source::Inventory& inventory, unsigned threads) {
  std::atomic<std::size_t> next = 0;
  std::atomic<std::uint64_t> bytes = 0, faults = 0;
  run_on_threads(threads, [&](unsigned) {
    std::vector<char> buffer(std::size_t{256} << 10U);
    for (std::size_t i = next++; i < inventory.objects.size(); i = next++) {
      auto stream = codec::InputStream::open(inventory.objects[i].path);
      if (!stream) {
        ++faults;
        continue;
      }
      while (true) {
        const auto size = (*stream)->read(buffer);
        if (!size) ++faults;
        if (!size || *size == 0) break;
        bytes += *size;
      }
    }
  });
  fmt::print("{}\n", bytes.load());
  return faults == 0 ? 0 : fail(fmt::format("{} files could not be read", faults.load()));
}

/// Counts by source address, one thread's part.
class CountLane final : public flowlog::RecordLane {
 public:
  explicit CountLane(std::unordered_map<std::uint32_t, std::uint64_t>& counts) : counts_(counts) {}
  Status take(std::span<const flowlog::FlowRecord> records, std::uint32_t) override {
    for (const flowlog::FlowRecord& record : records) {
      if (record.has_src && record.src.is_v4()) ++counts_[record.src.v4()];
    }
    return {};
  }

 private:
  std::unordered_map<std::uint32_t, std::uint64_t>& counts_;
};

int count(const source::Inventory& inventory, const std::string& interface_file, std::int32_t port, unsigned threads) {
  std::ifstream file(interface_file);
  if (!file) return fail("cannot read " + interface_file);
  flowlog::SymbolTable symbols;
  const std::vector<std::string> interfaces(std::istream_iterator<std::string>{file}, {});
  const flowlog::Filter filter{
      {{"dstport", flowlog::OneOfNumbers{{port}}}, {"interface_id", flowlog::OneOfTexts{interfaces}}}};
  std::vector<std::unordered_map<std::uint32_t, std::uint64_t>> counts(threads);
  std::size_t lanes = 0;
  flowlog::ReadStats stats;
  const Status read = flowlog::scan_records(
      inventory, {.threads = threads, .filter = filter}, symbols,
      [&] { return std::make_unique<CountLane>(counts[lanes++]); }, stats);
  if (!read) return fail(read.error().to_string());
  std::map<std::string, std::uint64_t> sums;
  for (const auto& of_thread : counts) {
    for (const auto& [address, number] : of_thread) sums[IpAddress::from_v4(address).to_string()] += number;
  }
  fmt::print("srcaddr,count\n");
  for (const auto& [address, number] : sums) fmt::print("{},{}\n", address, number);
  return stats.bad.total() == 0 ? 0 : fail(fmt::format("{} bad lines", stats.bad.total()));
}

/// All flow logs as one file.
int write_parquet(const source::Inventory& inventory, const std::filesystem::path& folder, unsigned threads) {
  std::vector<const source::Object*> flow_logs;
  for (const source::Object& object : inventory.objects) {
    if (object.kind == source::ObjectKind::kFlowLogText) flow_logs.push_back(&object);
  }
  // The large ones first, so that no thread is left with one in the end.
  std::ranges::stable_sort(flow_logs, std::greater{}, &source::Object::size);
  std::filesystem::create_directories(folder);
  const lake::BatchOptions options{.threads = threads, .sorted = false, .with_place = false};
  const auto written = lake::write_batch(options, flow_logs, folder / "flow_logs.parquet");
  if (!written) return fail(written.error().to_string());
  return written->misfits.empty() ? 0 : fail("not all flow logs could be written");
}

int run(std::span<const std::string> words) {
  const auto option = [&](std::string_view name) -> std::string {
    const auto found = std::ranges::find(words, name);
    return found == words.end() || std::next(found) == words.end() ? std::string{} : *std::next(found);
  };
  const auto number = [&](std::string_view name, int otherwise) {
    const std::string text = option(name);
    int value = otherwise;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  };
  if (words.size() < 2)
    return fail("usage: flowtrail-bench inflate|j1|j3 DIR [FOLDER] [--interfaces FILE --port N] [--threads N]");
  const auto inventory = source::list(words.subspan(1, 1), {});
  if (!inventory) return fail(inventory.error().to_string());
  const unsigned threads = thread_count(static_cast<unsigned>(std::max(0, number("--threads", 0))));
  if (words[0] == "j3" && words.size() >= 3) return write_parquet(*inventory, words[2], threads);
  if (words[0] == "inflate") return inflate(*inventory, threads);
  if (words[0] == "j1") return count(*inventory, option("--interfaces"), number("--port", 22), threads);
  return fail("no such job: " + words[0]);
}

}  // namespace
}  // namespace flowtrail

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  return flowtrail::run(words);
}
