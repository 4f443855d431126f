#include "cli/sql_sources.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "tables/tables.h"

namespace flowtrail::cli {

void add_source_options(CLI::App& command, SourceArguments& arguments) {
  command.add_option("--snapshot", arguments.snapshots, "describe-* JSON or AWS Config file that fixes the state")
      ->allow_extra_args(false);
  command.add_option("--snapshot-time", arguments.snapshot_time, "Time of snapshots that carry none (UTC, ISO 8601)");
  command.add_option("SOURCE", arguments.sources, "Folder or file with logs; none is needed for plain SQL");
}

Result<ingest::Options> ingest_options(const SourceArguments& arguments) {
  ingest::Options options;
  options.sources = arguments.sources;
  options.snapshots = arguments.snapshots;
  options.scanners = &attribution::ScannerList::shipped();
  if (arguments.snapshot_time) {
    FT_TRY(options.snapshot_time, parse_utc(*arguments.snapshot_time));
  }
  return options;
}

void add_dialect_options(CLI::App& command, DialectArguments& arguments) {
  command.add_option("--dialect", arguments.dialect, "athena or duckdb")
      ->check(CLI::IsMember({"athena", "duckdb"}))
      ->capture_default_str();
  command.add_flag("--strict", arguments.strict, "Refuse what Athena refuses instead of warning");
  command.add_option("--catalog", arguments.catalog,
                     "File that keeps databases, tables and views between runs; made if missing");
  command.add_option("--map", arguments.maps, "s3://bucket/prefix/=FOLDER: where the objects of a LOCATION are")
      ->allow_extra_args(false);
  command.add_flag("--no-pushdown", arguments.no_pushdown)->group("");  // to compare with
}

Result<athena::SessionOptions> session_options(const DialectArguments& arguments) {
  athena::SessionOptions options;
  options.strict = arguments.strict;
  options.pushdown = !arguments.no_pushdown;
  if (arguments.catalog) options.catalog = *arguments.catalog;
  for (const std::string& mapping : arguments.maps) FT_CHECK(options.places.add(mapping));
  return options;
}

Result<OpenDatabase> open_database(const ingest::Options& options) {
  FT_TRY(engine::Database database, engine::Database::open({}));
  FT_TRY(engine::Connection connection, database.connect());
  std::shared_ptr<const tables::ScanReport> report;
  if (!options.sources.empty() || !options.snapshots.empty()) {
    FT_TRY(report, tables::register_tables(connection, options));
  }
  return OpenDatabase{std::move(database), std::move(connection), std::move(report)};
}

}  // namespace flowtrail::cli
