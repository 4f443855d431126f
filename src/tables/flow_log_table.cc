#include "tables/flow_log_table.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "flowlog/reader.h"
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

/// One scan over the columns that a statement asks for.
class Scan {
 public:
  Scan(std::vector<FlowLogColumn> asked, std::shared_ptr<const source::Inventory> inventory,
       std::shared_ptr<ScanReport> report)
      : asked_(std::move(asked)),
        inventory_(std::move(inventory)),
        report_(std::move(report)),
        fields_(asked_.size(), kNoField) {}

  Status run(RowStream& stream) {
    for (const source::Object& object : inventory_->objects) {
      if (stream.stopped()) break;
      if (is_flow_log(object)) read(object, stream);
    }
    stats_.bad.merge(bad_values_);
    report_->set_flow_scan({stats_.records, duplicates_, std::move(stats_.bad)});
    return {};
  }

 private:
  /// The reader takes an inventory; one object at a time lets a statement with LIMIT stop early.
  void read(const source::Object& object, RowStream& stream) {
    source::Inventory one;
    one.objects.push_back(object);
    day_ = day_of(object);
    flowlog::read_records(
        one, std::nullopt, std::nullopt, symbols_,
        [&](const flowlog::FlowRecord& record, const flowlog::RawRecord& raw) {
          if (stream.stopped()) return;
          if (!seen_.insert(fingerprint(record))) {
            ++duplicates_;
            return;
          }
          add_row(record, raw, object, stream);
        },
        stats_, parquet_);
  }

  void add_row(const flowlog::FlowRecord& record, const flowlog::RawRecord& raw, const source::Object& object,
               RowStream& stream) {
    if (header_ != *raw.header) find_fields(*raw.header);
    RowBuffer& row = stream.row();
    for (std::size_t i = 0; i < asked_.size(); ++i) add_cell(i, record, raw, object, row);
    stream.end_row();
  }

  void find_fields(const flowlog::Header& header) {
    header_ = header;
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      const auto found = std::ranges::find(header, asked_[i].field);
      fields_[i] = found == header.end() ? kNoField : static_cast<std::size_t>(found - header.begin());
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

  std::vector<FlowLogColumn> asked_;
  std::shared_ptr<const source::Inventory> inventory_;
  // Own to the scan: two scans of one join would wait for each other over one reader for good.
  flowlog::ParquetReader parquet_ = parquet_reader();
  std::shared_ptr<ScanReport> report_;
  std::vector<std::size_t> fields_;  // of each asked column: its place in `header_`
  flowlog::Header header_;
  std::string day_;
  flowlog::SymbolTable symbols_;
  flowlog::ReadStats stats_;
  FingerprintSet seen_;
  std::uint64_t duplicates_ = 0;
  BadInput bad_values_;
};

}  // namespace

engine::TableFunction flow_log_table(std::string name, std::vector<FlowLogColumn> columns,
                                     std::shared_ptr<const source::Inventory> inventory,
                                     std::shared_ptr<ScanReport> report) {
  engine::TableFunction function;
  function.name = std::move(name);
  for (const FlowLogColumn& column : columns) function.columns.push_back({column.name, column.type});
  function.open = [columns = std::move(columns), inventory = std::move(inventory), report = std::move(report)](
                      std::span<const std::size_t> wanted) -> Result<std::unique_ptr<engine::Cursor>> {
    std::vector<FlowLogColumn> asked;
    std::vector<ColumnType> types;
    for (const std::size_t column : wanted) {
      asked.push_back(columns[column]);
      types.push_back(columns[column].type);
    }
    // Shared: std::function must be copyable.
    auto scan = std::make_shared<Scan>(std::move(asked), inventory, report);
    return stream_rows(std::move(types), [scan](RowStream& stream) { return scan->run(stream); });
  };
  return function;
}

}  // namespace flowtrail::tables
