#include "catalog/catalog.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/utc_time.h"
#include "catalog/definition.h"

namespace flowtrail::catalog {
namespace {

using sqlite::Database;
using sqlite::Statement;
using sqlite::Transaction;

constexpr std::int64_t kApplication = 0x666c6f77;  // "flow", in the file's header
constexpr std::int64_t kFormat = 1;
constexpr std::chrono::seconds kWait{5};

// Numbers of entries are never used again, so a reader cannot take one table's partitions for another's.
constexpr const char* kSchema =
    "PRAGMA application_id = 0x666c6f77;"
    "PRAGMA user_version = 1;"
    "CREATE TABLE databases (name TEXT PRIMARY KEY, comment TEXT NOT NULL, location TEXT NOT NULL,"
    " created TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE database_properties (number INTEGER PRIMARY KEY,"
    " database TEXT NOT NULL REFERENCES databases ON DELETE CASCADE, key TEXT NOT NULL, value TEXT NOT NULL,"
    " UNIQUE (database, key));"
    "CREATE TABLE entries (number INTEGER PRIMARY KEY AUTOINCREMENT,"
    " database TEXT NOT NULL REFERENCES databases ON DELETE CASCADE, name TEXT NOT NULL, kind INTEGER NOT NULL,"
    " text TEXT NOT NULL, canonical TEXT NOT NULL, data TEXT NOT NULL, created TEXT NOT NULL,"
    " UNIQUE (database, name));"
    "CREATE TABLE partitions (entry INTEGER NOT NULL REFERENCES entries ON DELETE CASCADE, key TEXT NOT NULL,"
    " location TEXT NOT NULL, PRIMARY KEY (entry, key)) WITHOUT ROWID;";

constexpr const char* kInsertDatabase = "INSERT INTO databases (name, comment, location, created) VALUES (?, ?, ?, ?)";

constexpr std::string_view kEntryColumns =
    "SELECT number, database, name, kind, text, canonical, data, created FROM entries WHERE database = ?";

std::unexpected<Error> failure_with_hint(ErrorCode code, std::string what, std::string hint) {
  return std::unexpected(Error{code, std::move(what), {}, std::move(hint)});
}

std::string now() {
  return format_utc(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
}

/// True: a catalog; false: an empty file.
Result<bool> is_catalog(const Database& database) {
  FT_TRY(const std::int64_t application, database.integer("PRAGMA application_id"));
  FT_TRY(const std::int64_t format, database.integer("PRAGMA user_version"));
  FT_TRY(const std::int64_t tables, database.integer("SELECT count(*) FROM sqlite_schema"));
  if (application == 0 && format == 0 && tables == 0) return false;
  if (application != kApplication) {
    return std::unexpected(Error{ErrorCode::kUnsupported, "an SQLite file, but not a catalog of flowtrail",
                                 database.path(), "name another file; one that is missing is made"});
  }
  if (format > kFormat) {
    return std::unexpected(Error{ErrorCode::kUnsupported, "the catalog was made by a later flowtrail", database.path(),
                                 "use that version, or name another file"});
  }
  return true;
}

Result<bool> is_catalog_at_once(const Database& database) {
  FT_TRY(const Transaction transaction, Transaction::read(database));
  return is_catalog(database);
}

bool stays_inside(const std::filesystem::path& path) {
  return !path.empty() && path.is_relative() && std::ranges::find(path, "..") == path.end();
}

std::string full_name(std::string_view database, std::string_view name) {
  return fmt::format("{}.{}", database, name);
}

std::string_view kind_name(EntryKind kind) {
  return kind == EntryKind::kView ? "view" : "table";
}

// ---- Rows

struct Row {
  std::int64_t number = 0;
  Entry entry;
};

Result<Row> read_row(const Database& database, const Statement& statement) {
  Row row{statement.integer(0),
          {.database = statement.text(1),
           .name = statement.text(2),
           .text = statement.text(4),
           .canonical = statement.text(5),
           .data = statement.text(6),
           .created = statement.text(7)}};
  const std::int64_t kind = statement.integer(3);
  const bool known = kind >= 0 && kind <= static_cast<std::int64_t>(EntryKind::kMadeTable);
  if (known) row.entry.kind = static_cast<EntryKind>(kind);
  // The caller writes and removes files by this path.
  if (!known || (row.entry.kind == EntryKind::kMadeTable && !stays_inside(row.entry.data))) {
    return std::unexpected(Error{ErrorCode::kCorrupt,
                                 fmt::format("catalog: bad entry {}", full_name(row.entry.database, row.entry.name)),
                                 database.path(),
                                 {}});
  }
  return row;
}

Result<std::optional<Row>> find_row(const Database& database, std::string_view database_name, std::string_view name) {
  FT_TRY(Statement select, database.prepare(fmt::format("{} AND name = ?", kEntryColumns)));
  select.bind(database_name, name);
  FT_TRY(const bool found, select.step());
  if (!found) return std::nullopt;
  return read_row(database, select);
}

Result<std::vector<Entry>> read_entries(const Database& database, std::string_view database_name) {
  FT_TRY(Statement select, database.prepare(fmt::format("{} ORDER BY name", kEntryColumns)));
  select.bind(database_name);
  std::vector<Entry> entries;
  while (true) {
    FT_TRY(const bool more, select.step());
    if (!more) return entries;
    FT_TRY(Row row, read_row(database, select));
    entries.push_back(std::move(row.entry));
  }
}

Result<bool> has_database(const Database& database, std::string_view name) {
  FT_TRY(Statement select, database.prepare("SELECT 1 FROM databases WHERE name = ?"));
  select.bind(name);
  return select.step();
}

Status need_database(const Database& database, std::string_view name) {
  FT_TRY(const bool found, has_database(database, name));
  if (found) return {};
  return failure_with_hint(ErrorCode::kNotFound, fmt::format("no such database: {}", name),
                           "make it with CREATE DATABASE; SHOW DATABASES lists what there is");
}

Result<Row> need_row(const Database& database, std::string_view database_name, std::string_view name) {
  FT_CHECK(need_database(database, database_name));
  FT_TRY(std::optional<Row> row, find_row(database, database_name, name));
  if (row) return *std::move(row);
  return failure_with_hint(ErrorCode::kNotFound,
                           fmt::format("no such table or view: {}", full_name(database_name, name)),
                           "SHOW TABLES and SHOW VIEWS list what there is");
}

/// `name`: nullptr for all databases.
Result<std::vector<DatabaseInfo>> read_databases(const Database& database, const std::string_view* name) {
  FT_TRY(Statement select,
         database.prepare(fmt::format("SELECT name, comment, location, created, coalesce(number, 0), key, value"
                                      " FROM databases LEFT JOIN database_properties ON database = name {}"
                                      " ORDER BY name, number",
                                      name == nullptr ? "" : "WHERE name = ?")));
  if (name != nullptr) select.bind(*name);
  std::vector<DatabaseInfo> databases;
  while (true) {
    FT_TRY(const bool more, select.step());
    if (!more) return databases;
    std::string database_name = select.text(0);
    if (databases.empty() || databases.back().name != database_name) {
      databases.push_back({std::move(database_name), select.text(1), select.text(2), {}, select.text(3)});
    }
    if (select.integer(4) > 0) databases.back().properties.emplace_back(select.text(5), select.text(6));
  }
}

Status write_properties(const Database& database, std::string_view name, const hive::Properties& properties) {
  FT_TRY(Statement insert, database.prepare("INSERT INTO database_properties (database, key, value) VALUES (?, ?, ?)"
                                            " ON CONFLICT (database, key) DO UPDATE SET value = excluded.value"));
  for (const auto& [key, value] : properties) FT_CHECK(insert.run(name, key, value));
  return {};
}

Status make_schema(const Database& database) {
  FT_CHECK(database.execute(kSchema));
  FT_TRY(Statement insert, database.prepare(kInsertDatabase));
  return insert.run(kDefaultDatabase, "", "", now());
}

std::vector<std::string> names_of(const std::vector<hive::Column>& columns) {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const hive::Column& column : columns) names.push_back(column.name);
  return names;
}

Status write_definition(const Database& database, const Row& row, hive::CreateExternalTable table) {
  FT_TRY(const hive::CreateExternalTable before, definition(row.entry));
  if (names_of(before.partition_columns) != names_of(table.partition_columns)) {
    return failure_with_hint(
        ErrorCode::kUsage,
        fmt::format("the partition columns of {} cannot be changed", full_name(row.entry.database, row.entry.name)),
        "drop the table and create it anew");
  }
  table.table = {row.entry.database, row.entry.name};
  FT_TRY(const std::string canonical, canonical_text(table));
  FT_TRY(Statement update, database.prepare("UPDATE entries SET canonical = ? WHERE number = ?"));
  return update.run(canonical, row.number);
}

// ---- Partitions

// Values are kept as one text whose bytes sort as the list of values does: each value ends with a zero byte. The bytes
// 0 and 1 of a value are written as 1 1 and 1 2.
std::string partition_key(const std::vector<std::string_view>& values) {
  std::string key;
  for (const std::string_view value : values) {
    for (const char c : value) {
      if (c == '\0' || c == '\1') {
        key += '\1';
        key += static_cast<char>(c + 1);
      } else {
        key += c;
      }
    }
    key += '\0';
  }
  return key;
}

/// nullopt: not the key of so many values.
std::optional<std::vector<std::string>> partition_values(std::string_view key, std::size_t count) {
  std::vector<std::string> values(1);
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (key[i] == '\0') {
      values.emplace_back();
    } else if (key[i] != '\1') {
      values.back() += key[i];
    } else if (++i < key.size()) {
      values.back() += static_cast<char>(key[i] - 1);
    }
  }
  // Each value was ended, so the last one has not begun.
  if (values.size() != count + 1 || !values.back().empty()) return std::nullopt;
  values.pop_back();
  return values;
}

std::string partition_text(const hive::PartitionValues& values) {
  std::string text;
  for (const auto& [column, value] : values) text += fmt::format("{}{}={}", text.empty() ? "" : ", ", column, value);
  return "(" + text + ")";
}

/// A table whose partitions are asked for.
struct PartitionedTable {
  std::int64_t number = 0;
  std::string name;
  std::vector<std::string> columns;

