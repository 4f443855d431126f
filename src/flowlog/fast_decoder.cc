#include "flowlog/fast_decoder.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/short_text.h"
#include "flowlog/fast_text.h"

namespace flowtrail::flowlog {
namespace {

/// An integer from 0 to `limit`; -1 for `-`.
bool read_small(std::string_view text, std::uint64_t limit, std::int32_t& value) {
  if (is_absent(text)) {
    value = -1;
    return true;
  }
  std::uint64_t number = 0;
  if (!read_digits(text, number) || number > limit) return false;
  value = static_cast<std::int32_t>(number);
  return true;
}

bool read_count(std::string_view text, std::int64_t& value) {
  std::uint64_t number = 0;
  if (!is_absent(text) && !read_digits(text, number)) return false;
  value = static_cast<std::int64_t>(number);
  return true;
}

bool read_seconds(std::string_view text, std::int64_t& value) {
  std::uint64_t number = 0;
  if (!read_digits(text, number) || number > 2'147'483'647) return false;
  value = static_cast<std::int64_t>(number);
  return true;
}

bool read_address(std::string_view text, bool& present, IpAddress& address) {
  present = !is_absent(text);
  if (!present) return true;
  std::uint32_t v4 = 0;
  if (read_v4(text, v4)) {
    address = IpAddress::from_v4(v4);
    return true;
  }
  constexpr std::size_t kLongestAddress = 45;
  if (text.size() > kLongestAddress || text.find(':') == std::string_view::npos) return false;
  const auto parsed = IpAddress::parse(text);
  if (parsed) address = *parsed;
  return parsed.has_value();
}

/// A word of up to eight letters, for comparison.
constexpr std::uint64_t letters(std::string_view text) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    word |= std::uint64_t{static_cast<unsigned char>(text[i])} << (i * 8);
  }
  return word;
}

std::uint64_t letters_of(std::string_view text) {
  return text.empty() || text.size() > 8 ? 0 : word_of(text.data(), text.size());
}

bool read_action(std::string_view text, Action& action) {
  if (is_absent(text)) return true;
  switch (letters_of(text)) {
    case letters("ACCEPT"): action = Action::kAccept; return true;
    case letters("REJECT"): action = Action::kReject; return true;
    default: return false;
  }
}

bool read_status(std::string_view text, LogStatus& status) {
  if (is_absent(text)) return true;
  switch (letters_of(text)) {
    case letters("OK"): return true;
    case letters("NODATA"): status = LogStatus::kNoData; return true;
    case letters("SKIPDATA"): status = LogStatus::kSkipData; return true;
    default: return false;
  }
}

bool read_direction(std::string_view text, FlowDirection& direction) {
  if (is_absent(text)) return true;
  switch (letters_of(text)) {
    case letters("ingress"): direction = FlowDirection::kIngress; return true;
    case letters("egress"): direction = FlowDirection::kEgress; return true;
    default: return false;
  }
}

}  // namespace

std::uint32_t SymbolCache::code(std::string_view text) {
  if (text.empty()) return SymbolTable::kAbsent;
  const TextKey key = TextKey::of(text);
  return codes_.code(
      key, [&](std::uint32_t code) { return key.is_whole() || symbols_.text(code) == text; },
      [&] { return symbols_.code(text); });
}

FastDecoder::FastDecoder(std::span<const std::string> names, SymbolCache& symbols)
    : symbols_(symbols), fields_(names.size()), columns_(names) {}

std::uint32_t FastDecoder::symbol(std::string_view text, RecordColumns::Column column) {
  if (text.empty() || is_absent(text)) return SymbolTable::kAbsent;
  LastText& last = last_[column];
  if (is_same(text, {last.bytes.data(), last.size})) return last.code;
  const std::uint32_t code = symbols_.code(text);
  if (text.size() <= last.bytes.size()) {
    std::memcpy(last.bytes.data(), text.data(), text.size());
    last.size = static_cast<std::uint32_t>(text.size());
    last.code = code;
  }
  return code;
}

