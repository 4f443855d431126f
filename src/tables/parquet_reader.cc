#include "tables/parquet_reader.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "engine/parquet_rows.h"
#include "parquet/file_reader.h"

namespace flowtrail::tables {
namespace {

using engine::ResultColumn;

bool has_column(const std::vector<ResultColumn>& columns, std::string_view name) {
  return std::ranges::find(columns, name, &ResultColumn::name) != columns.end();
}

std::string sql_of(const flowlog::OneOfNumbers& test, const std::string& name) {
  if (test.values.empty()) return "false";
  return fmt::format("{} IN ({})", name, fmt::join(test.values, ", "));
}

std::string sql_of(const flowlog::NumberRange& test, const std::string& name) {
  std::string sql = name + " IS NOT NULL";
  if (test.least) sql += fmt::format(" AND {} >= {}", name, *test.least);
  if (test.greatest) sql += fmt::format(" AND {} <= {}", name, *test.greatest);
  return sql;
}

std::string sql_of(const flowlog::OneOfTexts& test, const std::string& name) {
  if (test.values.empty()) return "false";
  std::string list;
  for (const std::string& value : test.values) list += (list.empty() ? "" : ", ") + engine::quote_literal(value);
  return fmt::format("{} IN ({})", name, list);
}

std::string sql_of(const flowlog::TextPrefix& test, const std::string& name) {
  return fmt::format("starts_with({}, {})", name, engine::quote_literal(test.prefix));
}

/// What one test means for a column of the file; empty where the file may hold what SQL compares in another way:
/// numbers as texts, milliseconds. A lake's times are seconds.
std::string condition_of(const flowlog::Predicate& predicate, const std::vector<ResultColumn>& columns) {
  std::string name = predicate.column;
  std::ranges::replace(name, '-', '_');
  const auto column = std::ranges::find(columns, name, &ResultColumn::name);
  if (column == columns.end()) return {};
  const bool is_time = name == "start" || name == "end";
  const bool is_number = column->type == "integer" || column->type == "bigint";
  if (is_time && !has_column(columns, "source_key")) return {};
  const std::string quoted = engine::quote_identifier(name);
  if (const auto* test = std::get_if<flowlog::OneOfNumbers>(&predicate.test)) {
    return is_number ? sql_of(*test, quoted) : std::string{};
  }
  if (const auto* test = std::get_if<flowlog::NumberRange>(&predicate.test)) {
    return is_number ? sql_of(*test, quoted) : std::string{};
  }
  if (column->type != "varchar") return {};
  if (const auto* test = std::get_if<flowlog::OneOfTexts>(&predicate.test)) return sql_of(*test, quoted);
  if (const auto* test = std::get_if<flowlog::TextPrefix>(&predicate.test)) return sql_of(*test, quoted);
  return {};
}

std::string condition_of(const flowlog::Filter& filter, const std::vector<ResultColumn>& columns) {
  std::string all;
  for (const flowlog::Predicate& predicate : filter.predicates) {
    const std::string one = condition_of(predicate, columns);
    if (!one.empty()) all += (all.empty() ? "" : " AND ") + one;
  }
  return all;
}

flowlog::Header dashed_names(const parquet::FileReader& reader) {
  flowlog::Header names;
  for (const parquet::Column& column : reader.columns()) {
    std::ranges::replace(names.emplace_back(column.name), '_', '-');
  }
  return names;
}

/// One column of a row group as texts.
class TextColumn {
 public:
  Status read(parquet::FileReader& reader, std::size_t group, std::size_t column) {
    FT_CHECK(reader.read(group, column, values_));
    if (!values_.texts().empty()) return {};
    // The views are good only as long as the digits do not move.
    digits_.clear();
    digits_.reserve(values_.numbers().size() * kDigits);
    numbers_.assign(1, {});
    for (const std::int64_t number : values_.numbers().subspan(1)) {
      const fmt::format_int text(number);
      const char* const begin = digits_.data() + digits_.size();
      digits_.insert(digits_.end(), text.data(), text.data() + text.size());
      numbers_.emplace_back(begin, text.size());
    }
    return {};
  }

  /// `-` for NULL and the like. Good until the next row group is read.
  [[nodiscard]] std::string_view text(std::size_t row) const {
    const std::uint32_t code = values_.codes()[row];
    const std::string_view text = values_.texts().empty() ? numbers_[code] : values_.texts()[code];
    return text.empty() || text == "None" ? std::string_view{"-"} : text;
  }

