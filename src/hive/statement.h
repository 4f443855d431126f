// The Hive statements that Athena takes beside Trino's SQL: tables over files, their partitions, databases, and what
// shows them. Names and fields of structs are in lower case; texts in quotes are what they mean, escapes resolved.
// Source: docs.aws.amazon.com/athena, "DDL statements"; the Hive language manual, "DDL".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "trino/type.h"

namespace flowtrail::hive {

/// Line from 1, column from 1 in code points.
struct Place {
  int line = 1;
  int column = 1;
};

/// Keys and values in the order they were written; keys in their own case.
using Properties = std::vector<std::pair<std::string, std::string>>;

/// The value of `key`, nullptr if there is none; of several the last. Cost: linear.
[[nodiscard]] const std::string* find_property(const Properties& properties, std::string_view key);

struct TableName {
  std::optional<std::string> database;  // absent: the current one
  std::string name;
  friend bool operator==(const TableName&, const TableName&) = default;
};

struct Column {
  std::string name;
  trino::Type type;
  std::string comment;  // empty: none
  friend bool operator==(const Column&, const Column&) = default;
};

/// ROW FORMAT DELIMITED; what is absent was not told.
struct DelimitedFormat {
  std::optional<std::string> fields;
  std::optional<std::string> escaped;
  std::optional<std::string> collection_items;
  std::optional<std::string> map_keys;
  std::optional<std::string> lines;
  std::optional<std::string> null_text;
  friend bool operator==(const DelimitedFormat&, const DelimitedFormat&) = default;
};

/// ROW FORMAT SERDE.
struct SerdeFormat {
  std::string class_name;
  friend bool operator==(const SerdeFormat&, const SerdeFormat&) = default;
};

/// STORED AS INPUTFORMAT ... OUTPUTFORMAT ...: Java's class names.
struct FormatClasses {
  std::string input;
  std::string output;
  friend bool operator==(const FormatClasses&, const FormatClasses&) = default;
};

/// CREATE [EXTERNAL] TABLE. Nothing is checked but the form: that a place is told, that a format is known, and that a
/// table without EXTERNAL is one of Iceberg is left to the caller.
struct CreateExternalTable {
  TableName table;
  bool external = true;
  bool if_not_exists = false;
  std::vector<Column> columns;
  std::vector<Column> partition_columns;
  std::vector<std::string> partition_transforms;  // Iceberg's: "category", "bucket(16, id)", as written
  std::string comment;
  std::string clustering;  // "CLUSTERED BY (a) INTO 4 BUCKETS", as written; empty: none
  std::variant<std::monostate, DelimitedFormat, SerdeFormat> row_format;
  Properties serde_properties;
  std::variant<std::monostate, std::string, FormatClasses> stored_as;  // a format's name is in upper case
  std::string location;                                                // empty: not told
  Properties properties;
  friend bool operator==(const CreateExternalTable&, const CreateExternalTable&) = default;
};

/// Columns and values in the order they were written; numbers as their digits.
using PartitionValues = std::vector<std::pair<std::string, std::string>>;

struct NewPartition {
  PartitionValues values;
  std::optional<std::string> location;
  friend bool operator==(const NewPartition&, const NewPartition&) = default;
};

struct AlterTableAddPartition {
  TableName table;
  bool if_not_exists = false;
  std::vector<NewPartition> partitions;
};

enum class Comparison : std::uint8_t { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };

struct PartitionCondition {
  std::string column;
  Comparison comparison = Comparison::kEqual;
  std::string value;
  friend bool operator==(const PartitionCondition&, const PartitionCondition&) = default;
};

/// Drops each partition that meets all conditions of one of the lists.
struct AlterTableDropPartition {
  TableName table;
  bool if_exists = false;
  std::vector<std::vector<PartitionCondition>> partitions;
};

struct AlterTableRenamePartition {
  TableName table;
  PartitionValues from;
  PartitionValues to;
};

struct AlterTableSetLocation {
  TableName table;
  PartitionValues partition;  // empty: the table itself
  std::string location;
};

struct AlterTableSetTblProperties {
  TableName table;
  Properties properties;
};

struct AlterTableAddColumns {
  TableName table;
  PartitionValues partition;  // empty: the table itself
  std::vector<Column> columns;
};

struct AlterTableReplaceColumns {
  TableName table;
  PartitionValues partition;  // empty: the table itself
  std::vector<Column> columns;
};

struct MsckRepairTable {
  TableName table;
};

struct ShowPartitions {
  TableName table;
};

struct ShowCreateTable {
  TableName table;
};

struct ShowCreateView {
  TableName view;
};

struct ShowTblProperties {
  TableName table;
  std::optional<std::string> key;
};

struct DescribeTable {
  TableName table;
  bool extended = false;
  bool formatted = false;
  PartitionValues partition;  // empty: none asked for
  std::string column;         // empty: none; with its fields, "a.b.c"
};

struct CreateDatabase {
  std::string name;
  bool if_not_exists = false;
  std::string comment;
  std::string location;
  Properties properties;
};

struct DropDatabase {
  std::string name;
  bool if_exists = false;
  bool cascade = false;
};

// Patterns are as written: Hive's `*` and `|`, or LIKE's `%` and `_`.

struct ShowDatabases {
  std::optional<std::string> pattern;
};

struct ShowTables {
  std::optional<std::string> database;
  std::optional<std::string> pattern;
};

struct ShowViews {
  std::optional<std::string> database;
  std::optional<std::string> pattern;
};

struct ShowColumns {
  TableName table;
};

struct DropTable {
  TableName table;
  bool if_exists = false;
};

struct AlterDatabaseSetProperties {
  std::string name;
  Properties properties;
};

using Statement =
    std::variant<CreateExternalTable, AlterTableAddPartition, AlterTableDropPartition, AlterTableRenamePartition,
                 AlterTableSetLocation, AlterTableSetTblProperties, AlterTableAddColumns, AlterTableReplaceColumns,
                 MsckRepairTable, ShowPartitions, ShowCreateTable, ShowCreateView, ShowTblProperties, DescribeTable,
                 CreateDatabase, DropDatabase, ShowDatabases, ShowTables, ShowViews, ShowColumns, DropTable,
                 AlterDatabaseSetProperties>;

}  // namespace flowtrail::hive
