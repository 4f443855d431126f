// What `sql` and `shell` have in common: the options that name SOURCEs, snapshots, catalog and places, and the database
// over them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "athena/session.h"
#include "base/error.h"
#include "engine/database.h"
#include "ingest/ingest.h"
#include "tables/scan_report.h"

namespace CLI {
class App;
}

namespace flowtrail::cli {

struct SourceArguments {
  std::vector<std::string> snapshots;
  std::optional<std::string> snapshot_time;
  std::vector<std::string> sources;
};

/// `arguments` must outlive the parsing of the command line.
void add_source_options(CLI::App& command, SourceArguments& arguments);

/// Errors: kUsage for a time that is none.
[[nodiscard]] Result<ingest::Options> ingest_options(const SourceArguments& arguments);

/// How statements are read, and where the tables of their DDL are.
struct DialectArguments {
  std::string dialect = "athena";
  bool strict = false;
  bool no_pushdown = false;
  std::optional<std::string> catalog;
  std::vector<std::string> maps;
};

/// `arguments` must outlive the parsing of the command line.
void add_dialect_options(CLI::App& command, DialectArguments& arguments);

/// Errors: kUsage for a mapping that is none.
[[nodiscard]] Result<athena::SessionOptions> session_options(const DialectArguments& arguments);

struct OpenDatabase {
  engine::Database database;
  engine::Connection connection;
  std::shared_ptr<const tables::ScanReport> report;  // none without SOURCEs
};

/// A database in memory with the tables of the SOURCEs. Errors: of listing them.
[[nodiscard]] Result<OpenDatabase> open_database(const ingest::Options& options);

}  // namespace flowtrail::cli
