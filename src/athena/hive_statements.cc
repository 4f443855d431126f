// Hive's statements: what they change in the catalog, and what they show. Where Trino has the same statement, the
// answer has Trino's columns; else Athena's.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "athena/answers.h"
#include "athena/session.h"
#include "catalog/definition.h"
#include "dialect/lexer.h"
#include "hive/create_table_text.h"
#include "hive/projection.h"

namespace flowtrail::athena {

using catalog::Entry;
using catalog::EntryKind;
using Answered = engine::SqlResult<bool>;

/// One statement.
struct Session::HiveRunner {
  Session& session;
  std::string_view text;
  dialect::Position position;
  const tables::ScriptOutput& output;

  // Names and errors.

  [[nodiscard]] std::string database_of(const hive::TableName& name) const {
    return name.database.value_or(session.tables_.default_schema());
  }
  [[nodiscard]] std::unexpected<engine::SqlError> fail(std::string_view name, std::string_view message) const {
    return std::unexpected(dialect::error_at(position, name, message));
  }
  [[nodiscard]] std::unexpected<engine::SqlError> fail(const Error& error) const {
    std::string_view name = "INVALID_TABLE_PROPERTY";
    if (error.code == ErrorCode::kNotFound) name = "NOT_FOUND";
    if (error.code == ErrorCode::kUnsupported) name = "NOT_SUPPORTED";
    if (error.code == ErrorCode::kUsage) name = "INVALID_ARGUMENTS";
    return std::unexpected(as_statement_error(error, position, name));
  }
  [[nodiscard]] engine::SqlResult<Entry> entry_of(const hive::TableName& name) const {
    const std::string database = database_of(name);
    auto found = session.catalog_.find(database, name.name);
    if (!found) return fail(found.error());
    if (!*found) {
      return fail("TABLE_NOT_FOUND", fmt::format("Table '{}' does not exist", qualified(database, name.name)));
    }
    return **std::move(found);
  }
  [[nodiscard]] engine::SqlResult<RawTable> raw_of(const hive::TableName& name) const {
    FT_TRY(const Entry entry, entry_of(name));
    auto raw = session.tables_.raw_table(entry);
    if (!raw) return fail(raw.error());
    return *std::move(raw);
  }
  [[nodiscard]] bool only_checks() const { return session.options_.check; }

  void answer(const std::vector<std::string>& columns, std::vector<std::vector<output::Value>> rows) const {
    write_answer(columns, std::move(rows), output);
  }

  // Tables.

  Answered operator()(const hive::CreateExternalTable& statement) const {
    const std::string database = database_of(statement.table);
    const std::string& name = statement.table.name;
    if (!session.tables_.has_schema("awsdatacatalog", database)) {
      return fail("SCHEMA_NOT_FOUND", fmt::format("Schema '{}' does not exist", database));
    }
    if (statement.location.empty()) {
      return fail("INVALID_TABLE_PROPERTY", "a table without LOCATION has no objects: say where they are");
    }
    if (!statement.external) {
      return fail("NOT_SUPPORTED",
                  "tables that are written (Iceberg) are not read from here; CREATE EXTERNAL TABLE is");
    }
    std::vector<std::string> names;
    for (const auto* columns : {&statement.columns, &statement.partition_columns}) {
      for (const hive::Column& column : *columns) names.push_back(column.name);
    }
    std::ranges::sort(names);
    if (const auto twice = std::ranges::adjacent_find(names); twice != names.end()) {
      return fail("DUPLICATE_COLUMN_NAME", fmt::format("Column name '{}' specified more than once", *twice));
    }
    if (hive::is_projected(statement.properties)) {
      const auto projection =
          hive::Projection::of(statement.properties, statement.partition_columns, statement.location);
      if (!projection) return fail(projection.error());
    }
    if (only_checks()) {
      const auto known = session.catalog_.find(database, name);
      if (known && *known) return false;
    }
    const auto created = session.catalog_.create(
        {database, name, EntryKind::kExternalTable, std::string{text}, {}, {}, {}}, false, statement.if_not_exists);
    if (!created) return fail("TABLE_ALREADY_EXISTS", created.error().what);
    return false;
  }

