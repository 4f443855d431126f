// Any bytes as a flow log: the fast reader, with and without AVX2, must give what the careful one gives, with a filter
// and without one. The first byte chooses the filter; the rest is the object.
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "flowlog/reader.h"

namespace flowtrail::flowlog {
namespace {

/// An object of these bytes that lies in memory.
class MemoryObject {
 public:
  explicit MemoryObject(std::span<const std::uint8_t> bytes) : descriptor_(::memfd_create("object", MFD_CLOEXEC)) {
    std::size_t written = 0;
    while (written < bytes.size()) {
      const ssize_t size = ::write(descriptor_, bytes.data() + written, bytes.size() - written);
      if (size <= 0) std::abort();
      written += static_cast<std::size_t>(size);
    }
  }
  ~MemoryObject() { ::close(descriptor_); }
  MemoryObject(const MemoryObject&) = delete;
  MemoryObject& operator=(const MemoryObject&) = delete;

  [[nodiscard]] source::Inventory inventory() const {
    source::Object object;
    object.key = "object.log";
    object.path = fmt::format("/proc/self/fd/{}", descriptor_);
    object.kind = source::ObjectKind::kFlowLogText;
    source::Inventory inventory;
    inventory.objects.push_back(std::move(object));
    return inventory;
  }

 private:
  int descriptor_;
};

/// What a reader made of an object, with symbols as texts.
struct Reading {
  std::multiset<std::string> records;
  std::string counts;
  friend bool operator==(const Reading&, const Reading&) = default;
};

std::string text_of(const FlowRecord& record, const SymbolTable& symbols) {
  const auto symbol = [&](std::uint32_t code) { return code == 0 ? std::string{"-"} : symbols.text(code); };
  const auto address = [](bool present, const IpAddress& value) {
    return present ? value.to_string() : std::string{"-"};
  };
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}", record.place.line,
                     symbol(record.interface), symbol(record.account), symbol(record.instance), symbol(record.vpc),
                     symbol(record.src_service), symbol(record.dst_service), address(record.has_src, record.src),
                     address(record.has_dst, record.dst), address(record.has_pkt_src, record.pkt_src),
                     address(record.has_pkt_dst, record.pkt_dst), record.src_port, record.dst_port, record.protocol,
                     record.tcp_flags, record.packets, record.bytes, record.has_time ? record.start : -1,
                     record.has_time ? record.end : -1, record.has_time, static_cast<int>(record.action),
                     static_cast<int>(record.status), static_cast<int>(record.direction));
}

std::string text_of(const ReadStats& stats) {
  std::string text = fmt::format("{} {} {} {} {} {} {} {} {}", stats.records, stats.left_out, stats.nodata,
                                 stats.skipdata, stats.transit_gateway_objects, stats.from.value_or(-1),
                                 stats.to.value_or(-1), stats.saw_accept, stats.saw_reject);
  for (const std::string& format : stats.formats) text += "; " + format;
  for (const auto& [reason, entry] : stats.bad.by_reason()) {
    text += fmt::format("; {} x{}", reason, entry.count);
    for (const BadInput::Place& place : entry.first) text += fmt::format(" @{}", place.line);
  }
  return text;
}

Reading read(const source::Inventory& inventory, const ReadOptions& options) {
  struct Lane : RecordLane {
    Lane(const SymbolTable& symbols_in, Reading& to_in) : symbols(symbols_in), to(to_in) {}
    Status take(std::span<const FlowRecord> records, std::uint32_t) override {
      for (const FlowRecord& record : records) to.records.insert(text_of(record, symbols));
      return {};
    }
    const SymbolTable& symbols;
    Reading& to;
  };
  SymbolTable symbols;
  Reading reading;
  ReadStats stats;
  const Status status =
      scan_records(inventory, options, symbols, [&] { return std::make_unique<Lane>(symbols, reading); }, stats);
  if (!status) std::abort();
  reading.counts = text_of(stats);
  return reading;
}

Filter filter_of(std::uint8_t choice) {
  switch (choice % 6) {
    case 1: return {{{"dstport", OneOfNumbers{{22}}}}};
    case 2: return {{{"interface_id", OneOfTexts{{"eni-1", "eni-2", "eni-3", "eni-4", "eni-0a1b2c3d"}}}}};
    case 3:
      return {{{"srcaddr", InBlocks{{Cidr(IpAddress::from_v4(0x0a000000U), 8)}}}, {"bytes", NumberRange{100, {}}}}};
    case 4: return {{{"action", TextPrefix{"REJ"}}, {"start", NumberRange{1'000'000'000, 1'900'000'000}}}};
    case 5: return {{{"log_status", TextRange{"NODATA", "OK"}}}};
    default: return {};
  }
}

}  // namespace

void check(std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) return;
  const MemoryObject object(bytes.subspan(1));
  const source::Inventory inventory = object.inventory();
  ReadOptions options{.threads = 1, .plain = true, .filter = filter_of(bytes.front())};
  const Reading careful = read(inventory, options);
  options.plain = false;
  for (const bool portable : {false, true}) {
    options.portable = portable;
    const Reading fast = read(inventory, options);
    if (fast == careful) continue;
    std::fputs(
        fmt::format("portable {}: readers differ\ncareful: {}\nfast:    {}\n", portable, careful.counts, fast.counts)
            .c_str(),
        stderr);
    std::abort();
  }
}

}  // namespace flowtrail::flowlog

// The name and the signature are libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  flowtrail::flowlog::check({data, size});
  return 0;
}
