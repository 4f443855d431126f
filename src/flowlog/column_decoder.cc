#include "flowlog/column_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "flowlog/fast_text.h"

namespace flowtrail::flowlog {
namespace {

/// Files that went through Python spell a missing value `None`.
bool says_nothing(std::string_view text) {
  return text.empty() || text == "-" || text == "None";
}

}  // namespace

ColumnDecoder::ColumnDecoder(std::span<const std::string> names, SymbolCache& symbols)
    : names_(names.size()), symbols_(symbols), columns_(names) {}

Status ColumnDecoder::load(ColumnFile& file, std::size_t group, const source::Object& object) {
  no_codes_.resize(std::max(no_codes_.size(), file.rows(group)));
  for (std::size_t column = 0; column < loaded_.size(); ++column) {
    loaded_[column] = {};
    const std::int16_t position = columns_.position[column];
    if (position < 0) continue;
    FT_TRY(loaded_[column], file.read(group, static_cast<std::size_t>(position)));
  }
  constexpr std::int64_t kAnyCount = std::numeric_limits<std::int64_t>::max(), kNoCount = 0;
  is_plain_ = true;
  take_numbers(RecordColumns::kVersion, kLargestVersion, -1, version_);
  take_numbers(RecordColumns::kSrcPort, kLargestPort, -1, src_port_);
  take_numbers(RecordColumns::kDstPort, kLargestPort, -1, dst_port_);
  take_numbers(RecordColumns::kProtocol, std::numeric_limits<std::int32_t>::max(), -1, protocol_);
  take_numbers(RecordColumns::kTcpFlags, kLargestFlags, -1, tcp_flags_);
  take_numbers(RecordColumns::kPackets, kAnyCount, kNoCount, packets_);
  take_numbers(RecordColumns::kBytes, kAnyCount, kNoCount, bytes_);
  // Of milliseconds RecordDecoder makes seconds; a lake has none.
  take_numbers(RecordColumns::kStart, kLargestSeconds, kNoTime, start_);
  take_numbers(RecordColumns::kEnd, kLargestSeconds, kNoTime, end_);
  take_words();
  take_address(RecordColumns::kSrc, src_);
  take_address(RecordColumns::kDst, dst_);
  take_address(RecordColumns::kPktSrc, pkt_src_);
  take_address(RecordColumns::kPktDst, pkt_dst_);
  // Symbols last: a group that is not plain leaves none behind.
  if (is_plain_) take_symbols(object);
  return {};
}

template <typename Value, typename ValueOf>
void ColumnDecoder::take(Column column, Value absent, ValueOf value_of, Decoded<Value>& decoded) {
  const ColumnValues& loaded = loaded_[column];
  decoded.values.assign(1, absent);
  if (loaded.codes.empty()) {
    decoded.codes = no_codes_.data();
    return;
  }
  decoded.codes = loaded.codes.data();
  const std::size_t values = std::max(loaded.texts.size(), loaded.numbers.size());
  decoded.values.reserve(values);
  for (std::size_t code = 1; code < values; ++code) {
    const std::optional<Value> value = value_of(code);
    is_plain_ = is_plain_ && value.has_value();
    decoded.values.push_back(value.value_or(absent));
  }
}

template <typename Value, typename OfText>
void ColumnDecoder::take_texts(Column column, Value absent, OfText of_text, Decoded<Value>& decoded) {
  const std::span<const std::string_view> texts = loaded_[column].texts;
  const auto value_of = [&](std::size_t code) -> std::optional<Value> {
    if (texts.empty()) return std::nullopt;
    if (says_nothing(texts[code])) return absent;
    return of_text(texts[code]);
  };
  take(column, absent, value_of, decoded);
}

template <typename Value>
void ColumnDecoder::take_numbers(Column column, std::int64_t limit, Value absent, Decoded<Value>& decoded) {
  const std::span<const std::int64_t> numbers = loaded_[column].numbers;
  const auto value_of = [&](std::size_t code) -> std::optional<Value> {
    if (numbers.empty() || numbers[code] < 0 || numbers[code] > limit) return std::nullopt;
    return static_cast<Value>(numbers[code]);
  };
  take(column, absent, value_of, decoded);
}

void ColumnDecoder::take_address(Column column, Decoded<Address>& decoded) {
  const auto of_text = [](std::string_view text) -> std::optional<Address> {
    Address address{.value = {}, .present = true};
    if (!read_ip(text, address.value)) return std::nullopt;
    return address;
  };
  take_texts(column, Address{}, of_text, decoded);
}

void ColumnDecoder::take_symbols(const source::Object& object) {
  const std::uint32_t account_of_object = symbols_.code(object.account);
  const auto of_text = [&](std::string_view text) -> std::optional<std::uint32_t> { return symbols_.code(text); };
  const auto account_of = [&](std::string_view text) -> std::optional<std::uint32_t> {
    return text == "unknown" ? account_of_object : symbols_.code(text);
  };
  take_texts(RecordColumns::kAccount, account_of_object, account_of, account_);
  take_texts(RecordColumns::kInterface, SymbolTable::kAbsent, of_text, interface_);
  take_texts(RecordColumns::kResource, SymbolTable::kAbsent, of_text, resource_);
  take_texts(RecordColumns::kInstance, SymbolTable::kAbsent, of_text, instance_);
  take_texts(RecordColumns::kVpc, SymbolTable::kAbsent, of_text, vpc_);
  take_texts(RecordColumns::kSrcService, SymbolTable::kAbsent, of_text, src_service_);
  take_texts(RecordColumns::kDstService, SymbolTable::kAbsent, of_text, dst_service_);
}

void ColumnDecoder::take_words() {
  const auto action_of = [](std::string_view text) -> std::optional<Action> {
    if (text == "ACCEPT") return Action::kAccept;
    if (text == "REJECT") return Action::kReject;
    return std::nullopt;
  };
  const auto status_of = [](std::string_view text) -> std::optional<LogStatus> {
    if (text == "OK") return LogStatus::kOk;
    if (text == "NODATA") return LogStatus::kNoData;
    if (text == "SKIPDATA") return LogStatus::kSkipData;
    return std::nullopt;
  };
  const auto direction_of = [](std::string_view text) -> std::optional<FlowDirection> {
    if (text == "ingress") return FlowDirection::kIngress;
    if (text == "egress") return FlowDirection::kEgress;
    return std::nullopt;
  };
  take_texts(RecordColumns::kAction, Action::kAbsent, action_of, action_);
  take_texts(RecordColumns::kStatus, LogStatus::kOk, status_of, status_);
  take_texts(RecordColumns::kDirection, FlowDirection::kAbsent, direction_of, direction_);
}

void ColumnDecoder::decode(std::size_t row, SourcePlace place, FlowRecord& record) const {
  const Address& src = src_.at(row);
  const Address& dst = dst_.at(row);
  const Address& pkt_src = pkt_src_.at(row);
  const Address& pkt_dst = pkt_dst_.at(row);
  record.src = src.value;
  record.dst = dst.value;
  record.pkt_src = pkt_src.present ? pkt_src.value : src.value;
  record.pkt_dst = pkt_dst.present ? pkt_dst.value : dst.value;
  record.has_src = src.present;
  record.has_dst = dst.present;
  record.has_pkt_src = pkt_src.present;
  record.has_pkt_dst = pkt_dst.present;
  record.packets = packets_.at(row);
  record.bytes = bytes_.at(row);
  const std::int64_t start = start_.at(row), end = end_.at(row);
  record.has_time = start != kNoTime && end != kNoTime;
  record.start = start == kNoTime ? 0 : start;
  record.end = end == kNoTime ? 0 : end;
  record.src_port = src_port_.at(row);
  record.dst_port = dst_port_.at(row);
  record.protocol = protocol_.at(row);
  record.tcp_flags = tcp_flags_.at(row);
  const std::uint32_t interface = interface_.at(row);
  record.interface = interface != SymbolTable::kAbsent ? interface : resource_.at(row);
  record.account = account_.at(row);
  record.instance = instance_.at(row);
  record.vpc = vpc_.at(row);
  record.src_service = src_service_.at(row);
  record.dst_service = dst_service_.at(row);
  record.place = place;
  record.action = action_.at(row);
  record.status = status_.at(row);
  record.direction = direction_.at(row);
}

std::span<const std::string_view> ColumnDecoder::texts(std::size_t row) {
  fields_.assign(names_, "-");
  for (std::size_t column = 0; column < loaded_.size(); ++column) {
    const ColumnValues& loaded = loaded_[column];
    if (loaded.codes.empty()) continue;
    const std::uint32_t code = loaded.codes[row];
    std::string_view& field = fields_[static_cast<std::size_t>(columns_.position[column])];
    if (code == 0) continue;
    if (!loaded.texts.empty()) {
      if (!says_nothing(loaded.texts[code])) field = loaded.texts[code];
    } else {
      const fmt::format_int digits(loaded.numbers[code]);
      std::ranges::copy_n(digits.data(), static_cast<std::ptrdiff_t>(digits.size()), digits_[column].begin());
      field = {digits_[column].data(), digits.size()};
    }
  }
  return fields_;
}

}  // namespace flowtrail::flowlog
