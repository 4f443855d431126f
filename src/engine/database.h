// DuckDB as values and owners: a database in memory, connections, scripts, results that stream. Nothing of DuckDB's own
// interface leaves this folder. Extensions are never fetched and secrets never stored; times are UTC.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/sql_error.h"
#include "engine/value_view.h"
#include "output/result_table.h"

struct _duckdb_connection;

namespace flowtrail::engine {

struct CursorErrorSlot;

struct DatabaseOptions {
  std::string memory_limit = "512MB";      // beyond it DuckDB spills to `temporary_folder`
  std::filesystem::path temporary_folder;  // made when needed, removed at the end; empty: an own one in the system's
  int threads = 0;                         // 0: one per core
};

struct ResultColumn {
  std::string name;
  std::string type;  // Trino's name: boolean, bigint, varchar, timestamp(6), array(varchar), row(a bigint), json, ...
};

/// Up to 2048 rows of a result. Columns and rows count from 0.
class Chunk {
 public:
  struct State;
  explicit Chunk(std::unique_ptr<State> state);
  ~Chunk();
  Chunk(Chunk&&) noexcept;
  Chunk& operator=(Chunk&&) noexcept;
  Chunk(const Chunk&) = delete;
  Chunk& operator=(const Chunk&) = delete;

  [[nodiscard]] std::size_t row_count() const;
  [[nodiscard]] bool is_null(std::size_t column, std::size_t row) const;
  /// The bytes of a VARCHAR or BLOB column, valid as long as the chunk. Empty for NULL and for other types.
  [[nodiscard]] std::string_view text(std::size_t column, std::size_t row) const;
  /// The value of a BOOLEAN or integer column of up to 64 bits; 0 for NULL and for other types.
  [[nodiscard]] std::int64_t integer(std::size_t column, std::size_t row) const;
  /// Any value as it is printed: lists of texts as TextList, other nested values as JSON text, timestamps as ISO 8601
  /// with `Z`, decimals as text, doubles as JSON numbers in their shortest exact form.
  [[nodiscard]] output::Value value(std::size_t column, std::size_t row) const;
  /// Any value with its parts, valid as long as the chunk.
  [[nodiscard]] ValueView view(std::size_t column, std::size_t row) const;

 private:
  std::unique_ptr<State> state_;
};

/// The outcome of one statement, delivered in chunks while it is computed. Must not outlive its connection; a
/// connection runs one statement at a time, so take all chunks, or destroy the result, before running the next.
class QueryResult {
 public:
  struct State;
  explicit QueryResult(std::unique_ptr<State> state);
  ~QueryResult();
  QueryResult(QueryResult&&) noexcept;
  QueryResult& operator=(QueryResult&&) noexcept;
  QueryResult(const QueryResult&) = delete;
  QueryResult& operator=(const QueryResult&) = delete;

  /// True for statements that return rows (SELECT, SHOW, ...), false for those that only do something.
  [[nodiscard]] bool has_rows() const;
  [[nodiscard]] const std::vector<ResultColumn>& columns() const;
  /// The next rows, or nothing at the end. Errors: of the running statement, of cursors of table functions.
  [[nodiscard]] SqlResult<std::optional<Chunk>> next();

 private:
  std::unique_ptr<State> state_;
};

/// Statements separated by `;`, taken apart but not yet looked at: a later one may use what an earlier one creates.
class Script {
 public:
  struct State;
  explicit Script(std::unique_ptr<State> state);
  ~Script();
  Script(Script&&) noexcept;
  Script& operator=(Script&&) noexcept;
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] const std::string& text() const;

 private:
  friend class Connection;
  std::unique_ptr<State> state_;
};

/// Not thread-safe, except `interrupt`. Must not outlive its database.
class Connection {
 public:
  struct State;
  explicit Connection(std::unique_ptr<State> state);
  ~Connection();
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Errors: SYNTAX_ERROR with the place in the whole script. Empty text is an empty script.
  [[nodiscard]] SqlResult<Script> parse(std::string sql);
  /// Runs statement `index`. Errors: of binding and of running until the first rows; places count in the whole script.
  [[nodiscard]] SqlResult<QueryResult> run(const Script& script, std::size_t index);
  /// Parses and runs a single statement.
  [[nodiscard]] SqlResult<QueryResult> query(std::string sql);
  /// Runs every statement and drops their rows.
  [[nodiscard]] SqlResult<void> execute(std::string sql);
  /// All rows of a single statement, for results known to be small.
  [[nodiscard]] SqlResult<output::Table> fetch_all(std::string sql);

  /// Makes the running statement fail with USER_CANCELED. May be called from another thread.
  void interrupt();

  [[nodiscard]] _duckdb_connection* native() const;
  /// Ends the transaction of a result that was left half read: functions that are registered in it would go with it.
  /// No result of this connection can be read on.
  void settle();
  /// Where cursors of table functions leave their error; shared with the functions, which the database owns.
  [[nodiscard]] const std::shared_ptr<CursorErrorSlot>& cursor_error_slot() const;

 private:
  std::unique_ptr<State> state_;
};

class Database {
 public:
  /// Opens a database in memory. Cost: about 20 ms. Errors: kIo.
  [[nodiscard]] static Result<Database> open(const DatabaseOptions& options);
  ~Database();
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] Result<Connection> connect();

 private:
  struct State;
  explicit Database(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// `text` as an SQL string literal, with its quotes.
[[nodiscard]] std::string quote_literal(std::string_view text);
/// `name` as an SQL identifier, with its quotes.
[[nodiscard]] std::string quote_identifier(std::string_view name);

}  // namespace flowtrail::engine
