#include "flowlog/reader.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <iterator>
#include <memory>
#include <utility>

#include "base/threads.h"
#include "codec/input_stream.h"
#include "codec/read_ahead.h"
#include "flowlog/column_decoder.h"
#include "flowlog/fast_decoder.h"
#include "flowlog/fields.h"
#include "flowlog/filter.h"
#include "flowlog/line_index.h"
#include "flowlog/line_reader.h"
#include "flowlog/record_decoder.h"

namespace flowtrail::flowlog {
namespace {

using Fields = std::vector<std::string_view>;

// ---- formats

/// What there is to know about one list of columns; kept for all objects that share it.
struct Format {
  Format(Header columns, const Filter& wanted, SymbolTable& symbols, SymbolCache& cache, LineIndex::Path path)
      : names(std::move(columns)),
        decoder(names, symbols),
        fast_decoder(names, cache, path),
        column_decoder(names, cache),
        filter(wanted, names) {
    version = version_of(names);
    is_transit_gateway = flowlog::is_transit_gateway(names);
    is_default = std::ranges::equal(names, all_fields().first(kDefaultFields), {}, {}, &FieldInfo::name);
  }
  Header names;
  RecordDecoder decoder;
  FastDecoder fast_decoder;
  ColumnDecoder column_decoder;
  LineFilter filter;
  int version = 2;
  bool is_transit_gateway = false;
  bool is_default = false;
};

class Formats {
 public:
  Formats(SymbolTable& symbols, const Filter& filter, LineIndex::Path path = LineIndex::Path::kBest)
      : symbols_(symbols), filter_(filter), path_(path), cache_(symbols) {}

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
    if (!format) format = std::make_unique<Format>(std::move(names), filter_, symbols_, cache_, path_);
    return *format;
  }

  [[nodiscard]] Format& default_format() {
    Fields names;
    for (const FieldInfo& field : all_fields().first(kDefaultFields)) names.push_back(field.name);
    return of(names);
  }

 private:
  SymbolTable& symbols_;
  const Filter& filter_;
  LineIndex::Path path_;
  SymbolCache cache_;
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

  void leave_out() { ++left_out_; }

  void add_to(ReadStats& stats, const source::Object& object) const {
    stats.records += records_;
    stats.left_out += left_out_;
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
  std::uint64_t records_ = 0, left_out_ = 0, nodata_ = 0, skipdata_ = 0;
  bool saw_accept_ = false, saw_reject_ = false, timed_ = false;
  std::int64_t from_ = 0, to_ = 0, longest_ = 0;
};

/// Takes the records of one thread: one by one with their texts, or in batches.
class Output {
 public:
  Output(Formats& formats_in, ReadStats& stats_in, const RowSink& sink)
      : formats(formats_in), stats(stats_in), sink_(&sink) {}
  Output(Formats& formats_in, ReadStats& stats_in, RecordLane& lane)
      : formats(formats_in), stats(stats_in), lane_(&lane), batch_(kBatchRecords) {}

  void add(const FlowRecord& record, const RawRecord& raw) {
    if (sink_ != nullptr) {
      stopped_ = !(*sink_)(record, raw);
      return;
    }
    next() = record;
    add_next();
  }
  /// Where the next record of a batch goes; it is not in the batch before `add_next`. For lanes only.
  [[nodiscard]] FlowRecord& next() { return batch_[batched_]; }
  void add_next() {
    if (++batched_ == batch_.size()) flush();
  }
  /// To be called after each object.
  void flush() {
    if (batched_ > 0 && status_) status_ = lane_->take(std::span(batch_).first(batched_), batch_.front().place.object);
    batched_ = 0;
  }
  [[nodiscard]] bool takes_batches() const { return lane_ != nullptr; }
  [[nodiscard]] bool goes_on() const { return status_ && !stopped_; }
  [[nodiscard]] const Status& status() const { return status_; }

  Formats& formats;
  ReadStats& stats;

 private:
  static constexpr std::size_t kBatchRecords = 1024;  // a lane that gets fewer at a time finds its caches cold
  const RowSink* sink_ = nullptr;
  RecordLane* lane_ = nullptr;
  std::vector<FlowRecord> batch_;
  std::size_t batched_ = 0;
  bool stopped_ = false;
  Status status_;
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

