#include "lake/batch.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

#include "engine/table_function.h"
#include "flowlog/fields.h"
#include "flowlog/reader.h"
#include "tables/parquet_reader.h"
#include "tables/row_stream.h"

namespace flowtrail::lake {
namespace {

using engine::ColumnType;

struct Column {
  std::string name;  // in SQL
  ColumnType type = ColumnType::kVarchar;
  bool is_start = false, is_end = false;
};

Column column_of(const std::string& field) {
  Column column{field, ColumnType::kVarchar, field == "start", field == "end"};
  std::ranges::replace(column.name, '-', '_');
  const flowlog::FieldInfo* known = flowlog::find_field(field);
  if (known == nullptr) return column;
  if (known->type == flowlog::FieldType::kInt) column.type = ColumnType::kInteger;
  if (known->type == flowlog::FieldType::kBigint) column.type = ColumnType::kBigint;
  return column;
}

/// A header with a name twice, or with one of our own, has no place in a table.
bool is_usable(const flowlog::Header& header) {
  flowlog::Header names = header;
  names.insert(names.end(), {"source-key", "source-line"});
  std::ranges::sort(names);
  return std::ranges::adjacent_find(names) == names.end();
}

/// What the scan and the one who waits for it share.
struct Batch {
  std::vector<const source::Object*> objects;
  flowlog::Header header;
  std::vector<Column> columns;
  bool with_place = true;
  Written written;
};

struct FirstHeader {
  flowlog::Header names;   // empty when there is no record
  std::size_t object = 0;  // that has it
};

/// The header of the first record.
FirstHeader first_header(const std::vector<const source::Object*>& objects, const flowlog::ParquetReader& parquet) {
  flowlog::SymbolTable symbols;
  flowlog::RowReader reader(symbols, {}, parquet);
  FirstHeader first;
  for (std::size_t i = 0; i < objects.size() && first.names.empty(); ++i) {
    flowlog::ReadStats unused;
    reader.read(
        *objects[i], 0,
        [&](const flowlog::FlowRecord&, const flowlog::RawRecord& raw) {
          first = {*raw.header, i};
          return false;
        },
        unused);
  }
  return first;
}

/// Writes the records of a batch as rows.
class Scan {
 public:
  Scan(Batch& batch, flowlog::ParquetReader parquet) : batch_(batch), reader_(symbols_, {}, std::move(parquet)) {}

  /// For objects without records: only looks for bad input.
  void run() {
    for (std::size_t i = 0; i < batch_.objects.size(); ++i) {
      flowlog::ReadStats stats;
      reader_.read(
          *batch_.objects[i], 0, [](const flowlog::FlowRecord&, const flowlog::RawRecord&) { return true; }, stats);
      finish(i, stats, true);
    }
  }

  Status run(tables::RowStream& stream) {
    for (std::size_t i = 0; i < batch_.objects.size() && !stream.stopped(); ++i) read(i, stream);
    if (!batch_.written.misfits.empty()) return failure(ErrorCode::kUnsupported, "not of one format");
    return {};
  }

 private:
  void read(std::size_t index, tables::RowStream& stream) {
    const source::Object& object = *batch_.objects[index];
    flowlog::ReadStats stats;
    bool fits = true;
    reader_.read(
        object, 0,
        [&](const flowlog::FlowRecord& record, const flowlog::RawRecord& raw) {
          fits = fits && (raw.header == header_ || *raw.header == batch_.header);
          if (fits) {
            header_ = raw.header;
            add_row(record, raw, object, stats.bad, stream.row());
            stream.end_row();
          }
          return !stream.stopped();
        },
        stats);
    finish(index, stats, fits);
  }

  void finish(std::size_t index, const flowlog::ReadStats& stats, bool fits) {
    batch_.written.records += stats.records;
    batch_.written.bad.merge(stats.bad);
    if (!fits || stats.bad.total() > 0 || stats.transit_gateway_objects > 0) batch_.written.misfits.push_back(index);
  }

