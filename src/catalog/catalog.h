// Databases, tables, views and partitions as Athena keeps them in Glue, here in one SQLite file (or in memory).
//
// Every change is one transaction, on disk when it returns. Several processes may use one file; a change waits up to 5
// seconds for another. Errors of all calls: those of sqlite/database.h, kNotFound for a database or table that is not
// there, kUsage for one that is or that is of another kind; `hint` says what to do.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "catalog/entry.h"
#include "hive/statement.h"
#include "sqlite/database.h"

namespace flowtrail::catalog {

/// The database that every catalog has and that cannot be dropped.
constexpr std::string_view kDefaultDatabase = "default";

/// Not thread-safe: one for each thread, on the same file if need be.
class Catalog {
 public:
  /// Opens or makes the file; its folder has to be there. nullopt: in memory, gone with the object. Errors:
  /// kUnsupported for a catalog of a later flowtrail and for an SQLite file of something else.
  [[nodiscard]] static Result<Catalog> open(const std::optional<std::filesystem::path>& file);

  // Databases.

  /// By name.
  [[nodiscard]] Result<std::vector<DatabaseInfo>> databases() const;
  [[nodiscard]] Result<std::optional<DatabaseInfo>> find_database(std::string_view name) const;
  /// False: it was there already, and `if_not_exists`. An empty `created` becomes the present time.
  [[nodiscard]] Result<bool> create_database(DatabaseInfo database, bool if_not_exists);
  /// Keys that are there get the new value.
  [[nodiscard]] Status set_database_properties(std::string_view name, const hive::Properties& properties);
  /// Returns what went with it, by name, so that the files of made tables can be removed; nothing if there was no such
  /// database, and `if_exists`. Without `cascade` a database that is not empty is an error.
  [[nodiscard]] Result<std::vector<Entry>> drop_database(std::string_view name, bool if_exists, bool cascade);

  // Tables and views.

  /// nullopt: no such table, or no such database.
  [[nodiscard]] Result<std::optional<Entry>> find(std::string_view database, std::string_view name) const;
  /// By name.
  [[nodiscard]] Result<std::vector<Entry>> entries(std::string_view database) const;
  /// `canonical` is made here, and an empty `created` becomes the present time. False: the name was taken already, and
  /// `if_not_exists`. `replace` takes the place of an entry of the same kind; a replaced table has no partitions.
  /// Errors also: those of `definition` and `canonical_text`.
  [[nodiscard]] Result<bool> create(Entry entry, bool replace, bool if_not_exists);
  /// Drops a view, or, for both kinds of tables, a table of either kind with its partitions. Returns what it was.
  [[nodiscard]] Result<Entry> drop(std::string_view database, std::string_view name, EntryKind kind);
  /// Gives an external table the definition that a CREATE EXTERNAL TABLE statement tells; `text` of the entry stays.
  /// Errors also: kUsage for other partition columns.
  [[nodiscard]] Status rewrite(std::string_view database, std::string_view name, std::string_view text);
  /// The same by a change of the present definition (see `apply`), which no other process can change meanwhile. An
  /// error of `change` is returned, and nothing is changed.
  [[nodiscard]] Status alter(std::string_view database, std::string_view name,
                             const std::function<Status(hive::CreateExternalTable&)>& change);

  // Partitions of an external table. Values may be told in any order, but all of them. Errors also: kUsage for columns
  // that are not the table's partition columns.

  /// Returns how many were added. With `if_not_exists`, those that are there stay as they are.
  [[nodiscard]] Result<std::size_t> add_partitions(std::string_view database, std::string_view table,
                                                   std::span<const Partition> partitions, bool if_not_exists);
  /// Returns how many there were.
  [[nodiscard]] Result<std::size_t> drop_partitions(std::string_view database, std::string_view table,
                                                    std::span<const hive::PartitionValues> partitions, bool if_exists);
  /// Renames or moves one: `from` is `to` from now on.
  [[nodiscard]] Status replace_partition(std::string_view database, std::string_view table,
                                         const hive::PartitionValues& from, const Partition& to);
  /// In order of the values' bytes, the first column's first.
  [[nodiscard]] Result<std::vector<Partition>> partitions(std::string_view database, std::string_view table) const;

 private:
  explicit Catalog(std::unique_ptr<sqlite::Database> database) : database_(std::move(database)) {}
  std::unique_ptr<sqlite::Database> database_;
};

}  // namespace flowtrail::catalog
