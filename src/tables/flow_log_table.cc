#include "tables/flow_log_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "base/in_order.h"
#include "base/threads.h"
#include "flowlog/reader.h"
#include "tables/filter_text.h"
#include "tables/fingerprint_set.h"
#include "tables/parquet_reader.h"
#include "tables/row_stream.h"

namespace flowtrail::tables {
namespace {

using engine::ColumnType;
using Origin = FlowLogColumn::Origin;

constexpr std::size_t kNoField = std::numeric_limits<std::size_t>::max();

bool is_flow_log(const source::Object& object) {
  return object.kind == source::ObjectKind::kFlowLogText || object.kind == source::ObjectKind::kFlowLogParquet;
}

std::string day_of(const source::Object& object) {
  return object.slot ? format_utc(*object.slot).substr(0, 10) : std::string{};
}

/// What may be left out before copies are. Copies agree in these columns, so all of them pass or none; of other columns
/// the copy that is kept decides, and which one that is must not depend on the filter. Which objects are looked at is
/// the statement's to say.
flowlog::Filter safe_with_copies(const flowlog::Filter& filter) {
  constexpr std::array<std::string_view, 12> kSafe = {"interface_id", "srcaddr",  "dstaddr",        "srcport",
                                                      "dstport",      "protocol", "start",          "end",
                                                      "action",       "day",      "aws_account_id", "aws_region"};
  flowlog::Filter safe;
  for (const flowlog::Predicate& predicate : filter.predicates) {
    std::string name = predicate.column;
    std::ranges::replace(name, '-', '_');
    if (std::ranges::find(kSafe, name) != kSafe.end()) safe.predicates.push_back(predicate);
  }
  return safe;
}

/// Makes rows of records; one for each thread.
class RowMaker {
 public:
  /// `symbols` must outlive the maker; all threads share one, so that copies look the same to all.
  RowMaker(flowlog::SymbolTable& symbols, std::vector<FlowLogColumn> asked, const flowlog::Filter& filter)
      // The Parquet reader is own to the maker: two scans of one join would wait for each other over one for good.
      : reader_(symbols, filter, parquet_reader(filter)), asked_(std::move(asked)), fields_(asked_.size(), kNoField) {}

  /// Each record of the object, until `sink` says false.
  template <typename Sink>
  void read(const source::Object& object, flowlog::ReadStats& stats, const Sink& sink) {
    day_ = day_of(object);
    reader_.read(object, 0, sink, stats);
    stats.bad.merge(std::exchange(bad_values_, {}));
  }

  void add_row(const flowlog::FlowRecord& record, const flowlog::RawRecord& raw, const source::Object& object,
               RowBuffer& row) {
    if (header_ != raw.header) find_fields(raw.header);
    for (std::size_t i = 0; i < asked_.size(); ++i) add_cell(i, record, raw, object, row);
  }

 private:
  void find_fields(const flowlog::Header* header) {
    header_ = header;
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      const auto found = std::ranges::find(*header, asked_[i].field);
      fields_[i] = found == header->end() ? kNoField : static_cast<std::size_t>(found - header->begin());
    }
  }

  void add_cell(std::size_t column, const flowlog::FlowRecord& record, const flowlog::RawRecord& raw,
                const source::Object& object, RowBuffer& row) {
    switch (asked_[column].origin) {
      case Origin::kPath: row.add_text(column, object.key); return;
      case Origin::kLine: row.add_number(column, record.place.line); return;
      case Origin::kAccount: add_text(column, object.account, row); return;
      case Origin::kRegion: add_text(column, object.region, row); return;
      case Origin::kDay: add_text(column, day_, row); return;
      case Origin::kField:
      case Origin::kStart:
      case Origin::kEnd: break;
    }
    const std::size_t field = fields_[column];
    const std::string_view text = field < raw.fields.size() ? raw.fields[field] : std::string_view{"-"};
    if (text == "-") {
      row.add_null(column);
    } else if (asked_[column].origin == Origin::kStart) {
      row.add_number(column, record.start);
    } else if (asked_[column].origin == Origin::kEnd) {
      row.add_number(column, record.end);
    } else if (asked_[column].type == ColumnType::kVarchar) {
      row.add_text(column, text);
    } else {
      add_number(column, text, object, record.place.line, row);
    }
  }

  static void add_text(std::size_t column, std::string_view text, RowBuffer& row) {
    if (text.empty()) {
      row.add_null(column);
    } else {
      row.add_text(column, text);
    }
  }

  void add_number(std::size_t column, std::string_view text, const source::Object& object, std::uint32_t line,
                  RowBuffer& row) {
    std::int64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool fits = asked_[column].type == ColumnType::kBigint || std::in_range<std::int32_t>(value);
    if (fault == std::errc{} && end == text.data() + text.size() && fits) {
      row.add_number(column, value);
    } else {
      bad_values_.add("not a number in " + asked_[column].field, object.key, line);
      row.add_null(column);
    }
  }

  flowlog::RowReader reader_;
  std::vector<FlowLogColumn> asked_;
  std::vector<std::size_t> fields_;          // of each asked column: its place in `header_`
  const flowlog::Header* header_ = nullptr;  // of the reader, which keeps one for each format
  std::string day_;
  BadInput bad_values_;
};

/// All rows of one object, with what tells copies.
struct ObjectRows {
  RowBuffer rows;
  std::vector<std::uint64_t> prints;  // of each row
  flowlog::ReadStats stats;
};

/// One scan over the columns that a statement asks for. Small objects are read side by side, as whole rows that wait
/// for their turn; large ones alone, row by row. Copies are left out in the order of the objects, whatever the threads.
class Scan {
 public:
  Scan(std::vector<FlowLogColumn> asked, const flowlog::Filter& filter,
       std::shared_ptr<const source::Inventory> inventory, std::shared_ptr<ScanReport> report)
      : asked_(std::move(asked)),
        filter_(safe_with_copies(filter)),
        inventory_(std::move(inventory)),
        report_(std::move(report)) {
    for (const FlowLogColumn& column : asked_) types_.push_back(column.type);
  }

