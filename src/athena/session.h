// A session of Athena's SQL: each statement is translated, run on DuckDB and answered in Trino's forms; Hive's DDL and
// views live in a catalog, prepared statements and tables made in memory as long as the session.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "athena/catalog_tables.h"
#include "athena/place_map.h"
#include "athena/raw_table.h"
#include "catalog/catalog.h"
#include "dialect/natives.h"
#include "dialect/tables.h"
#include "dialect/translate.h"
#include "engine/database.h"
#include "hive/statement.h"
#include "tables/result_writer.h"

namespace flowtrail::athena {

struct SessionOptions {
  bool strict = false;
  bool check = false;    // parse, translate and bind without running
  bool pushdown = true;  // false: readers deliver all rows, and the engine filters; for comparison
  std::optional<std::filesystem::path> catalog;  // a file; none: in memory
  PlaceMap places;
};

/// Not thread-safe. `connection` must outlive the session.
class Session {
 public:
  /// Errors: those of catalog::Catalog::open.
  [[nodiscard]] static Result<std::unique_ptr<Session>> open(engine::Connection& connection, SessionOptions options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Runs the statements in order up to the first that fails. Errors: with the place in `script`.
  [[nodiscard]] engine::SqlResult<void> run(std::string_view script, const tables::ScriptOutput& output);
  /// What works here and fails on Athena, of all statements so far, with their places.
  [[nodiscard]] const std::vector<dialect::Warning>& warnings() const { return warnings_; }
  /// Broken lines and records of raw tables.
  [[nodiscard]] BadInput bad_input() const { return report_->bad(); }
  [[nodiscard]] catalog::Catalog& catalog() { return catalog_; }

 private:
  Session(engine::Connection& connection, catalog::Catalog catalog, SessionOptions options);

  // Each returns whether the statement had an answer.
  engine::SqlResult<bool> run_statement(std::string_view text, dialect::Position position,
                                        const tables::ScriptOutput& output);
  engine::SqlResult<bool> run_translated(std::string_view text, dialect::Position position,
                                         const tables::ScriptOutput& output);
  engine::SqlResult<bool> carry_out(dialect::Translation& translation, const tables::ScriptOutput& output);
  engine::SqlResult<void> query(const dialect::Translation& translation, const tables::ScriptOutput& output);
  engine::SqlResult<void> explain(const dialect::Translation& translation, const tables::ScriptOutput& output);
  engine::SqlResult<void> create_view(const dialect::Translation& translation);
  engine::SqlResult<void> create_table(const dialect::Translation& translation);
  engine::SqlResult<void> drop_view(const dialect::Statement& statement);
  engine::SqlResult<bool> show_functions(const dialect::Statement& statement, const tables::ScriptOutput& output);

  // Hive's statements (hive_statements.cc).
  struct HiveRunner;
  engine::SqlResult<bool> run_hive(const hive::Statement& statement, std::string_view text, dialect::Position position,
                                   const tables::ScriptOutput& output);

  engine::Connection& connection_;
  SessionOptions options_;
  catalog::Catalog catalog_;
  std::shared_ptr<RawReport> report_;
  CatalogTables tables_;
  dialect::Natives natives_;
  std::map<std::string, std::string> prepared_;
  std::vector<dialect::Warning> warnings_;
};

/// The text of a name with its database, as messages print it.
[[nodiscard]] std::string qualified(std::string_view database, std::string_view name);

}  // namespace flowtrail::athena
