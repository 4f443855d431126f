#include "flowlog/record_decoder.h"

#include <algorithm>
#include <array>
#include <limits>

namespace flowtrail::flowlog {
namespace {

/// In the order of RecordColumns::Column.
constexpr std::array<std::string_view, 23> kColumnNames = {"version",
                                                           "account-id",
                                                           "interface-id",
                                                           "srcaddr",
                                                           "dstaddr",
                                                           "srcport",
                                                           "dstport",
                                                           "protocol",
                                                           "packets",
                                                           "bytes",
                                                           "start",
                                                           "end",
                                                           "action",
                                                           "log-status",
                                                           "vpc-id",
                                                           "instance-id",
                                                           "tcp-flags",
                                                           "pkt-srcaddr",
                                                           "pkt-dstaddr",
                                                           "pkt-src-aws-service",
                                                           "pkt-dst-aws-service",
                                                           "flow-direction",
                                                           "resource-id"};

constexpr const char* kNotANumber = "not a number";
constexpr const char* kTimeOutOfRange = "time out of range";

enum class NumberText : std::uint8_t { kFine, kNoNumber, kNegative, kTooLarge };

/// Plain digits, from 0 to 2^63 - 1; no text is 0.
NumberText read_number(std::string_view text, std::int64_t& value) {
  constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
  constexpr std::size_t kSafeDigits = 18;  // so many cannot overflow
  const bool negative = text.size() > 1 && text.front() == '-';
  if (negative) text.remove_prefix(1);
  std::int64_t sum = 0;
  bool too_large = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int digit = text[i] - '0';
    if (digit < 0 || digit > 9) return NumberText::kNoNumber;
    too_large = too_large || (i >= kSafeDigits && sum > (kLargest - digit) / 10);
    if (!too_large) sum = sum * 10 + digit;
  }
  value = sum;
  if (negative) return NumberText::kNegative;
  return too_large ? NumberText::kTooLarge : NumberText::kFine;
}

/// Packets and bytes. Absent is 0.
const char* read_count(std::string_view text, std::int64_t& value) {
  switch (read_number(text, value)) {
    case NumberText::kFine: return nullptr;
    case NumberText::kNoNumber: return kNotANumber;
    case NumberText::kNegative: return "negative number";
    case NumberText::kTooLarge: return "number out of range";
  }
  return nullptr;
}

/// An integer from 0 to `limit`, or -1 where the field is absent.
const char* read_small(std::string_view text, std::int64_t limit, const char* beyond, std::int32_t& value) {
  value = -1;
  if (text.empty()) return nullptr;
  std::int64_t number = 0;
  const NumberText outcome = read_number(text, number);
  if (outcome == NumberText::kNoNumber) return kNotANumber;
  if (outcome != NumberText::kFine || number > limit) return beyond;
  value = static_cast<std::int32_t>(number);
  return nullptr;
}

const char* read_time(std::string_view text, std::int64_t& value) {
  if (text.empty()) return nullptr;
  const NumberText outcome = read_number(text, value);
  if (outcome == NumberText::kNoNumber) return kNotANumber;
  if (outcome != NumberText::kFine) return kTimeOutOfRange;
  if (value > kLargestSeconds) value /= 1000;
  return value > kLargestSeconds ? kTimeOutOfRange : nullptr;
}

/// Dotted IPv4 without leading zeros; false for everything else.
bool read_v4(std::string_view text, std::uint32_t& address) {
  std::uint32_t result = 0;
  std::uint32_t octet = 0;
  unsigned digits = 0;
  unsigned dots = 0;
  for (const char byte : text) {
    if (byte == '.') {
      if (digits == 0) return false;
      result = result << 8U | octet;
      octet = 0;
      digits = 0;
      ++dots;
      continue;
    }
    const auto digit = static_cast<std::uint32_t>(byte - '0');
    if (digit > 9 || (digits > 0 && octet == 0)) return false;
    octet = octet * 10 + digit;
    if (octet > 255) return false;
    ++digits;
  }
  if (dots != 3 || digits == 0) return false;
  address = result << 8U | octet;
  return true;
}

const char* read_address(std::string_view text, bool& present, IpAddress& address) {
  present = !text.empty();
  if (!present) return nullptr;
  std::uint32_t v4 = 0;
  if (read_v4(text, v4)) {
    address = IpAddress::from_v4(v4);
    return nullptr;
  }
  // `:` first: an address of the other family is the only text that is worth a slow look.
  constexpr std::size_t kLongestAddress = 45;
  if (text.size() > kLongestAddress || text.find(':') == std::string_view::npos) return "not an address";
  const auto parsed = IpAddress::parse(text);
  if (!parsed) return "not an address";
  address = *parsed;
  return nullptr;
}

}  // namespace

RecordColumns::RecordColumns(std::span<const std::string> names) {
  static_assert(kColumnNames.size() == kColumns);
  for (std::size_t column = 0; column < kColumns; ++column) {
    const auto found = std::ranges::find(names, kColumnNames[column]);
    position[column] = found == names.end() ? std::int16_t{-1} : static_cast<std::int16_t>(found - names.begin());
  }
}

RecordDecoder::RecordDecoder(std::span<const std::string> names, SymbolTable& symbols)
    : symbols_(symbols), size_(names.size()), columns_(names) {}

std::string_view RecordDecoder::text(std::span<const std::string_view> fields, Column column) const {
  const std::int16_t position = columns_.position[column];
  if (position < 0) return {};
  const std::string_view field = fields[static_cast<std::size_t>(position)];
  return field == "-" ? std::string_view{} : field;
}

