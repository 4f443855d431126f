#include "flowlog/fast_decoder.h"

#include <cstddef>

#include "base/short_text.h"
#include "flowlog/fast_numbers.h"
#include "flowlog/fast_v4.h"

namespace flowtrail::flowlog {
namespace {

constexpr WordTable<Action> kActions{
    0, {{"-", Action::kAbsent}, {"ACCEPT", Action::kAccept}, {"REJECT", Action::kReject}}};
constexpr WordTable<LogStatus> kStatuses{
    0, {{"-", LogStatus::kOk}, {"OK", LogStatus::kOk}, {"NODATA", LogStatus::kNoData}}};
constexpr WordTable<FlowDirection> kDirections{
    2, {{"-", FlowDirection::kAbsent}, {"ingress", FlowDirection::kIngress}, {"egress", FlowDirection::kEgress}}};

bool read_address(std::string_view text, bool& present, IpAddress& address) {
  present = !is_absent(text);
  address = IpAddress{};
  return !present || read_ip(text, address);
}

/// Whether `text` is `other`, which has less than 16 bytes.
[[gnu::always_inline]] inline bool is_same_address(std::string_view text, std::string_view other) {
  const __m128i equal = _mm_cmpeq_epi8(SymbolKey::load(text.data()), SymbolKey::load(other.data()));
  const auto different = static_cast<std::uint32_t>(_mm_movemask_epi8(equal)) ^ 0xffffU;
  return ((different & ((1U << (other.size() & 15U)) - 1)) | (text.size() ^ other.size())) == 0;
}

bool may_use_avx2(LineIndex::Path path) {
  static const bool kHasAvx2 =
      __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 && __builtin_cpu_supports("bmi2") != 0;
  return path != LineIndex::Path::kPortable && kHasAvx2;
}

bool is_default_order(const RecordColumns& columns) {
  for (std::int16_t i = 0; i <= RecordColumns::kStatus; ++i) {
    if (columns.position[static_cast<std::size_t>(i)] != i) return false;
  }
  return true;
}

}  // namespace

/// The columns of one line. Where the header begins as the default format does, places of these columns are constants.
template <bool DefaultOrder>
class FastDecoder::Texts {
 public:
  Texts(const char* block, const LineIndex::Line& line, const RecordColumns& columns)
      : block_(block), ends_(line.ends), columns_(columns) {}

  [[gnu::always_inline]] bool has(Column column) const {
    return (DefaultOrder && column <= Column::kStatus) || columns_.position[column] >= 0;
  }
  /// Of a column that the log has.
  [[gnu::always_inline]] std::string_view at(Column column) const {
    const std::ptrdiff_t position =
        DefaultOrder && column <= Column::kStatus ? static_cast<std::ptrdiff_t>(column) : columns_.position[column];
    const std::uint32_t begin = ends_[position - 1] + 1;
    return {block_ + begin, ends_[position] - begin};
  }
  /// `-` stands for a column that the log does not have.
  [[gnu::always_inline]] std::string_view operator[](Column column) const {
    return has(column) ? at(column) : std::string_view(kAbsent.data(), 1);
  }
  /// In the order of NumberTexts, from columns that stand beside each other.
  __attribute__((target("avx2,bmi,bmi2"), always_inline)) __m256i number_sizes(std::size_t tcp_flags) const {
    static_assert(Column::kEnd - Column::kSrcPort == 6);
    const __m256i ends = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(ends_ + Column::kSrcPort));
    const __m256i begins = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(ends_ + Column::kSrcPort - 1));
    const __m256i sizes = _mm256_sub_epi32(_mm256_add_epi32(ends, _mm256_set1_epi32(-1)), begins);
    const __m256i ordered = _mm256_permutevar8x32_epi32(sizes, _mm256_setr_epi32(0, 1, 3, 4, 2, 7, 5, 6));
    return _mm256_blend_epi32(ordered, _mm256_set1_epi32(static_cast<int>(tcp_flags)), 1 << 5);
  }

 private:
  static constexpr std::array<char, kPadding + 1> kAbsent = {'-'};

  const char* block_;
  const std::uint32_t* ends_;
  const RecordColumns& columns_;
};

FastDecoder::FastDecoder(std::span<const std::string> names, SymbolCache& symbols, LineIndex::Path path)
    : symbols_(symbols), fields_(names.size()), columns_(names) {
  const bool avx2 = may_use_avx2(path);
  if (is_default_order(columns_)) {
    decode_ = avx2 ? &FastDecoder::decode_with_avx2<true> : &FastDecoder::decode_portably<true>;
  } else {
    decode_ = avx2 ? &FastDecoder::decode_with_avx2<false> : &FastDecoder::decode_portably<false>;
  }
}

template <bool DefaultOrder>
bool FastDecoder::decode_portably(const char* block, const LineIndex::Line& line, const source::Object& object,
                                  SourcePlace place, FlowRecord& record) {
  const Texts<DefaultOrder> texts(block, line, columns_);
  return read_addresses(texts, record) && read_numbers(texts, record) && read_others(texts, object, place, record);
}

