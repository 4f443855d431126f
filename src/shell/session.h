// One connection in one dialect, with the tables it can see.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "athena/session.h"
#include "base/bad_input.h"
#include "engine/database.h"
#include "tables/result_writer.h"

namespace flowtrail::shell {

enum class Dialect : std::uint8_t { kAthena, kDuckdb };

struct TableColumn {
  std::string name;
  std::string type;
};

/// Not thread-safe, except `interrupt`. `connection` must outlive it.
class Session {
 public:
  /// Errors: those of athena::Session::open.
  [[nodiscard]] static Result<std::unique_ptr<Session>> open(engine::Connection& connection, Dialect dialect,
                                                             athena::SessionOptions options);

  /// Errors: with the place in `text`.
  [[nodiscard]] engine::SqlResult<void> run(const std::string& text, const tables::ScriptOutput& output);
  /// Makes the running statement fail with USER_CANCELED. May be called from another thread.
  void interrupt() { connection_.interrupt(); }

  /// Tables and views, in order of the alphabet.
  [[nodiscard]] engine::SqlResult<std::vector<std::string>> table_names();
  /// In the order of the table. Errors: TABLE_NOT_FOUND and what a view's query meets.
  [[nodiscard]] engine::SqlResult<std::vector<TableColumn>> columns(std::string_view table);
  /// Functions that can be called, by name.
  [[nodiscard]] std::vector<std::string> function_names();

  /// What works here and fails on Athena, of the statements since the last call.
  [[nodiscard]] std::vector<dialect::Warning> take_warnings();
  [[nodiscard]] Dialect dialect() const { return dialect_; }
  /// Broken lines and records of tables made by DDL, so far.
  [[nodiscard]] BadInput bad_input() const { return athena_->bad_input(); }

 private:
  Session(engine::Connection& connection, Dialect dialect, std::unique_ptr<athena::Session> athena);

  using Cells = std::vector<std::vector<std::string>>;
  engine::SqlResult<Cells> cells(const std::string& athena, const std::string& duckdb);

  engine::Connection& connection_;
  Dialect dialect_;
  std::unique_ptr<athena::Session> athena_;
  std::size_t warnings_taken_ = 0;
};

}  // namespace flowtrail::shell
