#include "engine/value_table.h"

#include <duckdb.h>

#include <algorithm>
#include <utility>

#include "engine/callback.h"
#include "engine/value_vector.h"

namespace flowtrail::engine {
namespace {

constexpr std::size_t kRows = 2048;  // of a chunk

/// What DuckDB keeps for the function.
struct Registered {
  ValueTable table;
  std::shared_ptr<CursorErrorSlot> errors;
};

/// What DuckDB keeps for one reading.
struct Reading {
  std::shared_ptr<ValueScan> scan;
  AskedColumns asked;
};

/// What DuckDB keeps for one thread of a reading.
struct ThreadReading {
  std::unique_ptr<ValueCursor> cursor;
  std::vector<trino::Value> row;
};

void bind(duckdb_bind_info info) noexcept {
  auto* registered = static_cast<Registered*>(duckdb_bind_get_extra_info(info));
  guarded(
      *registered->errors, [info](const char* text) { duckdb_bind_set_error(info, text); },
      [&]() -> Status {
        for (const ValueColumn& column : registered->table.columns) {
          duckdb_logical_type type = logical_type_of(column.type);
          duckdb_bind_add_result_column(info, column.name.c_str(), type);
          duckdb_destroy_logical_type(&type);
        }
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
        auto reading = std::make_unique<Reading>();
        reading->asked = asked_columns(info, registered->table.columns.size());
        const auto* bound = static_cast<const BoundFilter*>(duckdb_init_get_bind_data(info));
        FT_TRY(reading->scan, registered->table.open(reading->asked.columns, bound->text));
        duckdb_init_set_max_threads(info, std::max<idx_t>(1, reading->scan->most_cursors()));
        duckdb_init_set_init_data(info, reading.release(), destroy<Reading>);
        return {};
      });
}

void init_thread(duckdb_init_info info) noexcept {
  auto reading = std::make_unique<ThreadReading>();
  duckdb_init_set_init_data(info, reading.release(), destroy<ThreadReading>);
}

void fill(duckdb_function_info info, duckdb_data_chunk output) noexcept {
  auto* registered = static_cast<Registered*>(duckdb_function_get_extra_info(info));
  auto* reading = static_cast<Reading*>(duckdb_function_get_init_data(info));
  auto* thread = static_cast<ThreadReading*>(duckdb_function_get_local_init_data(info));
  guarded(
      *registered->errors, [info](const char* text) { duckdb_function_set_error(info, text); },
      [&]() -> Status {
        if (!thread->cursor) {
          FT_TRY(thread->cursor, reading->scan->open_cursor());
          thread->row.resize(reading->asked.columns.size());
        }
        std::size_t count = 0;
        for (; count < kRows; ++count) {
          FT_TRY(const bool more, thread->cursor->next(thread->row));
          if (!more) break;
          for (std::size_t i = 0; i < thread->row.size(); ++i) {
            write_value(registered->table.columns[reading->asked.columns[i]].type, thread->row[i],
                        duckdb_data_chunk_get_vector(output, reading->asked.chunk_columns[i]), count);
          }
        }
        duckdb_data_chunk_set_size(output, count);
        return {};
      });
}

}  // namespace

Status register_value_table(Connection& connection, ValueTable table) {
  const std::string name = table.name;
  return register_table(connection, name, true,
                        std::make_unique<Registered>(std::move(table), connection.cursor_error_slot()),
                        {.bind = bind, .init = init, .init_thread = init_thread, .fill = fill});
}

}  // namespace flowtrail::engine
