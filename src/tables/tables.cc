#include "tables/tables.h"

#include <fmt/ranges.h>

#include <utility>

#include "tables/event_table.h"
#include "tables/flow_log_table.h"
#include "tables/history_tables.h"
#include "tables/lazy_evidence.h"
#include "tables/memory_table.h"
#include "tables/usage_tables.h"

namespace flowtrail::tables {
namespace {

/// Scans stand behind views, so that SHOW TABLES and DESCRIBE know the tables; users never type this name.
std::string function_name(const std::string& table) {
  return "flowtrail_scan_" + table;
}

Status add_view(engine::Connection& connection, const std::string& table, engine::TableFunction function,
                const std::string& columns) {
  const std::string scan = function.name;
  FT_CHECK(engine::register_table_function(connection, std::move(function)));
  FT_CHECK(connection.execute(fmt::format("CREATE VIEW {} AS SELECT {} FROM {}()", table, columns, scan)));
  return {};
}

std::vector<MemoryTable> memory_tables() {
  std::vector<MemoryTable> tables = history_tables();
  for (MemoryTable& table : usage_tables()) tables.push_back(std::move(table));
  return tables;
}

}  // namespace

std::vector<std::string> table_names() {
  std::vector<std::string> names{"vpc_flow_logs", "cloudtrail_logs"};
  for (const MemoryTable& table : memory_tables()) names.push_back(table.name);
  return names;
}

Result<std::shared_ptr<const ScanReport>> register_tables(engine::Connection& connection, ingest::Options options) {
  // Shared with the table functions, which live as long as the database.
  auto report = std::make_shared<ScanReport>();
  options.parquet = parquet_files();
  FT_TRY(source::Inventory listed, source::list(options.sources, options.snapshots));
  auto inventory = std::make_shared<const source::Inventory>(std::move(listed));
  report->set_inventory(*inventory);

  FT_CHECK(add_view(
      connection, "vpc_flow_logs",
      flow_log_table(function_name("vpc_flow_logs"), flow_log_columns(read_headers(*inventory)), inventory, report),
      "*"));
  FT_CHECK(add_view(connection, "cloudtrail_logs", event_table(function_name("cloudtrail_logs"), inventory, report),
                    event_view_columns()));
  auto evidence = std::make_shared<LazyEvidence>(std::move(options), report);
  for (MemoryTable& table : memory_tables()) {
    const std::string name = table.name;
    FT_CHECK(add_view(connection, name, memory_table_function(function_name(name), std::move(table), evidence), "*"));
  }
  evidence->forget_announcements();  // making a view names its function
  return report;
}

}  // namespace flowtrail::tables
