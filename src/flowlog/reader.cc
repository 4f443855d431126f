#include "flowlog/reader.h"

#include <algorithm>
#include <memory>

#include "codec/input_stream.h"
#include "flowlog/fields.h"
#include "flowlog/line_reader.h"
#include "flowlog/record_decoder.h"

namespace flowtrail::flowlog {
namespace {

using Fields = std::vector<std::string_view>;

// ---- formats

/// What there is to know about one list of columns; kept for all objects that share it.
struct Format {
  Format(Header columns, SymbolTable& symbols) : names(std::move(columns)), decoder(names, symbols) {
    version = version_of(names);
    is_transit_gateway = flowlog::is_transit_gateway(names);
    is_default = std::ranges::equal(names, all_fields().first(kDefaultFields), {}, {}, &FieldInfo::name);
  }
  Header names;
  RecordDecoder decoder;
  int version = 2;
  bool is_transit_gateway = false;
  bool is_default = false;
};

class Formats {
 public:
  explicit Formats(SymbolTable& symbols) : symbols_(symbols) {}

  /// The tokens of a header line, or the column names of a Parquet file.
  template <typename Tokens>
  [[nodiscard]] Format& of(const Tokens& tokens) {
    Header names;
    std::string joined;
    for (const std::string_view token : tokens) {
      names.push_back(field_name(token));
      joined += names.back() + ' ';
    }
    std::unique_ptr<Format>& format = formats_[joined];
    if (!format) format = std::make_unique<Format>(std::move(names), symbols_);
    return *format;
  }

  [[nodiscard]] Format& default_format() {
    Fields names;
    for (const FieldInfo& field : all_fields().first(kDefaultFields)) names.push_back(field.name);
    return of(names);
  }

 private:
  SymbolTable& symbols_;
  std::map<std::string, std::unique_ptr<Format>> formats_;
};

void note_format(const Format& format, std::string_view container, ReadStats& stats) {
  // What analyses use: without one of these some answer is coarser, or none.
  constexpr std::array<std::string_view, 17> kUsedFields = {"srcaddr",
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
                                                            "tcp-flags",
                                                            "pkt-srcaddr",
                                                            "pkt-dstaddr",
                                                            "flow-direction",
                                                            "pkt-src-aws-service",
                                                            "pkt-dst-aws-service"};
  const bool says_default = format.is_default && container == "text";
  stats.formats.insert(fmt::format("{} v{}{}", container, format.version, says_default ? " default" : ""));
  const auto has = [&](std::string_view name) { return std::ranges::find(format.names, name) != format.names.end(); };
  for (const std::string_view name : kUsedFields) {
    if (!has(name)) stats.missing_fields.emplace(name);
  }
  if (!has("interface-id") && !has("resource-id")) stats.missing_fields.emplace("interface-id");
}

// ---- lines

void split_fields(std::string_view line, Fields& fields) {
  fields.clear();
  const char* at = line.data();
  const char* const end = at + line.size();
  while (at != end) {
    const char* const begin = at;
    while (at != end && *at != ' ' && *at != '\t') ++at;
    fields.emplace_back(begin, static_cast<std::size_t>(at - begin));
    while (at != end && (*at == ' ' || *at == '\t')) ++at;
  }
}

/// The time that CloudWatch Logs puts before each line of an export: `2026-03-01T10:00:05.000Z`.
bool is_export_time(std::string_view field) {
  return field.size() >= 20 && field[4] == '-' && field[7] == '-' && field[10] == 'T' && field[13] == ':' &&
         field.back() == 'Z';
}

/// Cheap and rarely wrong: the first and the last word of a header are names, which few records have at both ends.
bool may_be_header(const Fields& fields) {
  const auto is_name_start = [](char byte) { return (byte >= 'a' && byte <= 'z') || byte == '$'; };
  return is_name_start(fields.front().front()) && is_name_start(fields.back().front()) &&
         (find_field(fields.front()) != nullptr || find_field(field_name(fields.front())) != nullptr);
}

bool is_transit_gateway_record(const Fields& fields) {
  return fields[0] == "TransitGateway" || (fields.size() > 1 && fields[0] == "6" && fields[1] == "TransitGateway");
}

// ---- objects

/// Counts that change with each record; kept apart from the maps of ReadStats until an object is done.
class Tally {
 public:
  void add(const FlowRecord& record) {
    ++records_;
    if (record.status == LogStatus::kNoData) ++nodata_;
    if (record.status == LogStatus::kSkipData) ++skipdata_;
    saw_accept_ |= record.action == Action::kAccept;
    saw_reject_ |= record.action == Action::kReject;
    if (!record.has_time) return;
    from_ = timed_ ? std::min(from_, record.start) : record.start;
    to_ = timed_ ? std::max(to_, record.end) : record.end;
    longest_ = std::max(longest_, record.end - record.start + 1);
    timed_ = true;
  }