 private:
  static constexpr std::size_t kDigits = 20;  // of the longest number, with its sign
  parquet::CodedColumn values_;
  std::vector<std::string_view> numbers_;  // by code
  std::vector<char> digits_;
};

/// The rows of a file that flowtrail wrote, as engine::read_parquet_rows gives them.
Status read_own_file(
    parquet::FileReader& reader,
    const std::function<void(const flowlog::Header&, std::span<const std::string_view>, std::uint64_t row)>& sink) {
  const flowlog::Header names = dashed_names(reader);
  std::vector<TextColumn> columns(names.size());
  std::vector<std::string_view> fields(names.size());
  std::uint64_t first_row = 1;
  Status status;
  for (std::size_t group = 0; group < reader.groups(); first_row += reader.rows(group++)) {
    Status read;
    for (std::size_t i = 0; i < columns.size() && read; ++i) read = columns[i].read(reader, group, i);
    if (!read) {
      if (status) status = read;
      continue;
    }
    for (std::size_t row = 0; row < reader.rows(group); ++row) {
      for (std::size_t i = 0; i < columns.size(); ++i) fields[i] = columns[i].text(row);
      sink(names, fields, first_row + row);
    }
  }
  return status;
}

/// A file that flowtrail wrote, by column.
class OwnFile final : public flowlog::ColumnFile {
 public:
  explicit OwnFile(parquet::FileReader reader)
      : reader_(std::move(reader)), names_(dashed_names(reader_)), columns_(names_.size()) {}

  [[nodiscard]] const std::vector<std::string>& names() const override { return names_; }
  [[nodiscard]] std::size_t groups() const override { return reader_.groups(); }
  [[nodiscard]] std::size_t rows(std::size_t group) const override { return reader_.rows(group); }
  [[nodiscard]] Result<flowlog::ColumnValues> read(std::size_t group, std::size_t column) override {
    parquet::CodedColumn& values = columns_[column];
    FT_CHECK(reader_.read(group, column, values));
    return flowlog::ColumnValues{values.codes(), values.texts(), values.numbers()};
  }

 private:
  parquet::FileReader reader_;
  flowlog::Header names_;
  std::vector<parquet::CodedColumn> columns_;
};

}  // namespace

Result<engine::Connection*> ParquetConnection::connection() {
  if (!connection_) {
    FT_TRY(database_, engine::Database::open({.memory_limit = "256MB", .temporary_folder = {}, .threads = 1}));
    FT_TRY(connection_, database_->connect());
  }
  return &*connection_;
}

Status ParquetConnection::read(
    const std::filesystem::path& path,
    const std::function<void(const flowlog::Header&, std::span<const std::string_view>, std::uint64_t row)>& sink,
    const flowlog::Filter& filter) {
  // With conditions DuckDB is faster: it leaves out row groups, and columns of rows that do not pass.
  if (filter.predicates.empty()) {
    auto own = parquet::FileReader::open(path);
    if (own) return read_own_file(*own, sink);
  }
  const std::scoped_lock lock{mutex_};
  FT_TRY(engine::Connection * opened, connection());
  return engine::read_parquet_rows(*opened, path, sink, [&](const std::vector<engine::ResultColumn>& columns) {
    return condition_of(filter, columns);
  });
}

Result<std::vector<std::string>> ParquetConnection::column_names(const std::filesystem::path& path) {
  const std::scoped_lock lock{mutex_};
  FT_TRY(engine::Connection * opened, connection());
  return engine::parquet_column_names(*opened, path);
}

flowlog::ParquetReader parquet_reader(const flowlog::Filter& filter) {
  // Shared: std::function must be copyable, and its copies should use one database.
  auto connection = std::make_shared<ParquetConnection>();
  return
      [connection, filter](const source::Object& object, std::uint32_t /*object_index*/,
                           const auto& row_sink) -> Status { return connection->read(object.path, row_sink, filter); };
}

flowlog::ParquetFiles parquet_files() {
  return {parquet_reader(), [](const source::Object& object) -> std::unique_ptr<flowlog::ColumnFile> {
            auto reader = parquet::FileReader::open(object.path);
            if (!reader) return nullptr;
            return std::make_unique<OwnFile>(*std::move(reader));
          }};
}

}  // namespace flowtrail::tables