bool FastDecoder::is_record(std::string_view block, const LineIndex::Line& line) const {
  if (!line.plain || line.fields != fields_) return false;
  const std::string_view text = block.substr(line.begin, line.end - line.begin);
  // A header in the middle of the file, or the time that an export puts before each line. Others that look like it are
  // no loss: the careful way knows.
  if (text.size() >= 20 && text[4] == '-' && text[10] == 'T') return false;
  const auto may_begin_name = [](char byte) { return (byte >= 'a' && byte <= 'z') || byte == '$'; };
  return !may_begin_name(text.front()) || !may_begin_name(text[text.rfind(' ') + 1]);
}

bool FastDecoder::decode(const char* block, const LineIndex::Line& line, const source::Object& object,
                         SourcePlace place, FlowRecord& record) {
  using Column = RecordColumns::Column;
  // `-` stands for a column that the log does not have.
  const auto field = [&](int position) -> std::string_view {
    if (position < 0) return "-";
    const auto [begin, end] = line.field(static_cast<std::size_t>(position));
    return {block + begin, end - begin};
  };
  const auto column = [&](Column which) { return field(columns_.position[which]); };
  record.place = place;
  record.action = Action::kAbsent;
  record.status = LogStatus::kOk;
  record.direction = FlowDirection::kAbsent;
  std::int32_t version = 0;
  bool fine = read_small(column(Column::kVersion), 999, version);
  fine = fine && read_action(column(Column::kAction), record.action) &&
         read_status(column(Column::kStatus), record.status);
  if (columns_.position[Column::kDirection] >= 0)
    fine = fine && read_direction(column(Column::kDirection), record.direction);
  fine = fine && read_small(column(Column::kSrcPort), 65'535, record.src_port) &&
         read_small(column(Column::kDstPort), 65'535, record.dst_port) &&
         read_small(column(Column::kProtocol), 255, record.protocol) &&
         read_small(column(Column::kTcpFlags), 65'535, record.tcp_flags);
  fine =
      fine && read_count(column(Column::kPackets), record.packets) && read_count(column(Column::kBytes), record.bytes);
  record.has_time = columns_.position[Column::kStart] >= 0 && columns_.position[Column::kEnd] >= 0;
  fine = fine && record.has_time && read_seconds(column(Column::kStart), record.start) &&
         read_seconds(column(Column::kEnd), record.end);
  record.src = record.dst = IpAddress{};
  const std::string_view src = column(Column::kSrc), dst = column(Column::kDst);
  fine = fine && read_address(src, record.has_src, record.src) && read_address(dst, record.has_dst, record.dst);
  if (!fine) return false;

  record.pkt_src = record.src;
  record.pkt_dst = record.dst;
  const auto read_packet = [&](int position, std::string_view usual, const IpAddress& usual_address, bool& present,
                               IpAddress& address) {
    const std::string_view text = field(position);
    if (position >= 0 && is_same(text, usual)) {
      present = !is_absent(text);
      address = usual_address;
      return true;
    }
    return read_address(text, present, address);
  };
  if (!read_packet(columns_.position[Column::kPktSrc], src, record.src, record.has_pkt_src, record.pkt_src))
    return false;
  if (!read_packet(columns_.position[Column::kPktDst], dst, record.dst, record.has_pkt_dst, record.pkt_dst))
    return false;

  std::string_view account = column(Column::kAccount);
  if (is_absent(account) || account == "unknown") account = object.account;
  std::string_view interface = column(Column::kInterface);
  if (is_absent(interface)) interface = column(Column::kResource);
  record.interface = symbol(interface, Column::kInterface);
  record.account = symbol(account, Column::kAccount);
  record.instance = symbol(column(Column::kInstance), Column::kInstance);
  record.vpc = symbol(column(Column::kVpc), Column::kVpc);
  record.src_service = symbol(column(Column::kSrcService), Column::kSrcService);
  record.dst_service = symbol(column(Column::kDstService), Column::kDstService);
  return true;
}

}  // namespace flowtrail::flowlog
