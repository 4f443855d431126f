// The tables that a statement can see: those of a catalog, and in database `default` flowtrail's own.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "athena/place_map.h"
#include "athena/raw_table.h"
#include "catalog/catalog.h"
#include "dialect/tables.h"
#include "engine/database.h"

namespace flowtrail::athena {

/// Not thread-safe. All must outlive it.
class CatalogTables : public dialect::Tables {
 public:
  /// `folder`: where the files of made tables are; empty: none are made.
  CatalogTables(engine::Connection& connection, catalog::Catalog& catalog, PlaceMap places,
                std::filesystem::path folder, std::shared_ptr<RawReport> report);

  [[nodiscard]] std::string default_schema() const override { return schema_; }
  [[nodiscard]] bool has_schema(std::string_view catalog, std::string_view schema) const override;
  [[nodiscard]] engine::SqlResult<std::optional<dialect::Table>> find(std::string_view catalog, std::string_view schema,
                                                                      std::string_view name) const override;
  /// Where the rows of a table are that was made in memory; the entry's `data` is this name.
  void add_made(std::string relation, std::vector<dialect::TableColumn> columns) {
    made_[std::move(relation)] = std::move(columns);
  }
  /// USE.
  void set_default_schema(std::string schema) { schema_ = std::move(schema); }

  /// An external table of the catalog as its objects are read.
  [[nodiscard]] Result<RawTable> raw_table(const catalog::Entry& entry) const;
  /// Names of flowtrail's own tables.
  [[nodiscard]] std::vector<std::string> own_tables() const;

 private:
  [[nodiscard]] engine::SqlResult<dialect::Table> external(const catalog::Entry& entry) const;
  [[nodiscard]] engine::SqlResult<dialect::Table> made(const catalog::Entry& entry) const;
  [[nodiscard]] std::optional<dialect::Table> own(std::string_view name) const;
  [[nodiscard]] engine::SqlResult<std::optional<dialect::Table>> information(std::string_view name) const;

  engine::Connection& connection_;
  catalog::Catalog& catalog_;
  PlaceMap places_;
  std::filesystem::path folder_;
  std::shared_ptr<RawReport> report_;
  std::string schema_{catalog::kDefaultDatabase};
  std::map<std::string, std::vector<dialect::TableColumn>> made_;  // in memory
  mutable std::map<std::string, std::string> relations_;           // of tables with a SerDe, by name and definition
};

/// The columns of a made table, as they are kept in its file: `name<TAB>type` lines.
[[nodiscard]] std::string column_lines(const std::vector<dialect::TableColumn>& columns);
[[nodiscard]] std::vector<dialect::TableColumn> read_column_lines(std::string_view text);

}  // namespace flowtrail::athena