  Answered operator()(const hive::DropTable& statement) const {
    const std::string database = database_of(statement.table);
    const auto found = session.catalog_.find(database, statement.table.name);
    if (!found) return fail(found.error());
    if (*found) {
      const auto dropped = session.catalog_.drop(database, statement.table.name, EntryKind::kExternalTable);
      if (!dropped) return fail(dropped.error());
      remove_data(*dropped);
      return false;
    }
    if (database == catalog::kDefaultDatabase && !session.options_.catalog) {
      const auto own = session.connection_.execute("DROP TABLE " + engine::quote_identifier(statement.table.name));
      if (own) return false;
    }
    const auto own_names = session.tables_.own_tables();
    if (database == catalog::kDefaultDatabase &&
        std::ranges::find(own_names, statement.table.name) != own_names.end()) {
      return fail("NOT_SUPPORTED",
                  fmt::format("{} is made of the SOURCEs and cannot be dropped", statement.table.name));
    }
    if (statement.if_exists) return false;
    return fail("TABLE_NOT_FOUND", fmt::format("Table '{}' does not exist", qualified(database, statement.table.name)));
  }

  void remove_data(const Entry& entry) const {
    if (entry.data.empty()) return;
    if (!session.options_.catalog) {
      // One that stays costs memory and nothing else.
      [[maybe_unused]] const auto dropped = session.connection_.execute("DROP TABLE IF EXISTS " + entry.data);
      return;
    }
    std::error_code error;
    std::filesystem::remove(std::filesystem::absolute(*session.options_.catalog).parent_path() / entry.data, error);
  }

  template <typename Change>
  Answered alter(const hive::TableName& name, const Change& change) const {
    FT_TRY(const Entry entry, entry_of(name));
    const auto altered = session.catalog_.alter(
        entry.database, entry.name, [&](hive::CreateExternalTable& table) { return catalog::apply(change, table); });
    if (!altered) return fail(altered.error());
    return false;
  }
  Answered operator()(const hive::AlterTableSetTblProperties& statement) const {
    return alter(statement.table, statement);
  }
  Answered operator()(const hive::AlterTableAddColumns& statement) const { return alter(statement.table, statement); }
  Answered operator()(const hive::AlterTableReplaceColumns& statement) const {
    return alter(statement.table, statement);
  }
  Answered operator()(const hive::AlterTableSetLocation& statement) const {
    if (statement.partition.empty()) return alter(statement.table, statement);
    FT_TRY(const Entry entry, entry_of(statement.table));
    const auto moved = session.catalog_.replace_partition(entry.database, entry.name, statement.partition,
                                                          {statement.partition, statement.location});
    if (!moved) return fail(moved.error());
    return false;
  }

  // Partitions.

  /// `location/a=1/b=2/`, where a partition without a place of its own is.
  static std::string default_location(const hive::CreateExternalTable& table, const hive::PartitionValues& values) {
    std::string location = table.location.ends_with('/') ? table.location : table.location + "/";
    for (const hive::Column& column : table.partition_columns) {
      const auto value = std::ranges::find(values, column.name, &std::pair<std::string, std::string>::first);
      location += fmt::format("{}={}/", column.name, value == values.end() ? "" : value->second);
    }
    return location;
  }

  Answered operator()(const hive::AlterTableAddPartition& statement) const {
    FT_TRY(const Entry entry, entry_of(statement.table));
    const auto definition = catalog::definition(entry);
    if (!definition) return fail(definition.error());
    std::vector<catalog::Partition> partitions;
    for (const hive::NewPartition& added : statement.partitions) {
      partitions.push_back({added.values, added.location.value_or(default_location(*definition, added.values))});
    }
    const auto added = session.catalog_.add_partitions(entry.database, entry.name, partitions, statement.if_not_exists);
    if (!added) return fail(added.error());
    return false;
  }