  [[nodiscard]] Result<std::string> key(const hive::PartitionValues& values) const {
    std::vector<std::string_view> ordered;
    for (const std::string& column : columns) {
      const auto found = std::ranges::find(values, column, &std::pair<std::string, std::string>::first);
      if (found != values.end()) ordered.emplace_back(found->second);
    }
    if (ordered.size() != columns.size() || values.size() != columns.size()) {
      return failure(ErrorCode::kUsage, "{} is partitioned by ({}), not as in {}", name, fmt::join(columns, ", "),
                     partition_text(values));
    }
    return partition_key(ordered);
  }
};

Result<PartitionedTable> need_partitioned(const Database& database, std::string_view database_name,
                                          std::string_view table) {
  FT_TRY(const Row row, need_row(database, database_name, table));
  FT_TRY(const hive::CreateExternalTable told, definition(row.entry));
  PartitionedTable result{row.number, full_name(database_name, table), names_of(told.partition_columns)};
  if (!result.columns.empty()) return result;
  return failure(ErrorCode::kUsage, "{} has no partition columns", result.name);
}

Error partition_exists(const PartitionedTable& table, const hive::PartitionValues& values) {
  return {ErrorCode::kUsage,
          fmt::format("partition exists already: {} {}", table.name, partition_text(values)),
          {},
          "say ADD IF NOT EXISTS, or drop it first"};
}

Error partition_missing(const PartitionedTable& table, const hive::PartitionValues& values) {
  return {ErrorCode::kNotFound,
          fmt::format("no such partition: {} {}", table.name, partition_text(values)),
          {},
          "SHOW PARTITIONS lists what there is"};
}

}  // namespace