  /// `plain`: line by line, the careful way. `ahead`: a second thread inflates.
  void read(LineIndex& line_index, bool plain, bool ahead = false) {
    auto stream = codec::InputStream::open(object_.path);
    if (!stream) return output_.stats.bad.add("cannot open", object_.key, 0);
    if (ahead) stream = codec::read_ahead(*std::move(stream));
    LineReader lines(**stream);
    Line line;
    while (goes_on()) {
      const auto more = lines.next(line);
      if (!more) output_.stats.bad.add(more.error().what, object_.key, 0);
      if (!more || !*more) break;
      read_line(line);
      if (!plain && !tally_is_empty_ && goes_on()) read_waiting(lines, line_index);
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
  [[nodiscard]] bool goes_on() const { return !bad_lines_.gave_up() && !is_transit_gateway_ && output_.goes_on(); }

  /// All whole lines that wait in the buffer, once the format is known and seen to fit: most of them at once, the
  /// others as `read` takes them.
  void read_waiting(LineReader& lines, LineIndex& line_index) {
    while (goes_on()) {
      const std::string_view block = lines.waiting_lines(kBlockBytes);
      if (block.empty()) return;
      line_index.build(block);
      read_block(block, line_index, lines.number());
      lines.skip(block.size(), line_index.lines());
    }
  }

  void read_block(std::string_view block, const LineIndex& line_index, std::uint64_t number) {
    for (std::size_t i = 0; i < line_index.lines(); ++i) {
      const LineIndex::Line line = line_index.line(i);
      ++number;
      if (format_->fast_decoder.is_record(block, line) && read_plain_line(block, line, number)) {
        if (!output_.goes_on()) return;
        continue;
      }
      const std::string_view text = block.substr(line.begin, line.end - line.begin);
      read_line({trim_line(text.substr(0, kLongestLine)), number, text.size() > kLongestLine});
      if (!goes_on()) return;
    }
  }

  /// False: the line needs the careful way.
  bool read_plain_line(std::string_view block, const LineIndex::Line& line, std::uint64_t number) {
    if (!format_->filter.passes_all() && !format_->filter.passes(block.data(), line)) {
      bad_lines_.good_line();
      tally_.leave_out();
      return true;
    }
    const SourcePlace place{index_, static_cast<std::uint32_t>(number)};
    FlowRecord& record = output_.takes_batches() ? output_.next() : record_;
    if (!format_->fast_decoder.decode(block.data(), line, object_, place, record)) return false;
    bad_lines_.good_line();
    tally_.add(record);
    if (output_.takes_batches()) {
      output_.add_next();
    } else {
      cut_fields(block, line);
      output_.add(record, RawRecord{&format_->names, fields_, &object_, place});
    }
    return true;
  }

  void cut_fields(std::string_view block, const LineIndex::Line& line) {
    fields_.resize(line.fields);
    for (std::size_t i = 0; i < line.fields; ++i) {
      const auto [begin, end] = line.field(i);
      fields_[i] = block.substr(begin, end - begin);
    }
  }

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
    const bool passes = fields_.size() != format_->names.size() || format_->filter.passes(fields_);
    // The first record is decoded even if it does not pass: it shows whether the format fits.
    if (passes || tally_is_empty_) {
      const char* reason = format_->decoder.decode(fields_, &object_, place, record_);
      if (reason != nullptr) return bad_lines_.add(reason, line, false);
    }
    bad_lines_.good_line();
    if (tally_is_empty_ && is_implicit_) note_format(*format_, container_, output_.stats);
    tally_is_empty_ = false;
    if (!passes) return tally_.leave_out();
    tally_.add(record_);
    output_.add(record_, RawRecord{&format_->names, fields_, &object_, place});
  }

  // So much of a text, and what the index holds of it, stays in the first cache.
  static constexpr std::size_t kBlockBytes = std::size_t{12} << 10U;

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
        if (!output.goes_on()) return;
        if (!format->filter.passes(fields)) return tally.leave_out();
        const SourcePlace place{index, static_cast<std::uint32_t>(row)};
        const char* reason = format->decoder.decode(fields, &object, place, record);
        if (reason != nullptr) return output.stats.bad.add(reason, object.key, row);
        tally.add(record);
        output.add(record, RawRecord{&format->names, fields, &object, place});
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

/// The rows of one row group, of which `first_row` is the number of the first one in the file. Errors: the group is
/// damaged.
Status read_group(ColumnFile& file, std::size_t group, std::uint64_t first_row, const source::Object& object,
                  std::uint32_t index, Output& output) {
  Format& format = output.formats.of(file.names());
  if (format.is_transit_gateway || file.rows(group) == 0) return {};
  ColumnDecoder& decoder = format.column_decoder;
  FT_CHECK(decoder.load(file, group, object));
  note_format(format, "parquet", output.stats);
  Tally tally;
  for (std::size_t row = 0; row < file.rows(group) && output.goes_on(); ++row) {
    const std::uint64_t number = first_row + row;
    const SourcePlace place{index, static_cast<std::uint32_t>(number)};
    FlowRecord& record = output.next();
    if (decoder.is_plain()) {
      decoder.decode(row, place, record);
    } else if (const char* reason = format.decoder.decode(decoder.texts(row), &object, place, record);
               reason != nullptr) {
      output.stats.bad.add(reason, object.key, number);
      continue;
    }
    tally.add(record);
    output.add_next();
  }
  tally.add_to(output.stats, object);
  return {};
}

/// A file's name says its slot of five minutes, but not all of its records end there; a day is far more than any
/// delay that was seen.
bool can_hold_records(const source::Object& object, std::optional<UtcSeconds> from, std::optional<UtcSeconds> to) {
  constexpr std::chrono::days kMargin{1};
  if (!object.slot) return true;
  return (!from || object.last_slot.value_or(*object.slot) + kMargin >= *from) && (!to || *object.slot - kMargin < *to);
}

}  // namespace

std::string flow_log_of(const source::Object& object) {
  if (!object.flow_log_id.empty()) return object.flow_log_id;
  const std::size_t slash = object.key.rfind('/');
  return slash == std::string::npos ? "." : object.key.substr(0, slash);
}

void ReadStats::merge(const ReadStats& other) {
  objects += other.objects;
  bytes += other.bytes;
  records += other.records;
  left_out += other.left_out;
  nodata += other.nodata;
  skipdata += other.skipdata;
  transit_gateway_objects += other.transit_gateway_objects;
  if (other.from) from = std::min(from.value_or(*other.from), *other.from);
  if (other.to) to = std::max(to.value_or(*other.to), *other.to);
  formats.insert(other.formats.begin(), other.formats.end());
  missing_fields.insert(other.missing_fields.begin(), other.missing_fields.end());
  saw_accept |= other.saw_accept;
  saw_reject |= other.saw_reject;
  for (const auto& [flow_log, seconds] : other.longest_interval) {
    std::int64_t& longest = longest_interval[flow_log];
    longest = std::max(longest, seconds);
  }
  bad.merge(other.bad);
}

void read_records(const source::Inventory& inventory, std::optional<UtcSeconds> from, std::optional<UtcSeconds> to,
                  SymbolTable& symbols, const RecordSink& sink, ReadStats& stats, const ParquetReader& parquet) {
  const Filter everything;
  Formats formats(symbols, everything);
  const RowSink rows = [&](const FlowRecord& record, const RawRecord& raw) {
    sink(record, raw);
    return true;
  };
  Output output{formats, stats, rows};
  LineIndex unused;
  for (std::size_t i = 0; i < inventory.objects.size(); ++i) {
    const source::Object& object = inventory.objects[i];
    if (!can_hold_records(object, from, to)) continue;
    const auto index = static_cast<std::uint32_t>(i);
    switch (object.kind) {
      case source::ObjectKind::kFlowLogText: TextObject(object, index, output).read(unused, true); break;
      case source::ObjectKind::kFlowLogParquet: read_parquet(object, index, parquet, output); break;
      case source::ObjectKind::kTransitGatewayFlowLog: ++stats.transit_gateway_objects; break;
      default: break;
    }
  }
}

struct RowReader::State {
  State(SymbolTable& symbols, Filter wanted, ParquetReader parquet_in)
      : filter(std::move(wanted)), parquet(std::move(parquet_in)), formats(symbols, filter) {}
  Filter filter;
  ParquetReader parquet;
  Formats formats;
  LineIndex line_index;
};

RowReader::RowReader(SymbolTable& symbols, Filter filter, ParquetReader parquet)
    : state_(std::make_unique<State>(symbols, std::move(filter), std::move(parquet))) {}
RowReader::~RowReader() = default;

void RowReader::read(const source::Object& object, std::uint32_t index, const RowSink& sink, ReadStats& stats) {
  if (!may_hold(state_->filter, object)) return;
  Output output{state_->formats, stats, sink};
  if (object.kind == source::ObjectKind::kFlowLogText) {
    TextObject(object, index, output).read(state_->line_index, false);
  } else if (object.kind == source::ObjectKind::kFlowLogParquet) {
    read_parquet(object, index, state_->parquet, output);
  }
}

namespace {

/// A part of a file that one thread reads.
struct RowGroup {
  std::uint32_t object = 0, group = 0;
  std::uint64_t first_row = 0;  // its number in the file, from 1
};

/// What was bad in an object, or in a row group of it.
struct BadPart {
  static constexpr std::uint32_t kWhole = UINT32_MAX;  // after all groups: the file is damaged
  std::uint32_t object = 0, group = 0;
  BadInput bad;
};

/// One thread of a scan.
class Scanner {
 public:
  Scanner(const source::Inventory& inventory, const ReadOptions& options, SymbolTable& symbols,
          std::unique_ptr<RecordLane> lane)
      : inventory_(inventory),
        plain_(options.plain),
        threads_(thread_count(options.threads)),
        lane_(std::move(lane)),
        path_(options.portable ? LineIndex::Path::kPortable : LineIndex::Path::kBest),
        formats_(symbols, options.filter, path_),
        output_(formats_, stats_, *lane_),
        line_index_(path_) {}

