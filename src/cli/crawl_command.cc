// `flowtrail crawl SOURCE...`: which tables the logs would make; with --register, makes them in a catalog.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "athena/glue_tables.h"
#include "base/utc_time.h"
#include "catalog/catalog.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "hive/create_table_text.h"
#include "output/result_table.h"
#include "source/inventory.h"

namespace flowtrail::cli {
namespace {

struct CrawlArguments {
  std::vector<std::string> sources;
  bool registers = false;
  std::string names = "glue";
  std::string prefix;
  std::string database{catalog::kDefaultDatabase};
  std::optional<std::string> catalog;
  std::optional<std::string> format;
};

Status register_found(const CrawlArguments& arguments, const std::vector<athena::FoundTable>& tables) {
  FT_TRY(catalog::Catalog catalog, catalog::Catalog::open(*arguments.catalog));
  FT_TRY([[maybe_unused]] const bool made, catalog.create_database({arguments.database, {}, {}, {}, {}}, true));
  for (const athena::FoundTable& table : tables) {
    hive::CreateExternalTable definition = table.definition;
    definition.table.database = arguments.database;
    FT_TRY([[maybe_unused]] const bool created, catalog.create({arguments.database,
                                                                definition.table.name,
                                                                catalog::EntryKind::kExternalTable,
                                                                hive::create_table_text(definition),
                                                                {},
                                                                {},
                                                                {}},
                                                               true, false));
  }
  return {};
}

output::Table as_table(const std::vector<athena::FoundTable>& tables) {
  output::Table result;
  for (const char* name : {"table_name", "kind", "format"}) result.columns.push_back({name, "varchar", {}, {}});
  for (const char* name : {"objects", "bytes"}) result.columns.push_back({name, "bigint", {}, {}});
  for (const char* name : {"first_object", "last_object", "partitions", "location"}) {
    result.columns.push_back({name, "varchar", {}, {}});
  }
  const auto time = [](const std::optional<UtcSeconds>& slot) -> output::Value {
    if (!slot) return std::monostate{};
    return format_utc(*slot);
  };
  for (const athena::FoundTable& table : tables) {
    std::string partitions;
    for (const hive::Column& column : table.definition.partition_columns) {
      partitions += (partitions.empty() ? "" : "/") + column.name;
    }
    result.rows.push_back({table.definition.table.name, table.kind, table.format,
                           static_cast<std::int64_t>(table.objects), static_cast<std::int64_t>(table.bytes),
                           time(table.first), time(table.last), partitions, table.definition.location});
  }
  return result;
}

Result<int> crawl(const CrawlArguments& arguments) {
  output::Format format = isatty(STDOUT_FILENO) != 0 ? output::Format::kTable : output::Format::kTsv;
  if (arguments.format) {
    FT_TRY(format, output::parse_format(*arguments.format));
  }
  if (arguments.registers && !arguments.catalog) {
    Error error{ErrorCode::kUsage, "tables are registered in a catalog, and none is given", {}, {}};
    error.hint = "--catalog FILE; the same file goes to flowtrail sql and shell";
    return std::unexpected(std::move(error));
  }
  FT_TRY(const source::Inventory inventory, source::list(arguments.sources, {}));
  FT_TRY(const std::vector<athena::FoundTable> tables, athena::find_tables(inventory, arguments.prefix));
  if (arguments.registers) FT_CHECK(register_found(arguments, tables));
  FT_CHECK(print_result(output::render(as_table(tables), format, table_width())));
  if (arguments.registers) print_note(fmt::format("{} tables are in {}", tables.size(), *arguments.catalog));
  return inventory.unreadable.total() > 0 ? kPartialInput : kDone;
}

}  // namespace

void add_crawl_command(CLI::App& app, int& exit_code) {
  // Shared: the callback outlives this function.
  auto arguments = std::make_shared<CrawlArguments>();
  CLI::App* command = app.add_subcommand("crawl", "Find the logs below folders, and the tables that they make");
  command->add_option("SOURCE", arguments->sources, "Folder or file with logs")->required();
  command->add_flag("--register", arguments->registers,
                    "Make the tables in the catalog; those of these names are made anew");
  command->add_option("--catalog", arguments->catalog, "File of the catalog; made if missing");
  command->add_option("--database", arguments->database, "Database of the tables")->capture_default_str();
  command
      ->add_option("--names", arguments->names, "glue: prefix and last folder before the partitions, as a Glue crawler")
      ->check(CLI::IsMember({"glue"}))
      ->capture_default_str();
  command->add_option("--table-prefix", arguments->prefix, "What the tables' names begin with");
  command->add_option("--output", arguments->format,
                      "table, csv, tsv, json, ndjson or markdown (a terminal gets a table, anything else tsv)");
  command->callback([arguments, &exit_code] {
    const auto code = crawl(*arguments);
    if (!code) print_error(code.error());
    exit_code = code ? *code : exit_code_of(code.error());
  });
}

}  // namespace flowtrail::cli
