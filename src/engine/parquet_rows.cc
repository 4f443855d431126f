#include "engine/parquet_rows.h"

#include <algorithm>
#include <system_error>

namespace flowtrail::engine {
namespace {

/// SQL that turns a column into the text that AWS's text files would hold.
std::string text_expression(const ResultColumn& column) {
  const std::string name = quote_identifier(column.name);
  if (column.type == "real" || column.type == "double") {
    return fmt::format(
        "CASE WHEN isfinite({0}) AND {0} = trunc({0}) THEN CAST(CAST({0} AS HUGEINT) AS VARCHAR) "
        "ELSE CAST({0} AS VARCHAR) END",
        name);
  }
  if (column.type.starts_with("timestamp"))
    return fmt::format("CAST(CAST(floor(epoch({0})) AS BIGINT) AS VARCHAR)", name);
  if (column.type == "varbinary") return fmt::format("decode({0})", name);  // texts written without the UTF8 mark
  return fmt::format("CAST({0} AS VARCHAR)", name);
}

Error as_corrupt(Error error) {
  if (error.code != ErrorCode::kCancelled) error.code = ErrorCode::kCorrupt;
  error.hint.clear();
  return error;
}

template <typename T>
Result<T> read(SqlResult<T> result) {
  if (result) return *std::move(result);
  const Error& error = result.error();
  return std::unexpected(as_corrupt(error));
}

std::string from_file(const std::filesystem::path& path, std::string_view options = {}) {
  return fmt::format(" FROM read_parquet({}, hive_partitioning = false{})", quote_path(path), options);
}

Result<std::vector<ResultColumn>> read_columns(Connection& connection, const std::filesystem::path& path) {
  std::error_code fault;
  if (!std::filesystem::exists(path, fault)) {
    return failure(ErrorCode::kNotFound, "no such file: {}", path.string());
  }
  FT_TRY(const QueryResult shape, read(connection.query("SELECT *" + from_file(path) + " LIMIT 0")));
  return shape.columns();
}

std::vector<std::string> dashed_names(const std::vector<ResultColumn>& columns) {
  std::vector<std::string> names;
  for (const ResultColumn& column : columns) std::ranges::replace(names.emplace_back(column.name), '_', '-');
  return names;
}

}  // namespace

std::string quote_path(const std::filesystem::path& path) {
  std::string pattern;
  for (const char c : std::filesystem::absolute(path).string()) {
    if (c == '*' || c == '?' || c == '[') {
      pattern += {'[', c, ']'};
    } else {
      pattern += c;
    }
  }
  return quote_literal(pattern);
}

Status read_parquet_rows(Connection& connection, const std::filesystem::path& path, const ParquetRowSink& sink,
                         const ParquetCondition& condition) {
  FT_TRY(const std::vector<ResultColumn> columns, read_columns(connection, path));
  const std::vector<std::string> names = dashed_names(columns);
  std::string list;
  for (const ResultColumn& column : columns) list += (list.empty() ? "" : ", ") + text_expression(column);
  const std::string wanted = condition ? condition(columns) : std::string{};
  list += list.empty() ? "file_row_number" : ", file_row_number";
  std::string query = "SELECT " + list + from_file(path, ", file_row_number = true");
  if (!wanted.empty()) query += " WHERE " + wanted;
  FT_TRY(QueryResult result, read(connection.query(std::move(query))));
  std::vector<std::string_view> fields(names.size());
  while (true) {
    FT_TRY(const std::optional<Chunk> chunk, read(result.next()));
    if (!chunk) return {};
    for (std::size_t row = 0; row < chunk->row_count(); ++row) {
      for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string_view text = chunk->text(i, row);
        // Files that went through Python spell a missing value `None`.
        fields[i] = text.empty() || text == "None" ? std::string_view{"-"} : text;
      }
      sink(names, fields, static_cast<std::uint64_t>(chunk->integer(names.size(), row)) + 1);
    }
  }
}

Result<std::vector<std::string>> parquet_column_names(Connection& connection, const std::filesystem::path& path) {
  FT_TRY(const std::vector<ResultColumn> columns, read_columns(connection, path));
  return dashed_names(columns);
}

}  // namespace flowtrail::engine