  void add_to(ReadStats& stats, const source::Object& object) const {
    stats.records += records_;
    stats.nodata += nodata_;
    stats.skipdata += skipdata_;
    stats.saw_accept |= saw_accept_;
    stats.saw_reject |= saw_reject_;
    if (!timed_) return;
    stats.from = std::min(stats.from.value_or(from_), from_);
    stats.to = std::max(stats.to.value_or(to_), to_);
    std::int64_t& longest = stats.longest_interval[flow_log_of(object)];
    longest = std::max(longest, longest_);
  }

 private:
  std::uint64_t records_ = 0, nodata_ = 0, skipdata_ = 0;
  bool saw_accept_ = false, saw_reject_ = false, timed_ = false;
  std::int64_t from_ = 0, to_ = 0, longest_ = 0;
};

/// What an object's reading writes to.
struct Output {
  SymbolTable& symbols;
  const RecordSink& sink;
  ReadStats& stats;
  Formats& formats;
};

/// Bad lines of one text object: counted one by one, unless so many of them follow each other that the object as a
/// whole is none that can be read.
class BadLines {
 public:
  BadLines(const source::Object& object, BadInput& bad) : object_(object), bad_(bad) {}

  void add(const char* reason, std::uint64_t line, bool is_binary) {
    ++run_;
    binary_run_ = is_binary ? binary_run_ + 1 : 0;
    if (!seen_good_ && binary_run_ == run_ && run_ <= kHeldLines) {
      held_.emplace_back(reason, line);
      if (run_ == kHeldLines) give_up("binary data");
      return;
    }
    release();
    bad_.add(reason, object_.key, line);
    if (binary_run_ >= kLongestRun) give_up("binary data, the rest was not read");
    if (!seen_good_ && run_ >= kLongestRun) give_up("neither a header nor the default format");
  }

  /// A header or a well-formed record.
  void good_line() {
    if (run_ == 0) {
      seen_good_ = true;
      return;
    }
    release();
    seen_good_ = true;
    run_ = binary_run_ = 0;
  }

  /// At the end: an object of nothing but binary lines is one bad object.
  void finish() {
    if (!held_.empty()) give_up("binary data");
  }

  [[nodiscard]] bool gave_up() const { return gave_up_; }

 private:
  static constexpr std::uint64_t kHeldLines = 16, kLongestRun = 1000;

  void release() {
    for (const auto& [reason, line] : held_) bad_.add(reason, object_.key, line);
    held_.clear();
  }
  void give_up(const char* reason) {
    held_.clear();
    bad_.add(reason, object_.key, 0);
    gave_up_ = true;
  }

  const source::Object& object_;
  BadInput& bad_;
  std::vector<std::pair<const char*, std::uint64_t>> held_;
  std::uint64_t run_ = 0, binary_run_ = 0;
  bool seen_good_ = false, gave_up_ = false;
};

class TextObject {
 public:
  TextObject(const source::Object& object, std::uint32_t index, Output& output)
      : object_(object), index_(index), output_(output), bad_lines_(object, output.stats.bad) {}

  void read() {
    auto stream = codec::InputStream::open(object_.path);
    if (!stream) return output_.stats.bad.add("cannot open", object_.key, 0);
    LineReader lines(**stream);
    Line line;
    while (!bad_lines_.gave_up() && !is_transit_gateway_) {
      const auto more = lines.next(line);
      if (!more) output_.stats.bad.add(more.error().what, object_.key, 0);
      if (!more || !*more) break;
      read_line(line);
    }
    if (!bad_lines_.gave_up()) bad_lines_.finish();
    tally_.add_to(output_.stats, object_);
    if (is_transit_gateway_) {
      ++output_.stats.transit_gateway_objects;
    } else {
      ++output_.stats.objects;
      output_.stats.bytes += object_.size;
    }
  }

 private:
  void read_line(const Line& line) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    std::string_view text = line.text;
    if (line.number == 1 && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    if (text.empty()) return;
    const LineBytes bytes = inspect(text);
    if (line.too_long) return bad_lines_.add("line too long", line.number, bytes == LineBytes::kControlBytes);
    if (bytes == LineBytes::kControlBytes) return bad_lines_.add("control bytes in a line", line.number, true);
    if (bytes == LineBytes::kNotUtf8) return bad_lines_.add("not UTF-8", line.number, true);
    split_fields(text, fields_);
    if (is_export_time(fields_.front()) && fields_.size() > 1) {
      fields_.erase(fields_.begin());
      container_ = "cloudwatch";
    }
    if (!read_header()) read_record(line.number);
  }