  Status run(RowStream& stream) {
    std::vector<const source::Object*> small;
    for (const source::Object& object : inventory_->objects) {
      if (!is_flow_log(object)) continue;
      if (is_small(object)) {
        small.push_back(&object);
        continue;
      }
      read_side_by_side(small, stream);
      small.clear();
      read_alone(object, stream);
    }
    read_side_by_side(small, stream);
    report_->set_flow_scan({stats_.records, duplicates_, std::move(stats_.bad)});
    return {};
  }

 private:
  static constexpr std::uint64_t kSmall = std::uint64_t{8} << 20U;          // bytes as stored
  static constexpr std::uint64_t kSmallColumns = std::uint64_t{48} << 20U;  // of Parquet, whose rows take fewer

  /// Whether the rows that are asked for may wait as a whole. With conditions, files of Parquet are DuckDB's to read,
  /// which has memory enough for one at a time.
  [[nodiscard]] bool is_small(const source::Object& object) const {
    if (object.kind == source::ObjectKind::kFlowLogText) return object.size <= kSmall;
    return filter_.predicates.empty() && object.size * (asked_.size() + 1) <= kSmallColumns;
  }

  RowMaker& maker(std::size_t thread) {
    if (!makers_[thread]) makers_[thread] = std::make_unique<RowMaker>(symbols_, asked_, filter_);
    return *makers_[thread];
  }

  void read_alone(const source::Object& object, RowStream& stream) {
    if (stream.stopped()) return;
    makers_.resize(std::max<std::size_t>(makers_.size(), 1));
    RowMaker& rows = maker(0);
    rows.read(object, stats_, [&](const flowlog::FlowRecord& record, const flowlog::RawRecord& raw) {
      if (seen_.insert(fingerprint(record))) {
        rows.add_row(record, raw, object, stream.row());
        stream.end_row();
      } else {
        ++duplicates_;
      }
      return !stream.stopped();
    });
  }

  void read_side_by_side(const std::vector<const source::Object*>& objects, RowStream& stream) {
    const unsigned threads = thread_count(0);
    makers_.resize(std::max<std::size_t>(makers_.size(), threads));
    for_each_in_order(
        objects.size(), threads,
        [&](unsigned thread, std::size_t index) {
          ObjectRows rows{RowBuffer{types_}, {}, {}};
          if (!stream.stopped()) fill(maker(thread), *objects[index], stream, rows);
          return rows;
        },
        [&](std::size_t /*index*/, const ObjectRows& rows) { pass_on(rows, stream); });
  }

  static void fill(RowMaker& maker, const source::Object& object, const RowStream& stream, ObjectRows& rows) {
    maker.read(object, rows.stats, [&](const flowlog::FlowRecord& record, const flowlog::RawRecord& raw) {
      rows.prints.push_back(fingerprint(record));
      maker.add_row(record, raw, object, rows.rows);
      rows.rows.end_row();
      return !stream.stopped();
    });
  }

  void pass_on(const ObjectRows& rows, RowStream& stream) {
    stats_.merge(rows.stats);
    for (std::size_t i = 0; i < rows.prints.size() && !stream.stopped(); ++i) {
      if (!seen_.insert(rows.prints[i])) {
        ++duplicates_;
        continue;
      }
      stream.row().add_row(rows.rows, i);
      stream.end_row();
    }
  }

  std::vector<FlowLogColumn> asked_;
  std::vector<ColumnType> types_;
  flowlog::Filter filter_;
  std::shared_ptr<const source::Inventory> inventory_;
  std::shared_ptr<ScanReport> report_;
  flowlog::SymbolTable symbols_;
  std::vector<std::unique_ptr<RowMaker>> makers_;  // by thread, made when first needed
  flowlog::ReadStats stats_;
  FingerprintSet seen_;
  std::uint64_t duplicates_ = 0;
};

}  // namespace

engine::TableFunction flow_log_table(std::string name, std::vector<FlowLogColumn> columns,
                                     std::shared_ptr<const source::Inventory> inventory,
                                     std::shared_ptr<ScanReport> report) {
  engine::TableFunction function;
  function.name = std::move(name);
  for (const FlowLogColumn& column : columns) function.columns.push_back({column.name, column.type});
  function.open_filtered = [columns = std::move(columns), inventory = std::move(inventory), report = std::move(report)](
                               std::span<const std::size_t> wanted,
                               std::string_view filter_text) -> Result<std::unique_ptr<engine::Cursor>> {
    std::vector<FlowLogColumn> asked;
    std::vector<ColumnType> types;
    for (const std::size_t column : wanted) {
      asked.push_back(columns[column]);
      types.push_back(columns[column].type);
    }
    FT_TRY(const flowlog::Filter filter, read_filter(filter_text));
    // Shared: std::function must be copyable.
    auto scan = std::make_shared<Scan>(std::move(asked), filter, inventory, report);
    return stream_rows(std::move(types), [scan](RowStream& stream) { return scan->run(stream); });
  };
  return function;
}

}  // namespace flowtrail::tables