  static bool holds(const hive::PartitionCondition& condition, const std::string& value, const trino::Type& type) {
    int order = value.compare(condition.value);
    std::int64_t a = 0;
    std::int64_t b = 0;
    const bool number = type.kind() >= trino::TypeKind::kTinyint && type.kind() <= trino::TypeKind::kBigint;
    const auto read = [](const std::string& from, std::int64_t& to) {
      return std::from_chars(from.data(), from.data() + from.size(), to).ec == std::errc{};
    };
    if (number && read(value, a) && read(condition.value, b)) order = a < b ? -1 : (a > b ? 1 : 0);
    switch (condition.comparison) {
      case hive::Comparison::kEqual: return order == 0;
      case hive::Comparison::kNotEqual: return order != 0;
      case hive::Comparison::kLess: return order < 0;
      case hive::Comparison::kLessOrEqual: return order <= 0;
      case hive::Comparison::kGreater: return order > 0;
      case hive::Comparison::kGreaterOrEqual: return order >= 0;
    }
    return false;
  }

  Answered operator()(const hive::AlterTableDropPartition& statement) const {
    FT_TRY(const Entry entry, entry_of(statement.table));
    const auto definition = catalog::definition(entry);
    if (!definition) return fail(definition.error());
    const auto known = session.catalog_.partitions(entry.database, entry.name);
    if (!known) return fail(known.error());
    std::vector<hive::PartitionValues> dropped;
    for (const auto& conditions : statement.partitions) {
      const std::size_t before = dropped.size();
      for (const catalog::Partition& partition : *known) {
        const bool meets = std::ranges::all_of(conditions, [&](const hive::PartitionCondition& condition) {
          for (std::size_t i = 0; i < partition.values.size(); ++i) {
            if (partition.values[i].first != condition.column) continue;
            return holds(condition, partition.values[i].second, definition->partition_columns[i].type);
          }
          return false;
        });
        if (meets) dropped.push_back(partition.values);
      }
      if (dropped.size() == before && !statement.if_exists) {
        return fail("NOT_FOUND", "there is no such partition (IF EXISTS drops those that there are)");
      }
    }
    const auto gone = session.catalog_.drop_partitions(entry.database, entry.name, dropped, true);
    if (!gone) return fail(gone.error());
    return false;
  }

  Answered operator()(const hive::AlterTableRenamePartition& statement) const {
    FT_TRY(const Entry entry, entry_of(statement.table));
    const auto known = session.catalog_.partitions(entry.database, entry.name);
    if (!known) return fail(known.error());
    for (const catalog::Partition& partition : *known) {
      if (partition.values != statement.from) continue;
      const auto renamed = session.catalog_.replace_partition(entry.database, entry.name, statement.from,
                                                              {statement.to, partition.location});
      if (!renamed) return fail(renamed.error());
      return false;
    }
    return fail("NOT_FOUND", "there is no such partition");
  }

  Answered operator()(const hive::MsckRepairTable& statement) const {
    FT_TRY(const RawTable raw, raw_of(statement.table));
    if (raw.definition.partition_columns.empty()) {
      return fail("NOT_SUPPORTED", fmt::format("table {} has no partitions", statement.table.name));
    }
    const auto found = hive_folders(raw);
    if (!found) return fail(found.error());
    const std::string database = database_of(statement.table);
    const auto known = session.catalog_.partitions(database, statement.table.name);
    if (!known) return fail(known.error());
    std::vector<catalog::Partition> fresh;
    std::vector<std::vector<output::Value>> rows;
    for (const catalog::Partition& partition : *found) {
      const bool old = std::ranges::any_of(*known, [&](const auto& one) { return one.values == partition.values; });
      if (old) continue;
      std::string name;
      for (const auto& [column, value] : partition.values)
        name += fmt::format("{}{}={}", name.empty() ? "" : "/", column, value);
      rows.push_back({fmt::format("Partitions not in metastore: {}:{}", statement.table.name, name)});
      rows.push_back({fmt::format("Repair: Added partition to metastore {}:{}", statement.table.name, name)});
      fresh.push_back(partition);
    }
    const auto added = session.catalog_.add_partitions(database, statement.table.name, fresh, true);
    if (!added) return fail(added.error());
    answer({"result"}, std::move(rows));
    return true;
  }

  Answered operator()(const hive::ShowPartitions& statement) const {
    FT_TRY(const RawTable raw, raw_of(statement.table));
    const auto known = partition_names(raw);
    if (!known) return fail(known.error());
    std::vector<std::vector<output::Value>> rows;
    for (const std::string& name : *known) rows.push_back({name});
    answer({"partition"}, std::move(rows));
    return true;
  }