std::uint32_t RecordDecoder::symbol(std::string_view text, Column column) {
  LastSymbol& last = last_symbol_[column];
  if (text != last.text) {
    last.text = text;
    last.code = symbols_.code(text);
  }
  return last.code;
}

void RecordDecoder::decode_symbols(std::span<const std::string_view> fields, const source::Object* object,
                                   FlowRecord& record) {
  std::string_view account = text(fields, RecordColumns::kAccount);
  if (account.empty() || account == "unknown") account = object == nullptr ? std::string_view{} : object->account;
  std::string_view interface = text(fields, RecordColumns::kInterface);
  if (interface.empty()) interface = text(fields, RecordColumns::kResource);
  record.interface = symbol(interface, RecordColumns::kInterface);
  record.account = symbol(account, RecordColumns::kAccount);
  record.instance = symbol(text(fields, RecordColumns::kInstance), RecordColumns::kInstance);
  record.vpc = symbol(text(fields, RecordColumns::kVpc), RecordColumns::kVpc);
  record.src_service = symbol(text(fields, RecordColumns::kSrcService), RecordColumns::kSrcService);
  record.dst_service = symbol(text(fields, RecordColumns::kDstService), RecordColumns::kDstService);
}

const char* RecordDecoder::decode_addresses(std::span<const std::string_view> fields, FlowRecord& record) const {
  if (const char* reason = read_address(text(fields, RecordColumns::kSrc), record.has_src, record.src)) return reason;
  if (const char* reason = read_address(text(fields, RecordColumns::kDst), record.has_dst, record.dst)) return reason;
  if (const char* reason = read_address(text(fields, RecordColumns::kPktSrc), record.has_pkt_src, record.pkt_src))
    return reason;
  if (const char* reason = read_address(text(fields, RecordColumns::kPktDst), record.has_pkt_dst, record.pkt_dst))
    return reason;
  if (!record.has_pkt_src) record.pkt_src = record.src;
  if (!record.has_pkt_dst) record.pkt_dst = record.dst;
  return nullptr;
}

const char* RecordDecoder::decode_numbers(std::span<const std::string_view> fields, bool any_protocol,
                                          FlowRecord& record) const {
  constexpr std::int64_t kLargestProtocol = 255;
  const std::int64_t protocols = any_protocol ? std::numeric_limits<std::int32_t>::max() : kLargestProtocol;
  std::int32_t version = 0;
  const std::string_view start = text(fields, RecordColumns::kStart), end = text(fields, RecordColumns::kEnd);
  const char* reason = read_small(text(fields, RecordColumns::kVersion), kLargestVersion, "not a version", version);
  if (reason == nullptr)
    reason = read_small(text(fields, RecordColumns::kSrcPort), kLargestPort, "port out of range", record.src_port);
  if (reason == nullptr)
    reason = read_small(text(fields, RecordColumns::kDstPort), kLargestPort, "port out of range", record.dst_port);
  if (reason == nullptr) {
    reason = read_small(text(fields, RecordColumns::kProtocol), protocols, "protocol out of range", record.protocol);
  }
  if (reason == nullptr) {
    reason =
        read_small(text(fields, RecordColumns::kTcpFlags), kLargestFlags, "tcp-flags out of range", record.tcp_flags);
  }
  if (reason == nullptr) reason = read_count(text(fields, RecordColumns::kPackets), record.packets);
  if (reason == nullptr) reason = read_count(text(fields, RecordColumns::kBytes), record.bytes);
  record.has_time = !start.empty() && !end.empty();
  if (reason == nullptr) reason = read_time(start, record.start);
  if (reason == nullptr) reason = read_time(end, record.end);
  return reason;
}

const char* RecordDecoder::decode_words(std::span<const std::string_view> fields, FlowRecord& record) const {
  const std::string_view action = text(fields, RecordColumns::kAction);
  if (action == "ACCEPT") {
    record.action = Action::kAccept;
  } else if (action == "REJECT") {
    record.action = Action::kReject;
  } else if (!action.empty()) {
    return "not an action";
  }
  const std::string_view status = text(fields, RecordColumns::kStatus);
  if (status == "NODATA") {
    record.status = LogStatus::kNoData;
  } else if (status == "SKIPDATA") {
    record.status = LogStatus::kSkipData;
  } else if (!status.empty() && status != "OK") {
    return "not a log status";
  }
  const std::string_view direction = text(fields, RecordColumns::kDirection);
  if (direction == "ingress") {
    record.direction = FlowDirection::kIngress;
  } else if (direction == "egress") {
    record.direction = FlowDirection::kEgress;
  } else if (!direction.empty()) {
    return "not a flow direction";
  }
  return nullptr;
}

const char* RecordDecoder::decode(std::span<const std::string_view> fields, const source::Object* object,
                                  SourcePlace place, FlowRecord& record) {
  if (fields.size() != size_) return "wrong number of fields";
  const bool is_parquet = object != nullptr && object->kind == source::ObjectKind::kFlowLogParquet;
  record = FlowRecord{};
  record.place = place;
  const char* reason = decode_words(fields, record);
  if (reason == nullptr) reason = decode_numbers(fields, is_parquet, record);
  if (reason == nullptr) reason = decode_addresses(fields, record);
  // Symbols last: a bad line leaves none behind.
  if (reason == nullptr) decode_symbols(fields, object, record);
  return reason;
}

}  // namespace flowtrail::flowlog
