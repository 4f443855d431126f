// One simulated flow log: records become lines in its column order, lines become files of five-minute slots by the
// record's end, unordered inside a file (facts sheet, sections 1.1 and 1.7).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/ip_address.h"
#include "sample/object_writer.h"
#include "sample/random.h"

namespace flowtrail::sample {

enum class LogStatus : std::uint8_t { kOk, kNoData, kSkipData };

/// What a flow log may say about one flow; ids are texts owned by the account.
struct FlowRecord {
  std::string_view interface_id, instance_id, vpc_id, subnet_id;
  IpAddress source, destination, packet_source, packet_destination;
  int source_port = 0, destination_port = 0, protocol = 0;
  std::int64_t packets = 0, bytes = 0, start = 0, end = 0;  // seconds since 1970, both inclusive
  bool accept = true;
  LogStatus status = LogStatus::kOk;
  int tcp_flags = 0;
  bool ingress = true;
  std::string_view source_service, destination_service;  // empty: `-`
  int traffic_path = 0;                                  // 0: `-`
};

class FlowLog {
 public:
  /// `columns` are the dashed field names in file order; `version` is what the `version` field says.
  FlowLog(ObjectWriter& writer, std::string id, std::string account, std::string region, int version,
          std::string_view columns, std::uint64_t seed);

  void add(const FlowRecord& record);
  /// Writes every file whose slot ended at or before `time`.
  [[nodiscard]] Status flush(std::int64_t time);

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] bool has_flags() const { return version_ > 2; }
  [[nodiscard]] std::uint64_t objects() const { return objects_; }
  [[nodiscard]] std::uint64_t records() const { return records_; }
  /// A redelivery now and then: the same line again in the next file.
  void set_redelivery(int per_thousand) { redelivery_per_thousand_ = per_thousand; }

 private:
  ObjectWriter& writer_;
  std::string id_, account_, region_;
  int version_;
  std::vector<std::string> columns_;
  Random random_;
  int redelivery_per_thousand_ = 0;
  std::map<std::int64_t, std::vector<std::string>> slots_;  // slot start -> lines
  std::uint64_t objects_ = 0, records_ = 0;
};

/// The fourteen fields of the default format, and the 29 fields of versions 2-5 in two other orders.
extern const std::string_view kDefaultColumns, kWideColumns, kShuffledColumns;

}  // namespace flowtrail::sample