  // What shows things.

  Answered operator()(const hive::ShowCreateTable& statement) const {
    FT_TRY(const Entry entry, entry_of(statement.table));
    if (entry.kind == EntryKind::kView) {
      return fail("NOT_SUPPORTED", fmt::format("{} is a view: SHOW CREATE VIEW shows it", entry.name));
    }
    std::string shown = entry.kind == EntryKind::kExternalTable ? entry.canonical : entry.text;
    answer({"createtab_stmt"}, lines(shown));
    return true;
  }

  Answered operator()(const hive::ShowCreateView& statement) const {
    FT_TRY(const Entry entry, entry_of(statement.view));
    if (entry.kind != EntryKind::kView) {
      return fail("NOT_SUPPORTED", fmt::format("{} is a table: SHOW CREATE TABLE shows it", entry.name));
    }
    answer({"Create View"}, lines(fmt::format("CREATE VIEW {}.{} AS\n{}", entry.database, entry.name, entry.text)));
    return true;
  }

  static std::vector<std::vector<output::Value>> lines(std::string_view shown) {
    std::vector<std::vector<output::Value>> rows;
    while (!shown.empty()) {
      const std::string_view line = shown.substr(0, shown.find('\n'));
      shown.remove_prefix(std::min(line.size() + 1, shown.size()));
      rows.push_back({std::string{line}});
    }
    return rows;
  }

  Answered operator()(const hive::ShowTblProperties& statement) const {
    FT_TRY(const RawTable raw, raw_of(statement.table));
    std::vector<std::vector<output::Value>> rows;
    for (const auto& [key, value] : raw.definition.properties) {
      if (!statement.key || *statement.key == key) rows.push_back({key, value});
    }
    answer({"prpt_name", "prpt_value"}, std::move(rows));
    return true;
  }

  /// A query over the table answers for views and flowtrail's own tables, too, and knows the errors.
  [[nodiscard]] engine::SqlResult<std::vector<dialect::OutputColumn>> columns_of(const hive::TableName& name) const {
    dialect::TranslateOptions options;
    options.origin = position;
    FT_TRY(const dialect::Translation translation,
           dialect::translate(fmt::format("SELECT * FROM {}.{}", engine::quote_identifier(database_of(name)),
                                          engine::quote_identifier(name.name)),
                              session.tables_, options));
    return translation.columns;
  }

  /// A row for each column, as Trino shows them.
  [[nodiscard]] engine::SqlResult<std::vector<std::vector<output::Value>>> described(
      const hive::TableName& name, const std::optional<hive::CreateExternalTable>& definition) const {
    FT_TRY(const auto columns, columns_of(name));
    std::vector<std::vector<output::Value>> rows;
    for (const dialect::OutputColumn& column : columns) {
      std::string comment;
      std::string extra;
      for (const bool partition : {false, true}) {
        if (!definition) continue;
        const auto& list = partition ? definition->partition_columns : definition->columns;
        const auto found = std::ranges::find(list, column.name, &hive::Column::name);
        if (found == list.end()) continue;
        comment = found->comment;
        if (partition) extra = "partition key";
      }
      rows.push_back({column.name, column.type.to_string(), extra, comment});
    }
    return rows;
  }

  [[nodiscard]] std::optional<hive::CreateExternalTable> definition_of(const hive::TableName& name) const {
    const auto entry = session.catalog_.find(database_of(name), name.name);
    if (!entry || !*entry || (*entry)->kind != EntryKind::kExternalTable) return std::nullopt;
    auto definition = catalog::definition(**entry);
    return definition ? std::optional{*std::move(definition)} : std::nullopt;
  }

