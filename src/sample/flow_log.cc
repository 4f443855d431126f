#include "sample/flow_log.h"

#include <sstream>
#include <utility>

#include "base/utc_time.h"

namespace flowtrail::sample {

const std::string_view kDefaultColumns =
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
    "log-status";
const std::string_view kWideColumns =
    "vpc-id subnet-id instance-id interface-id account-id version type srcaddr dstaddr srcport dstport pkt-srcaddr "
    "pkt-dstaddr protocol bytes packets start end action tcp-flags log-status region az-id sublocation-type "
    "sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path";
const std::string_view kShuffledColumns =
    "start end log-status action flow-direction traffic-path interface-id srcaddr srcport dstaddr dstport protocol "
    "tcp-flags packets bytes pkt-srcaddr pkt-dstaddr pkt-src-aws-service pkt-dst-aws-service instance-id subnet-id "
    "vpc-id account-id region az-id sublocation-type sublocation-id type version";

namespace {

constexpr std::int64_t kSlot = 300;

std::string or_dash(std::string_view text) {
  return text.empty() ? "-" : std::string{text};
}

struct Context {
  const std::string& account;
  const std::string& region;
  int version;
};

/// Fields that every record has, whatever its status.
bool identity_field(const FlowRecord& r, const Context& context, std::string_view column, std::string& text) {
  if (column == "version")
    text = std::to_string(context.version);
  else if (column == "account-id")
    text = context.account;
  else if (column == "interface-id")
    text = r.interface_id;
  else if (column == "start")
    text = std::to_string(r.start);
  else if (column == "end")
    text = std::to_string(r.end);
  else if (column == "vpc-id")
    text = or_dash(r.vpc_id);
  else if (column == "subnet-id")
    text = or_dash(r.subnet_id);
  else if (column == "instance-id")
    text = or_dash(r.instance_id);
  else if (column == "region")
    text = context.region;
  else if (column == "az-id")
    text = "euw1-az1";
  else if (column == "log-status")
    text = r.status == LogStatus::kOk ? "OK" : r.status == LogStatus::kNoData ? "NODATA" : "SKIPDATA";
  else
    return false;
  return true;
}

std::string flow_field(const FlowRecord& r, std::string_view column) {
  if (r.status != LogStatus::kOk) return "-";
  if (column == "srcaddr") return r.source.to_string();
  if (column == "dstaddr") return r.destination.to_string();
  if (column == "srcport") return std::to_string(r.source_port);
  if (column == "dstport") return std::to_string(r.destination_port);
  if (column == "protocol") return std::to_string(r.protocol);
  if (column == "packets") return std::to_string(r.packets);
  if (column == "bytes") return std::to_string(r.bytes);
  if (column == "action") return r.accept ? "ACCEPT" : "REJECT";
  if (column == "tcp-flags") return std::to_string(r.tcp_flags);
  if (column == "type") return r.source.is_v4() ? "IPv4" : "IPv6";
  if (column == "pkt-srcaddr") return r.packet_source.to_string();
  if (column == "pkt-dstaddr") return r.packet_destination.to_string();
  if (column == "pkt-src-aws-service") return or_dash(r.source_service);
  if (column == "pkt-dst-aws-service") return or_dash(r.destination_service);
  if (column == "flow-direction") return r.ingress ? "ingress" : "egress";
  if (column == "traffic-path" && !r.ingress && r.traffic_path > 0) return std::to_string(r.traffic_path);
  return "-";  // sublocation-type, sublocation-id, and the path of ingress records
}

}  // namespace

FlowLog::FlowLog(ObjectWriter& writer, std::string id, std::string account, std::string region, int version,
                 std::string_view columns, std::uint64_t seed)
    : writer_(writer),
      id_(std::move(id)),
      account_(std::move(account)),
      region_(std::move(region)),
      version_(version),
      random_(seed) {
  std::istringstream words{std::string{columns}};
  for (std::string word; words >> word;) columns_.push_back(word);
}

void FlowLog::add(const FlowRecord& record) {
  const Context context{account_, region_, version_};
  std::string line, text;
  for (const std::string& column : columns_) {
    if (!line.empty()) line += ' ';
    line += identity_field(record, context, column, text) ? text : flow_field(record, column);
  }
  const std::int64_t slot = record.end / kSlot * kSlot;
  if (random_.chance(redelivery_per_thousand_)) {
    slots_[slot + kSlot].push_back(line);
    ++records_;
  }
  slots_[slot].push_back(std::move(line));
  ++records_;
}

Status FlowLog::flush(std::int64_t time) {
  while (!slots_.empty() && slots_.begin()->first + kSlot <= time) {
    auto& [slot, lines] = *slots_.begin();
    for (std::size_t i = lines.size(); i > 1; --i) {
      std::swap(lines[i - 1], lines[static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(i) - 1))]);
    }
    std::string text;
    for (const std::string& column : columns_) text += (text.empty() ? "" : " ") + column;
    text += '\n';
    for (const std::string& line : lines) (text += line) += '\n';
    const std::string moment = format_utc(utc_from_seconds(slot));
    const std::string stamp = moment.substr(0, 4) + moment.substr(5, 2) + moment.substr(8, 2) + "T" +
                              moment.substr(11, 2) + moment.substr(14, 2) + "Z";
    const std::string key = "AWSLogs/" + account_ + "/vpcflowlogs/" + region_ + "/" + moment.substr(0, 4) + "/" +
                            moment.substr(5, 2) + "/" + moment.substr(8, 2) + "/" + account_ + "_vpcflowlogs_" +
                            region_ + "_" + id_ + "_" + stamp + "_" + random_.hex(8) + ".log.gz";
    FT_CHECK(writer_.write_gzip(key, text));
    ++objects_;
    slots_.erase(slots_.begin());
  }
  return {};
}

}  // namespace flowtrail::sample
