// Runs a script in Athena's dialect: each statement is translated, run on DuckDB and answered in Trino's forms. Views,
// tables made by CREATE TABLE AS and prepared statements live as long as the session.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "dialect/natives.h"
#include "dialect/tables.h"
#include "dialect/translate.h"
#include "engine/database.h"
#include "tables/result_writer.h"

namespace flowtrail::tables {

struct AthenaOptions {
  bool strict = false;
  bool check = false;  // parse, translate and bind without running
};

/// The tables of a DuckDB database, as schema `default` of catalog `awsdatacatalog`, and the session's own views.
class DatabaseTables : public dialect::Tables {
 public:
  /// `connection` must outlive this.
  explicit DatabaseTables(engine::Connection& connection) : connection_(connection) {}

  [[nodiscard]] std::optional<dialect::Table> find(std::string_view catalog, std::string_view schema,
                                                   std::string_view name) const override;
  void set_view(const std::string& name, std::string text) { views_[name] = std::move(text); }
  bool drop_view(const std::string& name) { return views_.erase(name) > 0; }
  [[nodiscard]] const std::map<std::string, std::string>& views() const { return views_; }

 private:
  engine::Connection& connection_;
  std::map<std::string, std::string> views_;  // lower-case name -> query
};

/// Not thread-safe. `connection` must outlive the session.
class AthenaSession {
 public:
  AthenaSession(engine::Connection& connection, AthenaOptions options);

  /// Runs the statements in order up to the first that fails. Errors: with the place in `script`.
  [[nodiscard]] engine::SqlResult<void> run(std::string_view script, const ScriptOutput& output);
  /// What works here and fails on Athena, of all statements so far, with their places.
  [[nodiscard]] const std::vector<dialect::Warning>& warnings() const { return warnings_; }

 private:
  engine::SqlResult<bool> run_statement(std::string_view text, dialect::Position position, const ScriptOutput& output);
  engine::SqlResult<bool> carry_out(dialect::Translation& translation, const ScriptOutput& output);
  engine::SqlResult<void> query(const dialect::Translation& translation, const ScriptOutput& output);
  engine::SqlResult<void> create_table(const dialect::Translation& translation);
  engine::SqlResult<void> drop(const dialect::Statement& statement);
  engine::SqlResult<bool> show_tables(const dialect::Statement& statement, const ScriptOutput& output);
  engine::SqlResult<bool> show_columns(const dialect::Statement& statement, const ScriptOutput& output);

  engine::Connection& connection_;
  AthenaOptions options_;
  DatabaseTables tables_;
  std::map<std::string, std::string> prepared_;
  std::vector<dialect::Warning> warnings_;
  dialect::Natives natives_;
};

}  // namespace flowtrail::tables