template <bool DefaultOrder>
bool FastDecoder::decode_with_avx2(const char* block, const LineIndex::Line& line, const source::Object& object,
                                   SourcePlace place, FlowRecord& record) {
  const Texts<DefaultOrder> texts(block, line, columns_);
  return read_addresses_with_avx2(texts, record) &&
         (read_numbers_with_avx2(texts, record) || read_numbers(texts, record)) &&
         read_others(texts, object, place, record);
}

/// Two IPv4 addresses, and those of the packets the same or IPv4, too, or neither of them in the log: nearly all.
template <bool DefaultOrder>
inline bool FastDecoder::read_addresses_with_avx2(const Texts<DefaultOrder>& texts, FlowRecord& record) const {
  if (!texts.has(Column::kSrc) || !texts.has(Column::kDst) || texts.has(Column::kPktSrc) != texts.has(Column::kPktDst))
    return read_addresses(texts, record);
  const std::string_view src = texts.at(Column::kSrc), dst = texts.at(Column::kDst);
  std::uint32_t src_v4 = 0, dst_v4 = 0;
  if (!read_two_v4(src, dst, src_v4, dst_v4)) return read_addresses(texts, record);
  std::uint32_t pkt_src_v4 = src_v4, pkt_dst_v4 = dst_v4;
  const bool has_packet = texts.has(Column::kPktSrc);
  if (has_packet) {
    const std::string_view pkt_src = texts.at(Column::kPktSrc), pkt_dst = texts.at(Column::kPktDst);
    if (!(is_same_address(pkt_src, src) && is_same_address(pkt_dst, dst)) &&
        !read_two_v4(pkt_src, pkt_dst, pkt_src_v4, pkt_dst_v4))
      return read_addresses(texts, record);
  }
  record.src = IpAddress::from_v4(src_v4);
  record.dst = IpAddress::from_v4(dst_v4);
  record.pkt_src = IpAddress::from_v4(pkt_src_v4);
  record.pkt_dst = IpAddress::from_v4(pkt_dst_v4);
  record.has_src = record.has_dst = true;
  record.has_pkt_src = record.has_pkt_dst = has_packet;
  return true;
}

template <bool DefaultOrder>
[[gnu::noinline]] bool FastDecoder::read_addresses(const Texts<DefaultOrder>& texts, FlowRecord& record) const {
  if (!read_address(texts[Column::kSrc], record.has_src, record.src) ||
      !read_address(texts[Column::kDst], record.has_dst, record.dst))
    return false;
  const auto read_packet = [&](Column column, Column usual, bool usual_present, const IpAddress& usual_address,
                               bool& present, IpAddress& address) {
    if (texts.has(column) && is_same(texts[column], texts[usual])) {
      present = usual_present;
      address = usual_address;
      return true;
    }
    if (!read_address(texts[column], present, address)) return false;
    if (!present) address = usual_address;
    return true;
  };
  return read_packet(Column::kPktSrc, Column::kSrc, record.has_src, record.src, record.has_pkt_src, record.pkt_src) &&
         read_packet(Column::kPktDst, Column::kDst, record.has_dst, record.dst, record.has_pkt_dst, record.pkt_dst);
}

/// Numbers of at most eight digits and times that begin as those before: nearly all.
template <bool DefaultOrder>
inline bool FastDecoder::read_numbers_with_avx2(const Texts<DefaultOrder>& texts, FlowRecord& record) const {
  static_assert(offsetof(FlowRecord, tcp_flags) - offsetof(FlowRecord, src_port) == 3 * sizeof record.src_port &&
                offsetof(FlowRecord, end) - offsetof(FlowRecord, packets) == 3 * sizeof record.packets);
  if (!texts.has(Column::kStart) || !texts.has(Column::kEnd)) return false;
  const std::string_view start = texts.at(Column::kStart), end = texts.at(Column::kEnd);
  if (((half_word_at(start.data()) ^ first_digits_) | (half_word_at(end.data()) ^ first_digits_)) != 0) return false;
  const std::string_view src_port = texts[Column::kSrcPort], dst_port = texts[Column::kDstPort],
                         packets = texts[Column::kPackets], bytes = texts[Column::kBytes],
                         protocol = texts[Column::kProtocol], tcp_flags = texts[Column::kTcpFlags];
  const auto size = [](std::string_view text) { return static_cast<int>(text.size()); };
  const __m256i sizes = DefaultOrder ? texts.number_sizes(tcp_flags.size())
                                     : _mm256_setr_epi32(size(src_port), size(dst_port), size(packets), size(bytes),
                                                         size(protocol), size(tcp_flags), size(start), size(end));
  return read_eight_numbers({src_port.data(), dst_port.data(), packets.data(), bytes.data(), protocol.data(),
                             tcp_flags.data(), start.data(), end.data()},
                            sizes, time_base_, &record.src_port, &record.packets);
}