  /// Takes one text object after the other off `queue`, until it is empty or some thread has failed.
  void run(std::span<const std::uint32_t> queue, std::atomic<std::size_t>& next, std::atomic<bool>& failed) {
    while (!failed.load(std::memory_order_relaxed)) {
      const std::size_t at = next.fetch_add(1, std::memory_order_relaxed);
      if (at >= queue.size()) return;
      // With the last objects some threads find nothing more to do, and a core is free to inflate.
      const source::Object& object = inventory_.objects[queue[at]];
      const bool ahead = threads_ > 1 && queue.size() - at < threads_ && object.size >= kWorthAThread;
      TextObject(object, queue[at], output_).read(line_index_, plain_, ahead);
      finish_object(queue[at]);
      if (!output_.status()) failed = true;
    }
  }
  /// The same for row groups.
  void run(std::span<const RowGroup> queue, const ColumnFileOpener& open, std::atomic<std::size_t>& next,
           std::atomic<bool>& failed) {
    std::unique_ptr<ColumnFile> file;
    std::uint32_t opened = 0;
    while (!failed.load(std::memory_order_relaxed)) {
      const std::size_t at = next.fetch_add(1, std::memory_order_relaxed);
      if (at >= queue.size()) return;
      const auto& [index, group, first_row] = queue[at];
      const source::Object& object = inventory_.objects[index];
      if (!file || opened != index) file = open(object);
      opened = index;
      const Status status =
          file ? read_group(*file, group, first_row, object, index, output_) : failure(ErrorCode::kIo, "cannot open");
      if (!status) bad_.emplace_back(index, BadPart::kWhole).bad.add(status.error().what, object.key, 0);
      finish_object(index, group);
      if (!output_.status()) failed = true;
    }
  }
  void read_parquet(std::uint32_t object, const ParquetReader& reader) {
    flowlog::read_parquet(inventory_.objects[object], object, reader, output_);
    finish_object(object);
  }