  /// True when the line was a header. As long as no record was read, any line may be one (its first column may be
  /// unknown); later only a line that begins with a known name.
  bool read_header() {
    const bool is_candidate = tally_is_empty_ || may_be_header(fields_);
    if (is_candidate && is_header(fields_)) {
      format_ = &output_.formats.of(fields_);
      is_transit_gateway_ = format_->is_transit_gateway;
      bad_lines_.good_line();
      if (!is_transit_gateway_) note_format(*format_, container_, output_.stats);
      return true;
    }
    if (format_ != nullptr) return false;
    if (is_transit_gateway_record(fields_)) return is_transit_gateway_ = true;
    format_ = &output_.formats.default_format();
    is_implicit_ = true;
    return false;
  }

  void read_record(std::uint64_t line) {
    const SourcePlace place{index_, static_cast<std::uint32_t>(line)};
    const char* reason = format_->decoder.decode(fields_, &object_, place, record_);
    if (reason != nullptr) return bad_lines_.add(reason, line, false);
    bad_lines_.good_line();
    if (tally_is_empty_ && is_implicit_) note_format(*format_, container_, output_.stats);
    tally_is_empty_ = false;
    tally_.add(record_);
    output_.sink(record_, RawRecord{&format_->names, fields_, &object_, place});
  }

  const source::Object& object_;
  std::uint32_t index_;
  Output& output_;
  BadLines bad_lines_;
  Tally tally_;
  Fields fields_;
  FlowRecord record_;
  Format* format_ = nullptr;
  std::string_view container_ = "text";
  bool is_implicit_ = false;    // no header was seen: the default format is assumed
  bool tally_is_empty_ = true;  // no record yet
  bool is_transit_gateway_ = false;
};

void read_parquet(const source::Object& object, std::uint32_t index, const ParquetReader& parquet, Output& output) {
  if (!parquet) return output.stats.bad.add("Parquet needs the embedded engine", object.key, 0);
  Tally tally;
  FlowRecord record;
  Format* format = nullptr;
  const Header* names_seen = nullptr;
  const Status status =
      parquet(object, index, [&](const Header& names, std::span<const std::string_view> fields, std::uint64_t row) {
        if (format == nullptr || names_seen != &names) {
          format = &output.formats.of(names);
          names_seen = &names;
          if (!format->is_transit_gateway) note_format(*format, "parquet", output.stats);
        }
        if (format->is_transit_gateway) return;
        const SourcePlace place{index, static_cast<std::uint32_t>(row)};
        const char* reason = format->decoder.decode(fields, &object, place, record);
        if (reason != nullptr) return output.stats.bad.add(reason, object.key, row);
        tally.add(record);
        output.sink(record, RawRecord{&format->names, fields, &object, place});
      });
  if (!status) output.stats.bad.add(status.error().what, object.key, 0);
  tally.add_to(output.stats, object);
  if (format != nullptr && format->is_transit_gateway) {
    ++output.stats.transit_gateway_objects;
    return;
  }
  ++output.stats.objects;
  output.stats.bytes += object.size;
}

/// A file's name says its slot of five minutes, but not all of its records end there; a day is far more than any
/// delay that was seen.
bool can_hold_records(const source::Object& object, std::optional<UtcSeconds> from, std::optional<UtcSeconds> to) {
  constexpr std::chrono::days kMargin{1};
  if (!object.slot) return true;
  return (!from || *object.slot + kMargin >= *from) && (!to || *object.slot - kMargin < *to);
}

}  // namespace

std::string flow_log_of(const source::Object& object) {
  if (!object.flow_log_id.empty()) return object.flow_log_id;
  const std::size_t slash = object.key.rfind('/');
  return slash == std::string::npos ? "." : object.key.substr(0, slash);
}

void read_records(const source::Inventory& inventory, std::optional<UtcSeconds> from, std::optional<UtcSeconds> to,
                  SymbolTable& symbols, const RecordSink& sink, ReadStats& stats, const ParquetReader& parquet) {
  Formats formats(symbols);
  Output output{symbols, sink, stats, formats};
  for (std::size_t i = 0; i < inventory.objects.size(); ++i) {
    const source::Object& object = inventory.objects[i];
    if (!can_hold_records(object, from, to)) continue;
    const auto index = static_cast<std::uint32_t>(i);
    switch (object.kind) {
      case source::ObjectKind::kFlowLogText: TextObject(object, index, output).read(); break;
      case source::ObjectKind::kFlowLogParquet: read_parquet(object, index, parquet, output); break;
      case source::ObjectKind::kTransitGatewayFlowLog: ++stats.transit_gateway_objects; break;
      default: break;
    }
  }
}

Result<FlowRecord> decode(const RawRecord& raw, SymbolTable& symbols) {
  RecordDecoder decoder(*raw.header, symbols);
  FlowRecord record;
  const char* reason = decoder.decode(raw.fields, raw.object, raw.place, record);
  if (reason != nullptr) return failure(ErrorCode::kCorrupt, "{}", reason);
  return record;
}

}  // namespace flowtrail::flowlog