  Answered operator()(const hive::DescribeTable& statement) const {
    const auto definition = definition_of(statement.table);
    FT_TRY(auto rows, described(statement.table, definition));
    if (!statement.column.empty()) {
      const std::string column = statement.column.substr(0, statement.column.find('.'));
      std::erase_if(rows, [&](const auto& row) { return output::plain_value(row[0]) != column; });
      if (rows.empty()) {
        return fail("COLUMN_NOT_FOUND", fmt::format("Column '{}' does not exist", statement.column));
      }
    }
    if ((statement.extended || statement.formatted) && definition) {
      const hive::StorageClasses classes = hive::storage_classes(*definition);
      rows.push_back({std::string{"Location:"}, definition->location, std::string{}, std::string{}});
      rows.push_back({std::string{"SerDe Library:"}, classes.serde, std::string{}, std::string{}});
      rows.push_back({std::string{"InputFormat:"}, classes.formats.input, std::string{}, std::string{}});
    }
    answer({"Column", "Type", "Extra", "Comment"}, std::move(rows));
    return true;
  }

  Answered operator()(const hive::ShowColumns& statement) const {
    FT_TRY(auto rows, described(statement.table, definition_of(statement.table)));
    answer({"Column", "Type", "Extra", "Comment"}, std::move(rows));
    return true;
  }

  [[nodiscard]] Answered show_entries(const std::optional<std::string>& database_name,
                                      const std::optional<std::string>& pattern, bool views_only,
                                      const std::string& column) const {
    const std::string database = database_name.value_or(session.tables_.default_schema());
    if (!session.tables_.has_schema("awsdatacatalog", database)) {
      return fail("SCHEMA_NOT_FOUND", fmt::format("Schema '{}' does not exist", database));
    }
    const auto entries = session.catalog_.entries(database);
    if (!entries) return fail(entries.error());
    std::vector<std::string> names;
    for (const Entry& entry : *entries) {
      if (!views_only || entry.kind == EntryKind::kView) names.push_back(entry.name);
    }
    if (database == catalog::kDefaultDatabase && !views_only) {
      for (std::string& name : session.tables_.own_tables()) names.push_back(std::move(name));
    }
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    std::vector<std::vector<output::Value>> rows;
    for (const std::string& name : names) {
      if (!pattern || matches_hive(name, *pattern)) rows.push_back({name});
    }
    answer({column}, std::move(rows));
    return true;
  }
  Answered operator()(const hive::ShowTables& statement) const {
    return show_entries(statement.database, statement.pattern, false, "Table");
  }
  Answered operator()(const hive::ShowViews& statement) const {
    return show_entries(statement.database, statement.pattern, true, "View");
  }

  // Databases.

  Answered operator()(const hive::CreateDatabase& statement) const {
    const auto created = session.catalog_.create_database(
        {statement.name, statement.comment, statement.location, statement.properties, {}}, statement.if_not_exists);
    if (!created) return fail("SCHEMA_ALREADY_EXISTS", created.error().what);
    return false;
  }
  Answered operator()(const hive::DropDatabase& statement) const {
    const auto dropped = session.catalog_.drop_database(statement.name, statement.if_exists, statement.cascade);
    if (!dropped) return fail(dropped.error());
    for (const Entry& entry : *dropped) remove_data(entry);
    return false;
  }
  Answered operator()(const hive::AlterDatabaseSetProperties& statement) const {
    const auto set = session.catalog_.set_database_properties(statement.name, statement.properties);
    if (!set) return fail(set.error());
    return false;
  }
  Answered operator()(const hive::ShowDatabases& statement) const {
    const auto databases = session.catalog_.databases();
    if (!databases) return fail(databases.error());
    std::vector<std::vector<output::Value>> rows;
    for (const catalog::DatabaseInfo& database : *databases) {
      if (!statement.pattern || matches_hive(database.name, *statement.pattern)) rows.push_back({database.name});
    }
    answer({"Schema"}, std::move(rows));
    return true;
  }
};

engine::SqlResult<bool> Session::run_hive(const hive::Statement& statement, std::string_view text,
                                          dialect::Position position, const tables::ScriptOutput& output) {
  // A check changes nothing; but tables are made, in memory or not, so that what follows can be bound.
  const bool makes = std::holds_alternative<hive::CreateExternalTable>(statement) ||
                     std::holds_alternative<hive::CreateDatabase>(statement);
  if (options_.check && !makes) return false;
  return std::visit(HiveRunner{*this, text, position, output}, statement);
}

}  // namespace flowtrail::athena