Result<Catalog> Catalog::open(const std::optional<std::filesystem::path>& file) {
  FT_TRY(auto database, Database::open(file ? file->string() : ":memory:", {.name = "catalog", .wait = kWait}));
  FT_TRY(const bool made, is_catalog_at_once(*database));
  if (!made) {
    FT_TRY(Transaction transaction, Transaction::begin(*database));
    // Another process may have been quicker.
    FT_TRY(const bool made_by_now, is_catalog(*database));
    if (!made_by_now) {
      FT_CHECK(make_schema(*database));
      FT_CHECK(transaction.commit());
    }
  }
  return Catalog(std::move(database));
}

Result<std::vector<DatabaseInfo>> Catalog::databases() const {
  return read_databases(*database_, nullptr);
}

Result<std::optional<DatabaseInfo>> Catalog::find_database(std::string_view name) const {
  FT_TRY(std::vector<DatabaseInfo> found, read_databases(*database_, &name));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Result<bool> Catalog::create_database(DatabaseInfo database, bool if_not_exists) {
  if (database.name.empty()) return failure(ErrorCode::kUsage, "a database needs a name");
  if (database.created.empty()) database.created = now();
  FT_TRY(Transaction transaction, Transaction::begin(*database_));
  FT_TRY(const bool found, has_database(*database_, database.name));
  if (found && if_not_exists) return false;
  if (found) {
    return failure_with_hint(ErrorCode::kUsage, fmt::format("database exists already: {}", database.name),
                             "say CREATE DATABASE IF NOT EXISTS");
  }
  FT_TRY(Statement insert, database_->prepare(kInsertDatabase));
  FT_CHECK(insert.run(database.name, database.comment, database.location, database.created));
  FT_CHECK(write_properties(*database_, database.name, database.properties));
  FT_CHECK(transaction.commit());
  return true;
}

Status Catalog::set_database_properties(std::string_view name, const hive::Properties& properties) {
  FT_TRY(Transaction transaction, Transaction::begin(*database_));
  FT_CHECK(need_database(*database_, name));
  FT_CHECK(write_properties(*database_, name, properties));
  return transaction.commit();
}

Result<std::vector<Entry>> Catalog::drop_database(std::string_view name, bool if_exists, bool cascade) {
  if (name == kDefaultDatabase) return failure(ErrorCode::kUsage, "the database {} cannot be dropped", name);
  FT_TRY(Transaction transaction, Transaction::begin(*database_));
  FT_TRY(const bool found, has_database(*database_, name));
  if (!found && if_exists) return std::vector<Entry>{};
  FT_CHECK(need_database(*database_, name));
  FT_TRY(std::vector<Entry> entries, read_entries(*database_, name));
  if (!entries.empty() && !cascade) {
    return failure_with_hint(ErrorCode::kUsage,
                             fmt::format("database {} is not empty: it has {} tables and views", name, entries.size()),
                             "drop them first, or say DROP DATABASE ... CASCADE");
  }
  FT_TRY(Statement remove, database_->prepare("DELETE FROM databases WHERE name = ?"));
  FT_CHECK(remove.run(name));
  FT_CHECK(transaction.commit());
  return entries;
}

Result<std::optional<Entry>> Catalog::find(std::string_view database, std::string_view name) const {
  FT_TRY(std::optional<Row> row, find_row(*database_, database, name));
  if (!row) return std::nullopt;
  return std::move(row->entry);
}

Result<std::vector<Entry>> Catalog::entries(std::string_view database) const {
  FT_TRY(const Transaction transaction, Transaction::read(*database_));
  FT_CHECK(need_database(*database_, database));
  return read_entries(*database_, database);
}

Result<bool> Catalog::create(Entry entry, bool replace, bool if_not_exists) {
  const std::string name = full_name(entry.database, entry.name);
  if (entry.name.empty()) return failure(ErrorCode::kUsage, "a {} needs a name", kind_name(entry.kind));
  if (entry.created.empty()) entry.created = now();
  entry.canonical.clear();
  if (entry.kind == EntryKind::kExternalTable) {
    FT_TRY(const hive::CreateExternalTable table, definition(entry));
    FT_TRY(entry.canonical, canonical_text(table));
  } else if (entry.kind == EntryKind::kMadeTable && !stays_inside(entry.data)) {
    return failure(ErrorCode::kUsage, "the file of {} is not in the catalog's folder: {}", name, entry.data);
  }
  FT_TRY(Transaction transaction, Transaction::begin(*database_));
  FT_CHECK(need_database(*database_, entry.database));
  FT_TRY(const std::optional<Row> present, find_row(*database_, entry.database, entry.name));
  if (present && !(replace && present->entry.kind == entry.kind)) {
    if (if_not_exists) return false;
    const std::string_view kind = kind_name(present->entry.kind);
    const bool replaceable = entry.kind == EntryKind::kView && present->entry.kind == EntryKind::kView;
    std::string hint = "drop it first";
    if (replaceable) hint = "say CREATE OR REPLACE VIEW";
    if (entry.kind != EntryKind::kView && !replace) hint = "say CREATE TABLE IF NOT EXISTS, or drop it first";
    return failure_with_hint(ErrorCode::kUsage, fmt::format("{} exists already: {}", kind, name), std::move(hint));
  }
  if (present) {
    FT_TRY(Statement remove, database_->prepare("DELETE FROM entries WHERE number = ?"));
    FT_CHECK(remove.run(present->number));
  }
  FT_TRY(Statement insert,
         database_->prepare("INSERT INTO entries (database, name, kind, text, canonical, data, created)"
                            " VALUES (?, ?, ?, ?, ?, ?, ?)"));
  FT_CHECK(insert.run(entry.database, entry.name, static_cast<int>(entry.kind), entry.text, entry.canonical, entry.data,
                      entry.created));
  FT_CHECK(transaction.commit());
  return true;
}

Result<Entry> Catalog::drop(std::string_view database, std::string_view name, EntryKind kind) {
  FT_TRY(Transaction transaction, Transaction::begin(*database_));
  FT_TRY(Row row, need_row(*database_, database, name));
  if (kind_name(row.entry.kind) != kind_name(kind)) {
    const bool view = row.entry.kind == EntryKind::kView;
    return failure_with_hint(ErrorCode::kUsage,
                             fmt::format("{} is a {}", full_name(database, name), kind_name(row.entry.kind)),
                             view ? "say DROP VIEW" : "say DROP TABLE");
  }
  FT_TRY(Statement remove, database_->prepare("DELETE FROM entries WHERE number = ?"));
  FT_CHECK(remove.run(row.number));
  FT_CHECK(transaction.commit());
  return std::move(row.entry);
}

Status Catalog::rewrite(std::string_view database, std::string_view name, std::string_view text) {
  FT_TRY(hive::CreateExternalTable table, parse_table(text));
  return alter(database, name, [&](hive::CreateExternalTable& present) -> Status {
    present = std::move(table);
    return {};
  });
}

Status Catalog::alter(std::string_view database, std::string_view name,
                      const std::function<Status(hive::CreateExternalTable&)>& change) {
  FT_TRY(Transaction transaction, Transaction::begin(*database_));
  FT_TRY(const Row row, need_row(*database_, database, name));
  FT_TRY(hive::CreateExternalTable table, definition(row.entry));
  FT_CHECK(change(table));
  FT_CHECK(write_definition(*database_, row, std::move(table)));
  return transaction.commit();
}

Result<std::size_t> Catalog::add_partitions(std::string_view database, std::string_view table,
                                            std::span<const Partition> partitions, bool if_not_exists) {
  FT_TRY(Transaction transaction, Transaction::begin(*database_));
  FT_TRY(const PartitionedTable target, need_partitioned(*database_, database, table));
  FT_TRY(Statement insert, database_->prepare("INSERT INTO partitions (entry, key, location) VALUES (?, ?, ?)"
                                              " ON CONFLICT DO NOTHING"));
  std::size_t added = 0;
  for (const Partition& partition : partitions) {
    FT_TRY(const std::string key, target.key(partition.values));
    FT_CHECK(insert.run(target.number, key, partition.location));
    const bool is_new = database_->changed_rows() > 0;
    if (!is_new && !if_not_exists) return std::unexpected(partition_exists(target, partition.values));
    added += is_new ? 1 : 0;
  }
  FT_CHECK(transaction.commit());
  return added;
}

Result<std::size_t> Catalog::drop_partitions(std::string_view database, std::string_view table,
                                             std::span<const hive::PartitionValues> partitions, bool if_exists) {
  FT_TRY(Transaction transaction, Transaction::begin(*database_));
  FT_TRY(const PartitionedTable target, need_partitioned(*database_, database, table));
  FT_TRY(Statement remove, database_->prepare("DELETE FROM partitions WHERE entry = ? AND key = ?"));
  std::size_t dropped = 0;
  for (const hive::PartitionValues& values : partitions) {
    FT_TRY(const std::string key, target.key(values));
    FT_CHECK(remove.run(target.number, key));
    const bool was_there = database_->changed_rows() > 0;
    if (!was_there && !if_exists) return std::unexpected(partition_missing(target, values));
    dropped += was_there ? 1 : 0;
  }
  FT_CHECK(transaction.commit());
  return dropped;
}

Status Catalog::replace_partition(std::string_view database, std::string_view table, const hive::PartitionValues& from,
                                  const Partition& to) {
  FT_TRY(Transaction transaction, Transaction::begin(*database_));
  FT_TRY(const PartitionedTable target, need_partitioned(*database_, database, table));
  FT_TRY(const std::string old_key, target.key(from));
  FT_TRY(const std::string new_key, target.key(to.values));
  FT_TRY(Statement remove, database_->prepare("DELETE FROM partitions WHERE entry = ? AND key = ?"));
  FT_CHECK(remove.run(target.number, old_key));
  if (database_->changed_rows() == 0) return std::unexpected(partition_missing(target, from));
  FT_TRY(Statement insert, database_->prepare("INSERT INTO partitions (entry, key, location) VALUES (?, ?, ?)"
                                              " ON CONFLICT DO NOTHING"));
  FT_CHECK(insert.run(target.number, new_key, to.location));
  if (database_->changed_rows() == 0) return std::unexpected(partition_exists(target, to.values));
  return transaction.commit();
}

Result<std::vector<Partition>> Catalog::partitions(std::string_view database, std::string_view table) const {
  FT_TRY(const Transaction transaction, Transaction::read(*database_));
  FT_TRY(const PartitionedTable target, need_partitioned(*database_, database, table));
  FT_TRY(Statement select, database_->prepare("SELECT key, location FROM partitions WHERE entry = ? ORDER BY key"));
  select.bind(target.number);
  std::vector<Partition> partitions;
  while (true) {
    FT_TRY(const bool more, select.step());
    if (!more) return partitions;
    auto values = partition_values(select.text(0), target.columns.size());
    if (!values) {
      return std::unexpected(
          Error{ErrorCode::kCorrupt, fmt::format("catalog: bad partition of {}", target.name), database_->path(), {}});
    }
    Partition& partition = partitions.emplace_back();
    partition.location = select.text(1);
    for (std::size_t i = 0; i < values->size(); ++i) {
      partition.values.emplace_back(target.columns[i], std::move((*values)[i]));
    }
  }
}

}  // namespace flowtrail::catalog