  void add_row(const flowlog::FlowRecord& record, const flowlog::RawRecord& raw, const source::Object& object,
               BadInput& bad, tables::RowBuffer& row) {
    const std::size_t fields = batch_.columns.size();
    for (std::size_t i = 0; i < fields; ++i) {
      const Column& column = batch_.columns[i];
      const std::string_view text = raw.fields[i];
      if (text.empty() || text == "-") {
        row.add_null(i);
      } else if (column.is_start || column.is_end) {
        row.add_number(i, column.is_start ? record.start : record.end);
      } else if (column.type == ColumnType::kVarchar) {
        row.add_text(i, text);
      } else {
        add_number(i, text, {object.key, record.place.line}, bad, row);
      }
    }
    if (!batch_.with_place) return;
    row.add_text(fields, object.key);
    row.add_number(fields + 1, record.place.line);
  }

  void add_number(std::size_t column, std::string_view text, const BadInput::Place& place, BadInput& bad,
                  tables::RowBuffer& row) {
    std::int64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool fits = batch_.columns[column].type == ColumnType::kBigint || std::in_range<std::int32_t>(value);
    if (fault == std::errc{} && end == text.data() + text.size() && fits) return row.add_number(column, value);
    bad.add("not a number in " + batch_.header[column], place.object, place.line);
    row.add_null(column);
  }

  Batch& batch_;
  flowlog::SymbolTable symbols_;
  flowlog::RowReader reader_;
  const flowlog::Header* header_ = nullptr;  // the reader's, once it was compared
};

engine::TableFunction batch_function(std::string name, const std::shared_ptr<Batch>& batch,
                                     const flowlog::ParquetReader& parquet) {
  engine::TableFunction function;
  function.name = std::move(name);
  std::vector<ColumnType> types;
  for (const Column& column : batch->columns) function.columns.push_back({column.name, column.type});
  if (batch->with_place) {
    function.columns.push_back({"source_key", ColumnType::kVarchar});
    function.columns.push_back({"source_line", ColumnType::kBigint});
  }
  for (const engine::TableColumn& column : function.columns) types.push_back(column.type);
  function.open = [batch, types,
                   parquet](std::span<const std::size_t> asked) -> Result<std::unique_ptr<engine::Cursor>> {
    if (asked.size() != types.size()) return failure(ErrorCode::kUsage, "all columns have to be asked for");
    auto scan = std::make_shared<Scan>(*batch, parquet);
    return tables::stream_rows(types, [scan, batch](tables::RowStream& stream) { return scan->run(stream); });
  };
  return function;
}

std::string copy_statement(const std::string& function, const Batch& batch, bool sorted,
                           const std::filesystem::path& path) {
  std::string order;
  for (const char* name : {"interface_id", "start"}) {
    if (!sorted || std::ranges::find(batch.columns, name, &Column::name) == batch.columns.end()) continue;
    order += (order.empty() ? " ORDER BY " : ", ") + engine::quote_identifier(name);
  }
  return fmt::format("COPY (SELECT * FROM {}(){}) TO {} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 61440)",
                     engine::quote_identifier(function), order, engine::quote_literal(path.string()));
}

}  // namespace

Result<Written> write_batch(engine::Connection& connection, const BatchOptions& options,
                            const std::vector<const source::Object*>& objects, const std::filesystem::path& path) {
  const flowlog::ParquetReader parquet = tables::parquet_reader();
  auto batch = std::make_shared<Batch>();
  batch->objects = objects;
  const FirstHeader first = first_header(objects, parquet);
  if (!is_usable(first.names)) return Written{.records = 0, .misfits = {first.object}, .bad = {}};
  batch->header = first.names;
  if (batch->header.empty()) {
    Scan(*batch, parquet).run();
    return std::move(batch->written);
  }
  for (const std::string& field : batch->header) batch->columns.push_back(column_of(field));
  batch->with_place = options.with_place;
  const std::string function = fmt::format("flowtrail_batch_{}", options.number);
  FT_CHECK(engine::register_table_function(connection, batch_function(function, batch, parquet)));
  const auto copied = connection.execute(copy_statement(function, *batch, options.sorted, path));
  if (!copied && batch->written.misfits.empty()) return std::unexpected(static_cast<const Error&>(copied.error()));
  return std::move(batch->written);
}

}  // namespace flowtrail::lake
