#include "engine/table_function.h"

#include <duckdb.h>

#include <algorithm>
#include <utility>

#include "engine/callback.h"

namespace flowtrail::engine {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;

template <typename T>
void write(void* vector, std::size_t row, T value) {
  static_cast<T*>(duckdb_vector_get_data(static_cast<duckdb_vector>(vector)))[row] = value;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_valid_utf8(std::string_view text) {
  if (is_ascii(text)) return true;
  duckdb_error_data error = duckdb_valid_utf8_check(text.data(), text.size());
  const bool valid = error == nullptr || !duckdb_error_data_has_error(error);
  if (error != nullptr) duckdb_destroy_error_data(&error);
  return valid;
}

/// Keeps the valid sequences and puts U+FFFD for every other byte.
std::string with_replacements(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    std::size_t length = 1;
    while (length < 4 && length < text.size() && (static_cast<unsigned char>(text[length]) & 0xc0U) == 0x80U) ++length;
    if (is_valid_utf8(text.substr(0, length))) {
      result += text.substr(0, length);
      text.remove_prefix(length);
    } else {
      result += "\xef\xbf\xbd";
      text.remove_prefix(1);
    }
  }
  return result;
}

void assign_text(duckdb_vector vector, std::size_t row, std::string_view text) {
  if (is_valid_utf8(text)) {
    duckdb_unsafe_vector_assign_string_element_len(vector, row, text.data(), text.size());
  } else {
    const std::string clean = with_replacements(text);
    duckdb_unsafe_vector_assign_string_element_len(vector, row, clean.data(), clean.size());
  }
}

duckdb_logical_type make_type(ColumnType type) {
  switch (type) {
    case ColumnType::kBoolean: return duckdb_create_logical_type(DUCKDB_TYPE_BOOLEAN);
    case ColumnType::kInteger: return duckdb_create_logical_type(DUCKDB_TYPE_INTEGER);
    case ColumnType::kBigint: return duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    case ColumnType::kDouble: return duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
    case ColumnType::kTimestamp: return duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP);
    case ColumnType::kVarcharList: {
      duckdb_logical_type item = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
      duckdb_logical_type list = duckdb_create_list_type(item);
      duckdb_destroy_logical_type(&item);
      return list;
    }
    case ColumnType::kVarchar: break;
  }
  return duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
}

/// What DuckDB keeps for the function.
struct Registered {
  TableFunction function;
  std::shared_ptr<CursorErrorSlot> errors;  // shared with the connection, which may be closed before the database
};

/// What DuckDB keeps for one scan.
struct Scan {
  std::unique_ptr<Cursor> cursor;
  AskedColumns asked;  // columns the cursor writes
};

void bind(duckdb_bind_info info) noexcept {
  auto* registered = static_cast<Registered*>(duckdb_bind_get_extra_info(info));
  guarded(
      *registered->errors, [info](const char* text) { duckdb_bind_set_error(info, text); },
      [&]() -> Status {
        for (const TableColumn& column : registered->function.columns) {
          duckdb_logical_type type = make_type(column.type);
          duckdb_bind_add_result_column(info, column.name.c_str(), type);
          duckdb_destroy_logical_type(&type);
        }
        if (registered->function.on_bind) registered->function.on_bind();
        auto bound = std::make_unique<BoundFilter>(bound_filter(info));
        duckdb_bind_set_bind_data(info, bound.release(), destroy<BoundFilter>);
        return {};
      });
}

void init(duckdb_init_info info) noexcept {
  auto* registered = static_cast<Registered*>(duckdb_init_get_extra_info(info));
  guarded(
      *registered->errors, [info](const char* text) { duckdb_init_set_error(info, text); },
      [&]() -> Status {
        auto scan = std::make_unique<Scan>();
        scan->asked = asked_columns(info, registered->function.columns.size());
        if (registered->function.open_filtered) {
          const auto* bound = static_cast<const BoundFilter*>(duckdb_init_get_bind_data(info));
          FT_TRY(scan->cursor, registered->function.open_filtered(scan->asked.columns, bound->text));
        } else {
          FT_TRY(scan->cursor, registered->function.open(scan->asked.columns));
        }
        duckdb_init_set_max_threads(info, 1);
        duckdb_init_set_init_data(info, scan.release(), destroy<Scan>);
        return {};
      });
}

void fill(duckdb_function_info info, duckdb_data_chunk output) noexcept {
  auto* registered = static_cast<Registered*>(duckdb_function_get_extra_info(info));
  auto* scan = static_cast<Scan*>(duckdb_function_get_init_data(info));
  guarded(
      *registered->errors, [info](const char* text) { duckdb_function_set_error(info, text); },
      [&]() -> Status {
        RowWriter rows;
        rows.columns.reserve(scan->asked.chunk_columns.size());
        for (const idx_t column : scan->asked.chunk_columns) {
          rows.columns.emplace_back(duckdb_data_chunk_get_vector(output, column));
        }
        FT_TRY(const std::size_t count, scan->cursor->fill(rows));
        duckdb_data_chunk_set_size(output, count);
        return {};
      });
}

}  // namespace

void ColumnWriter::null(std::size_t row) {
  auto* vector = static_cast<duckdb_vector>(vector_);
  duckdb_vector_ensure_validity_writable(vector);
  duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
}

void ColumnWriter::boolean(std::size_t row, bool value) {
  write(vector_, row, value);
}

void ColumnWriter::integer(std::size_t row, std::int32_t value) {
  write(vector_, row, value);
}

void ColumnWriter::bigint(std::size_t row, std::int64_t value) {
  write(vector_, row, value);
}

void ColumnWriter::real(std::size_t row, double value) {
  write(vector_, row, value);
}

void ColumnWriter::text(std::size_t row, std::string_view value) {
  assign_text(static_cast<duckdb_vector>(vector_), row, value);
}

void ColumnWriter::text_or_null(std::size_t row, std::string_view value) {
  if (value.empty()) {
    null(row);
  } else {
    text(row, value);
  }
}

void ColumnWriter::timestamp(std::size_t row, UtcSeconds value) {
  write(vector_, row, to_seconds(value) * kMicrosPerSecond);
}

void ColumnWriter::timestamp(std::size_t row, const std::optional<UtcSeconds>& value) {
  if (value) {
    timestamp(row, *value);
  } else {
    null(row);
  }
}

void ColumnWriter::list(std::size_t row, std::span<const std::string> values) {
  auto* vector = static_cast<duckdb_vector>(vector_);
  const idx_t offset = duckdb_list_vector_get_size(vector);
  duckdb_list_vector_reserve(vector, offset + values.size());
  duckdb_vector child = duckdb_list_vector_get_child(vector);
  for (std::size_t i = 0; i < values.size(); ++i) assign_text(child, offset + i, values[i]);
  duckdb_list_vector_set_size(vector, offset + values.size());
  write(vector_, row, duckdb_list_entry{offset, values.size()});
}

Status register_table_function(Connection& connection, TableFunction function) {
  const std::string name = function.name;
  const bool takes_filter = function.open_filtered != nullptr;
  return register_table(connection, name, takes_filter,
                        std::make_unique<Registered>(std::move(function), connection.cursor_error_slot()),
                        {.bind = bind, .init = init, .fill = fill});
}

}  // namespace flowtrail::engine