  [[nodiscard]] const Status& status() const { return output_.status(); }
  /// Counts less `bad`, which is kept by object.
  [[nodiscard]] const ReadStats& stats() const { return stats_; }
  [[nodiscard]] std::vector<BadPart>& bad() { return bad_; }

 private:
  void finish_object(std::uint32_t object, std::uint32_t group = 0) {
    output_.flush();
    if (stats_.bad.total() > 0) bad_.emplace_back(object, group, std::exchange(stats_.bad, {}));
  }

  static constexpr std::uint64_t kWorthAThread = std::uint64_t{256} << 10U;  // stored bytes

  const source::Inventory& inventory_;
  bool plain_;
  unsigned threads_;  // that may work at a time
  std::unique_ptr<RecordLane> lane_;
  ReadStats stats_;
  LineIndex::Path path_;
  Formats formats_;
  Output output_;
  LineIndex line_index_;
  std::vector<BadPart> bad_;
};

/// The row groups of an object that is read by column; false if it is not.
bool add_groups(const source::Object& object, std::uint32_t index, const ColumnFileOpener& open,
                std::vector<RowGroup>& groups, ReadStats& stats) {
  const std::unique_ptr<ColumnFile> file = open(object);
  if (!file) return false;
  std::uint64_t first_row = 1;
  const std::size_t before = groups.size();
  for (std::size_t group = 0; group < file->groups(); ++group) {
    groups.push_back({index, static_cast<std::uint32_t>(group), first_row});
    first_row += file->rows(group);
  }
  if (first_row > 1 && is_transit_gateway(file->names())) {
    groups.resize(before);
    ++stats.transit_gateway_objects;
  } else {
    ++stats.objects;
    stats.bytes += object.size;
  }
  return true;
}

/// What was bad anywhere, in the order of objects: the first places of each reason are those of the first objects.
void merge_bad(std::vector<BadPart> parts, BadInput& bad) {
  std::ranges::sort(parts, {}, [](const BadPart& part) { return std::pair{part.object, part.group}; });
  for (std::size_t i = 0; i < parts.size(); ++i) {
    // Several threads may have met damage in one file, which is one bad object.
    const bool said = i > 0 && parts[i].group == BadPart::kWhole && parts[i - 1].group == BadPart::kWhole &&
                      parts[i - 1].object == parts[i].object;
    if (!said) bad.merge(parts[i].bad);
  }
}

/// An object with so large a part of all bytes that one thread would be left with it in the end is begun early.
void put_big_ones_first(const source::Inventory& inventory, unsigned threads, std::vector<std::uint32_t>& objects) {
  std::uint64_t bytes = 0;
  for (const std::uint32_t object : objects) bytes += inventory.objects[object].size;
  const std::uint64_t big = bytes / (std::uint64_t{4} * threads);
  std::ranges::stable_sort(objects, std::greater{}, [&](std::uint32_t object) {
    const std::uint64_t size = inventory.objects[object].size;
    return size > big ? size : 0;
  });
}

}  // namespace

Status scan_records(const source::Inventory& inventory, const ReadOptions& options, SymbolTable& symbols,
                    const LaneFactory& make_lane, ReadStats& stats, const ParquetFiles& parquet) {
  std::vector<std::uint32_t> texts;
  std::vector<RowGroup> groups;
  std::vector<std::uint32_t> by_row;
  const bool by_column = parquet.columns && !options.plain && options.filter.empty();
  for (std::uint32_t i = 0; i < inventory.objects.size(); ++i) {
    const source::Object& object = inventory.objects[i];
    if (!can_hold_records(object, options.from, options.to) || !may_hold(options.filter, object)) continue;
    if (object.kind == source::ObjectKind::kFlowLogText) texts.push_back(i);
    if (object.kind == source::ObjectKind::kFlowLogParquet) {
      if (!by_column || !add_groups(object, i, parquet.columns, groups, stats)) by_row.push_back(i);
    }
    if (object.kind == source::ObjectKind::kTransitGatewayFlowLog) ++stats.transit_gateway_objects;
  }
  put_big_ones_first(inventory, thread_count(options.threads), texts);
  const std::size_t parts = texts.size() + groups.size();
  const auto threads = static_cast<unsigned>(std::clamp<std::size_t>(parts, 1, thread_count(options.threads)));
  std::vector<std::unique_ptr<Scanner>> scanners;
  for (unsigned i = 0; i < threads; ++i) {
    scanners.push_back(std::make_unique<Scanner>(inventory, options, symbols, make_lane()));
  }
  std::atomic<std::size_t> next_text = 0, next_group = 0;
  std::atomic<bool> failed = false;
  run_on_threads(threads, [&](unsigned thread) {
    scanners[thread]->run(texts, next_text, failed);
    scanners[thread]->run(groups, parquet.columns, next_group, failed);
  });
  for (const std::uint32_t object : by_row) {
    if (!failed && scanners.front()->status()) scanners.front()->read_parquet(object, parquet.rows);
  }
  std::vector<BadPart> bad;
  for (const auto& scanner : scanners) {
    FT_CHECK(scanner->status());
    stats.merge(scanner->stats());
    std::ranges::move(scanner->bad(), std::back_inserter(bad));
  }
  merge_bad(std::move(bad), stats.bad);
  return {};
}

Result<FlowRecord> decode(const RawRecord& raw, SymbolTable& symbols) {
  RecordDecoder decoder(*raw.header, symbols);
  FlowRecord record;
  const char* reason = decoder.decode(raw.fields, raw.object, raw.place, record);
  if (reason != nullptr) return failure(ErrorCode::kCorrupt, "{}", reason);
  return record;
}

}  // namespace flowtrail::flowlog