template <bool DefaultOrder>
[[gnu::noinline]] bool FastDecoder::read_numbers(const Texts<DefaultOrder>& texts, FlowRecord& record) {
  constexpr std::uint64_t kLargestProtocol = 255;
  if (!texts.has(Column::kStart) || !texts.has(Column::kEnd)) return false;
  Faults faults;
  record.src_port = read_small(texts[Column::kSrcPort], kLargestPort, faults);
  record.dst_port = read_small(texts[Column::kDstPort], kLargestPort, faults);
  record.protocol = read_small(texts[Column::kProtocol], kLargestProtocol, faults);
  record.tcp_flags = read_small(texts[Column::kTcpFlags], kLargestFlags, faults);
  record.packets = read_count(texts[Column::kPackets], faults);
  record.bytes = read_count(texts[Column::kBytes], faults);
  record.start = read_seconds(texts[Column::kStart], faults);
  record.end = read_seconds(texts[Column::kEnd], faults);
  if (faults.any()) return false;
  expect_seconds(texts[Column::kEnd], record.end);
  return true;
}

void FastDecoder::expect_seconds(std::string_view text, std::int64_t value) {
  constexpr std::int64_t kStep = 100'000'000;  // of the first two of ten digits
  if (value / kStep == 21) return;             // some that begin so are too large
  first_digits_ = half_word_at(text.data());
  time_base_ = {0, 0, value / kStep * kStep, value / kStep * kStep};
}

/// After all else that may be wrong: a bad line leaves no symbols behind.
template <bool DefaultOrder>
[[gnu::always_inline]] inline bool FastDecoder::read_others(const Texts<DefaultOrder>& texts,
                                                            const source::Object& object, SourcePlace place,
                                                            FlowRecord& record) {
  Faults faults;
  read_words(texts, record, faults);
  if (texts.has(Column::kVersion)) {
    const std::string_view version = texts.at(Column::kVersion);
    faults.sizes |= version.size();
    if (word_of(version.data(), version.size()) != version_ && !is_version(version)) faults.others = 1;
  }
  if (faults.any()) return false;
  record.has_time = true;
  record.place = place;
  read_symbols(texts, object, record);
  return true;
}

/// All lines under a header have the same, so that a new one may cost something.
[[gnu::noinline]] bool FastDecoder::is_version(std::string_view text) {
  std::uint64_t version = 0;
  if (!is_absent(text) && (!read_digits(text, version) || version > kLargestVersion)) return false;
  if (text.size() <= 8) version_ = word_of(text.data(), text.size());
  return true;
}

template <bool DefaultOrder>
[[gnu::always_inline]] inline void FastDecoder::read_words(const Texts<DefaultOrder>& texts, FlowRecord& record,
                                                           Faults& faults) const {
  record.action = Action::kAbsent;
  record.status = LogStatus::kOk;
  record.direction = FlowDirection::kAbsent;
  if (texts.has(Column::kAction)) record.action = kActions.read(texts.at(Column::kAction), faults);
  if (texts.has(Column::kStatus)) record.status = kStatuses.read(texts.at(Column::kStatus), faults);
  if (texts.has(Column::kDirection)) record.direction = kDirections.read(texts.at(Column::kDirection), faults);
}

template <bool DefaultOrder>
[[gnu::always_inline]] inline void FastDecoder::read_symbols(const Texts<DefaultOrder>& texts,
                                                             const source::Object& object, FlowRecord& record) {
  const auto repeated = [&](Column column) __attribute__((always_inline)) {
    return texts.has(column) ? repeated_symbol(texts.at(column), column) : SymbolTable::kAbsent;
  };
  const auto various = [&](Column column) __attribute__((always_inline)) {
    return texts.has(column) ? symbol(texts.at(column)) : SymbolTable::kAbsent;
  };
  record.interface = various(Column::kInterface);
  record.instance = various(Column::kInstance);
  record.vpc = repeated(Column::kVpc);
  record.src_service = repeated(Column::kSrcService);
  record.dst_service = repeated(Column::kDstService);
  record.account = repeated(Column::kAccount);
  if (record.interface == SymbolTable::kAbsent) record.interface = various(Column::kResource);
  if (record.account == SymbolTable::kAbsent) record.account = symbols_.code(object.account);
}

/// For columns whose neighbouring lines nearly always have the same text.
[[gnu::always_inline]] inline std::uint32_t FastDecoder::repeated_symbol(std::string_view text, Column column) {
  const LastText& last = last_[column];
  if (text.size() <= SymbolKey::kLongest && SymbolKey::of(text) == last.key) return last.code;
  return another_symbol(text, column);
}

[[gnu::noinline]] std::uint32_t FastDecoder::another_symbol(std::string_view text, Column column) {
  const std::uint32_t code = column == Column::kAccount && text == "unknown" ? SymbolTable::kAbsent : symbol(text);
  if (text.size() <= SymbolKey::kLongest) last_[column] = {SymbolKey::of(text), code};
  return code;
}

/// For columns whose text changes too often to be guessed.
[[gnu::always_inline]] inline std::uint32_t FastDecoder::symbol(std::string_view text) {
  if (text.size() <= SymbolKey::kLongest) {
    const std::uint32_t code = symbols_.find(SymbolKey::of(text));
    if (code != SymbolTable::kAbsent) return code;
  }
  return is_absent(text) ? SymbolTable::kAbsent : symbols_.code(text);
}

}  // namespace flowtrail::flowlog
