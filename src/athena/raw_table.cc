#include "athena/raw_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <map>
#include <optional>
#include <ranges>
#include <thread>
#include <utility>

#include "base/letters.h"
#include "codec/input_stream.h"
#include "engine/parquet_rows.h"
#include "engine/value_table.h"
#include "flowlog/filter.h"
#include "hive/create_table_text.h"
#include "hive/projection.h"
#include "serde/row_reader.h"
#include "tables/filter_text.h"
#include "trino/value_cast.h"

namespace flowtrail::athena {
namespace {

namespace fs = std::filesystem;
using trino::Type;
using trino::TypeKind;
using trino::Value;

constexpr std::string_view kNullPartition = "__HIVE_DEFAULT_PARTITION__";
constexpr std::string_view kPath = "$path";
constexpr std::string_view kPartition = "$partition";

struct RawObject {
  fs::path path;
  std::uint64_t size = 0;
  std::vector<std::string> values;  // of the partition columns
};

/// As Hive: files and folders whose name begins with `_` or `.` are not the table's.
bool is_hidden(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with('_') || name.starts_with('.');
}

/// Appends the files of a folder and of those below it, or the file itself, by path. A folder that is not there is
/// empty, as a prefix without objects is in S3.
void list_files(const fs::path& place, const std::vector<std::string>& values, std::vector<RawObject>& objects) {
  std::error_code error;
  if (fs::is_regular_file(place, error)) {
    objects.push_back({place, fs::file_size(place, error), values});
    return;
  }
  std::vector<fs::path> folders;
  std::vector<RawObject> files;
  for (const auto& entry : fs::directory_iterator{place, fs::directory_options::skip_permission_denied, error}) {
    if (is_hidden(entry.path())) continue;
    if (entry.is_directory(error)) {
      folders.push_back(entry.path());
    } else if (entry.is_regular_file(error)) {
      files.push_back({entry.path(), entry.file_size(error), values});
    }
  }
  std::ranges::sort(files, {}, &RawObject::path);
  std::ranges::move(files, std::back_inserter(objects));
  std::ranges::sort(folders);
  for (const fs::path& folder : folders) list_files(folder, values, objects);
}

/// Partition values against a filter. A test that cannot be decided is passed.
bool passes(const flowlog::Filter& filter, const std::vector<hive::Column>& columns,
            const std::vector<std::string>& values) {
  for (const flowlog::Predicate& predicate : filter.predicates) {
    const auto column = std::ranges::find(columns, predicate.column, &hive::Column::name);
    if (column == columns.end()) continue;
    const std::string& value = values[static_cast<std::size_t>(column - columns.begin())];
    if (!flowlog::may_meet(predicate, value)) return false;
  }
  return true;
}

/// What a predicate leaves of a projected column's values.
struct ConstraintMaker {
  hive::Constraint& constraint;

  void allow(std::set<std::string> values) const {
    if (!constraint.allowed) {
      constraint.allowed = std::move(values);
      return;
    }
    std::erase_if(*constraint.allowed, [&](const std::string& value) { return !values.contains(value); });
  }
  void operator()(const flowlog::OneOfNumbers& test) const {
    std::set<std::string> values;
    for (const std::int64_t value : test.values) values.insert(std::to_string(value));
    allow(std::move(values));
  }
  void operator()(const flowlog::NumberRange& test) const {
    if (test.least) constraint.lower = std::to_string(*test.least);
    if (test.greatest) constraint.upper = std::to_string(*test.greatest);
  }
  void operator()(const flowlog::OneOfTexts& test) const { allow({test.values.begin(), test.values.end()}); }
  void operator()(const flowlog::TextRange& test) const {
    if (test.least) constraint.lower = *test.least;
    if (test.greatest) constraint.upper = *test.greatest;
  }
  void operator()(const flowlog::TextPrefix& test) const { constraint.lower = test.prefix; }
  void operator()(const flowlog::InBlocks& /*test*/) const {}
};

struct PlacedPartition {
  std::vector<std::string> values;
  std::string location;
};

/// Of conjuncts on one column only the last bound would count: each is kept where it narrows no less.
std::map<std::string, hive::Constraint> constraints_of(const flowlog::Filter& filter) {
  std::map<std::string, hive::Constraint> constraints;
  for (const flowlog::Predicate& predicate : filter.predicates) {
    hive::Constraint& constraint = constraints[predicate.column];
    hive::Constraint other;
    std::visit(ConstraintMaker{other}, predicate.test);
    if (other.allowed) ConstraintMaker{constraint}.allow(std::move(*other.allowed));
    if (other.lower) constraint.lower = std::move(other.lower);
    if (other.upper) constraint.upper = std::move(other.upper);
  }
  return constraints;
}

Result<std::vector<PlacedPartition>> projected(const hive::CreateExternalTable& table, const flowlog::Filter& filter) {
  FT_TRY(const hive::Projection projection,
         hive::Projection::of(table.properties, table.partition_columns, table.location));
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  FT_TRY(std::vector<hive::Partition> partitions, projection.expand(constraints_of(filter), now));
  std::vector<PlacedPartition> placed;
  placed.reserve(partitions.size());
  for (hive::Partition& partition : partitions) {
    placed.push_back({std::move(partition.values), std::move(partition.location)});
  }
  return placed;
}

/// `column=value`: the value, with Hive's escapes of bytes (%3A) undone; else the name.
std::string folder_value(std::string_view name, std::string_view column) {
  const std::size_t equals = name.find('=');
  const auto same = [](char a, char b) { return a == b || (a == '-' && b == '_'); };
  if (equals == std::string_view::npos || !std::ranges::equal(name.substr(0, equals), column, same)) {
    return std::string{name};
  }
  std::string value;
  std::string_view rest = name.substr(equals + 1);
  for (std::size_t i = 0; i < rest.size(); ++i) {
    unsigned byte = 0;
    const bool escaped = rest[i] == '%' && i + 2 < rest.size() &&
                         std::from_chars(rest.data() + i + 1, rest.data() + i + 3, byte, 16).ptr == rest.data() + i + 3;
    value += escaped ? static_cast<char>(byte) : rest[i];
    if (escaped) i += 2;
  }
  return value;
}

/// Folders as deep as there are partition columns; `hive_only`: only those of the form `column=value`.
void list_folders(const fs::path& folder, std::string_view location, const std::vector<hive::Column>& columns,
                  bool hive_only, std::vector<std::string>& values, std::vector<PlacedPartition>& partitions) {
  if (values.size() == columns.size()) {
    partitions.push_back({values, std::string{location}});
    return;
  }
  const std::string& column = columns[values.size()].name;
  std::vector<fs::path> below;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator{folder, fs::directory_options::skip_permission_denied, error}) {
    if (entry.is_directory(error) && !is_hidden(entry.path())) below.push_back(entry.path());
  }
  std::ranges::sort(below);
  for (const fs::path& path : below) {
    const std::string name = path.filename().string();
    if (hive_only && !name.starts_with(column + "=")) continue;
    values.push_back(folder_value(name, column));
    list_folders(path, fmt::format("{}{}/", location, name), columns, hive_only, values, partitions);
    values.pop_back();
  }
}

std::string with_slash(std::string location) {
  if (!location.ends_with('/')) location += '/';
  return location;
}

Result<std::vector<PlacedPartition>> folders_of(const RawTable& table, bool hive_only) {
  FT_TRY(const fs::path root, table.places.find(table.definition.location));
  std::vector<PlacedPartition> partitions;
  std::vector<std::string> values;
  list_folders(root, with_slash(table.definition.location), table.definition.partition_columns, hive_only, values,
               partitions);
  return partitions;
}

bool has_folder_partitions(const hive::CreateExternalTable& table) {
  const std::string* property = hive::find_property(table.properties, kFolderPartitions);
  return property != nullptr && *property == "folders";
}

Result<std::vector<PlacedPartition>> partitions_of(const RawTable& table, const flowlog::Filter& filter) {
  const hive::CreateExternalTable& definition = table.definition;
  if (definition.partition_columns.empty()) return std::vector<PlacedPartition>{{{}, definition.location}};
  std::vector<PlacedPartition> partitions;
  if (hive::is_projected(definition.properties)) {
    FT_TRY(partitions, projected(definition, filter));
  } else if (has_folder_partitions(definition)) {
    FT_TRY(partitions, folders_of(table, false));
  } else {
    FT_TRY(const std::vector<catalog::Partition> known, table.partitions());
    for (const catalog::Partition& partition : known) {
      PlacedPartition& placed = partitions.emplace_back();
      for (const auto& [column, value] : partition.values) placed.values.push_back(value);
      placed.location = partition.location;
    }
  }
  std::erase_if(partitions, [&](const PlacedPartition& partition) {
    return !passes(filter, definition.partition_columns, partition.values);
  });
  return partitions;
}

struct Listing {
  std::size_t partitions = 0;
  std::vector<RawObject> objects;
};

Result<Listing> list_objects(const RawTable& table, const flowlog::Filter& filter) {
  FT_TRY(const std::vector<PlacedPartition> partitions, partitions_of(table, filter));
  Listing listing;
  for (const PlacedPartition& partition : partitions) {
    FT_TRY(const fs::path place, table.places.find(partition.location));
    const std::size_t before = listing.objects.size();
    list_files(place, partition.values, listing.objects);
    if (listing.objects.size() > before) ++listing.partitions;
  }
  return listing;
}

/// A partition's value as one of its column's type; NULL for what is none.
Value partition_value(const std::string& text, const Type& type) {
  if (text == kNullPartition) return {};
  auto value = trino::cast_value(Value{text}, Type{TypeKind::kVarchar}, type);
  return value ? *std::move(value) : Value{};
}

/// `a=1/b=2`.
std::string partition_name(const std::vector<hive::Column>& columns, const std::vector<std::string>& values) {
  std::string name;
  for (std::size_t i = 0; i < values.size(); ++i) {
    name += fmt::format("{}{}={}", i == 0 ? "" : "/", columns[i].name, values[i]);
  }
  return name;
}

/// What one statement asks of the table.
struct Plan {
  serde::Format format;
  std::vector<serde::Column> columns;
  std::vector<hive::Column> partition_columns;
  std::vector<std::size_t> asked;  // as the engine counts: data columns, partition columns, $path, $partition
  PlaceMap places;
  std::shared_ptr<RawReport> report;
};

/// All objects of a statement, one after the other to whichever thread asks.
class Scan : public engine::ValueScan {
 public:
  Scan(std::shared_ptr<const Plan> plan, std::vector<RawObject> objects)
      : plan_(std::move(plan)), objects_(std::move(objects)) {}

  [[nodiscard]] std::size_t most_cursors() const override {
    return std::min<std::size_t>(objects_.size(), std::max(1U, std::thread::hardware_concurrency()));
  }
  [[nodiscard]] Result<std::unique_ptr<engine::ValueCursor>> open_cursor() override;

  [[nodiscard]] const RawObject* next_object() {
    const std::size_t index = next_.fetch_add(1);
    return index < objects_.size() ? &objects_[index] : nullptr;
  }
  [[nodiscard]] const Plan& plan() const { return *plan_; }

 private:
  std::shared_ptr<const Plan> plan_;
  std::vector<RawObject> objects_;
  std::atomic<std::size_t> next_{0};
};

class Cursor : public engine::ValueCursor {
 public:
  Cursor(Scan& scan, std::unique_ptr<serde::RowReader> reader) : scan_(scan), reader_(std::move(reader)) {
    const Plan& plan = scan.plan();
    for (std::size_t i = 0; i < plan.asked.size(); ++i) {
      if (plan.asked[i] < plan.columns.size()) data_.push_back(i);
    }
    values_.resize(data_.size());
  }
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  ~Cursor() override {
    if (scan_.plan().report) scan_.plan().report->add(reader_->bad());
  }

  [[nodiscard]] Result<bool> next(std::span<Value> row) override {
    while (true) {
      if (object_ == nullptr) {
        object_ = scan_.next_object();
        if (object_ == nullptr) return false;
        FT_TRY(auto stream, codec::InputStream::open(object_->path));
        FT_CHECK(reader_->open(std::move(stream), scan_.plan().places.location_of(object_->path)));
      }
      auto more = reader_->next(values_);
      if (!more) {
        Error error = std::move(more).error();
        if (error.where.empty()) error.where = scan_.plan().places.location_of(object_->path);
        return std::unexpected(std::move(error));
      }
      if (*more) break;
      object_ = nullptr;
    }
    for (std::size_t i = 0; i < data_.size(); ++i) row[data_[i]] = std::move(values_[i]);
    const Plan& plan = scan_.plan();
    for (std::size_t i = 0; i < plan.asked.size(); ++i) {
      if (plan.asked[i] < plan.columns.size()) continue;
      const std::size_t partition = plan.asked[i] - plan.columns.size();
      const std::size_t count = plan.partition_columns.size();
      if (partition < count) {
        row[i] = partition_value(object_->values[partition], plan.partition_columns[partition].type);
      } else if (partition == count) {
        row[i] = Value{plan.places.location_of(object_->path)};
      } else {
        row[i] = Value{partition_name(plan.partition_columns, object_->values)};
      }
    }
    return true;
  }

 private:
  Scan& scan_;
  std::unique_ptr<serde::RowReader> reader_;
  const RawObject* object_ = nullptr;
  std::vector<std::size_t> data_;  // places in the row of data columns, in the reader's order
  std::vector<Value> values_;
};

Result<std::unique_ptr<engine::ValueCursor>> Scan::open_cursor() {
  std::vector<std::size_t> wanted;
  for (const std::size_t column : plan_->asked) {
    if (column < plan_->columns.size()) wanted.push_back(column);
  }
  FT_TRY(auto reader, serde::make_reader(plan_->format, plan_->columns, std::move(wanted)));
  return std::unique_ptr<engine::ValueCursor>{std::make_unique<Cursor>(*this, std::move(reader))};
}

int line_count(const hive::Properties& properties, std::string_view key) {
  const std::string* text = hive::find_property(properties, key);
  int count = 0;
  if (text != nullptr) std::from_chars(text->data(), text->data() + text->size(), count);
  return std::max(0, count);
}

serde::Format format_of(const hive::CreateExternalTable& table) {
  const hive::StorageClasses classes = hive::storage_classes(table);
  serde::Format format;
  format.input_format = classes.formats.input;
  if (const auto* serde = std::get_if<hive::SerdeFormat>(&table.row_format)) {
    format.serde_class = serde->class_name;
  } else {
    format.serde_class = classes.serde;
  }
  if (const auto* delimited = std::get_if<hive::DelimitedFormat>(&table.row_format)) {
    format.fields_terminated_by = delimited->fields;
    format.escaped_by = delimited->escaped;
    format.collection_items_terminated_by = delimited->collection_items;
    format.map_keys_terminated_by = delimited->map_keys;
    format.lines_terminated_by = delimited->lines;
    format.null_defined_as = delimited->null_text;
  }
  for (const auto& [key, value] : table.serde_properties) format.properties[key] = value;
  format.skip_header_lines = line_count(table.properties, "skip.header.line.count");
  format.skip_footer_lines = line_count(table.properties, "skip.footer.line.count");
  return format;
}

bool is_parquet(const hive::CreateExternalTable& table) {
  const hive::StorageClasses classes = hive::storage_classes(table);
  return classes.serde.find("Parquet") != std::string::npos ||
         classes.formats.input.find("Parquet") != std::string::npos;
}

// Parquet: DuckDB reads it; one SELECT for each partition, so that its values are constants that DuckDB prunes by.

Result<std::vector<std::string>> parquet_columns(engine::Connection& connection, const std::string& files) {
  auto found = connection.fetch_all(
      fmt::format("DESCRIBE SELECT * FROM read_parquet({}, hive_partitioning = false, union_by_name = true)", files));
  if (!found) return std::unexpected(static_cast<const Error&>(found.error()));
  std::vector<std::string> names;
  for (const auto& row : found->rows) names.push_back(output::plain_value(row[0]));
  return names;
}

/// Parquet objects that one SELECT reads.
struct ParquetGroup {
  std::vector<std::string> values;  // of the partition columns
  std::string folder, prefix;       // what their paths begin with, and their places in S3 instead
  auto operator<=>(const ParquetGroup&) const = default;
};

/// Path and place in S3 are the same from some slash on, or all the way.
ParquetGroup group_of(const RawTable& table, const RawObject& object) {
  const std::string path = fs::absolute(object.path).lexically_normal().string();
  const std::string location = table.places.location_of(object.path);
  const auto [path_end, location_end] =
      std::ranges::mismatch(path | std::views::reverse, location | std::views::reverse);
  const std::size_t slash = path.find('/', static_cast<std::size_t>(path.rend() - path_end));
  if (path == location || slash == std::string::npos) return {object.values, "", ""};
  return {object.values, path.substr(0, slash), location.substr(0, location.size() - (path.size() - slash))};
}

std::string parquet_select(const RawTable& table, const std::string& files, const std::vector<std::string>& present,
                           const ParquetGroup& group) {
  std::string list;
  for (const hive::Column& column : table.definition.columns) {
    const auto found =
        std::ranges::find_if(present, [&](const std::string& name) { return lower(name) == column.name; });
    const std::string source = found == present.end() ? "NULL" : engine::quote_identifier(*found);
    list += fmt::format("CAST({} AS {}) AS {}, ", source, column.type.duckdb(), engine::quote_identifier(column.name));
  }
  for (std::size_t i = 0; i < table.definition.partition_columns.size(); ++i) {
    const hive::Column& column = table.definition.partition_columns[i];
    list +=
        fmt::format("CAST({} AS {}) AS {}, ",
                    group.values[i] == kNullPartition ? std::string{"NULL"} : engine::quote_literal(group.values[i]),
                    column.type.duckdb(), engine::quote_identifier(column.name));
  }
  if (!group.values.empty()) {
    const std::string name = partition_name(table.definition.partition_columns, group.values);
    list += fmt::format("{} AS \"{}\", ", engine::quote_literal(name), kPartition);
  }
  return fmt::format(
      "SELECT {}{} || substr(filename, {}) AS \"{}\" FROM read_parquet({}, hive_partitioning = "
      "false, union_by_name = true, filename = true)",
      list, engine::quote_literal(group.prefix), count_code_points(group.folder) + 1, kPath, files);
}

Result<std::string> parquet_relation(engine::Connection& connection, const RawTable& table) {
  FT_TRY(const Listing listing, list_objects(table, {}));
  std::map<ParquetGroup, std::string> files;
  for (const RawObject& object : listing.objects) {
    std::string& list = files[group_of(table, object)];
    list += (list.empty() ? "" : ", ") + engine::quote_path(object.path.lexically_normal());
  }
  if (files.empty()) {
    std::string list;
    for (const auto* columns : {&table.definition.columns, &table.definition.partition_columns}) {
      for (const hive::Column& column : *columns) {
        list += fmt::format("CAST(NULL AS {}) AS {}, ", column.type.duckdb(), engine::quote_identifier(column.name));
      }
    }
    return fmt::format("(SELECT {}'' AS \"{}\", '' AS \"{}\" WHERE false)", list, kPath, kPartition);
  }
  std::string text;
  for (const auto& [group, list] : files) {
    const std::string array = "[" + list + "]";
    FT_TRY(const std::vector<std::string> present, parquet_columns(connection, array));
    text += (text.empty() ? "" : " UNION ALL ") + parquet_select(table, array, present, group);
  }
  return "(" + text + ")";
}

}  // namespace

void RawReport::add(const BadInput& bad) {
  const std::scoped_lock lock{mutex_};
  bad_.merge(bad);
}

BadInput RawReport::bad() const {
  const std::scoped_lock lock{mutex_};
  return bad_;
}

Result<std::string> relation_of(engine::Connection& connection, RawTable table, const std::string& name) {
  if (is_parquet(table.definition)) return parquet_relation(connection, table);
  const serde::Format format = format_of(table.definition);
  std::vector<serde::Column> columns;
  engine::ValueTable function;
  for (const hive::Column& column : table.definition.columns) {
    columns.push_back({column.name, column.type});
    function.columns.push_back({column.name, column.type});
  }
  for (const hive::Column& column : table.definition.partition_columns) {
    function.columns.push_back({column.name, column.type});
  }
  function.columns.push_back({std::string{kPath}, Type{TypeKind::kVarchar}});
  if (!table.definition.partition_columns.empty()) {
    function.columns.push_back({std::string{kPartition}, Type{TypeKind::kVarchar}});
  }
  // A format or type that is not read is told when the table is named, not when its first object is opened.
  FT_TRY(const auto checked, serde::make_reader(format, columns, {}));
  function.name = name;
  function.open = [table = std::move(table), format, columns = std::move(columns)](
                      std::vector<std::size_t> asked,
                      std::string_view text) -> Result<std::shared_ptr<engine::ValueScan>> {
    FT_TRY(const flowlog::Filter filter, tables::read_filter(text));
    FT_TRY(Listing listing, list_objects(table, filter));
    auto plan = std::make_shared<Plan>(
        Plan{format, columns, table.definition.partition_columns, std::move(asked), table.places, table.report});
    return std::make_shared<Scan>(std::move(plan), std::move(listing.objects));
  };
  FT_CHECK(engine::register_value_table(connection, std::move(function)));
  return name + "({filter})";
}

Result<RawObjects> objects_of(const RawTable& table, std::string_view filter) {
  FT_TRY(const flowlog::Filter parsed, tables::read_filter(filter));
  FT_TRY(const Listing listing, list_objects(table, parsed));
  RawObjects objects{listing.partitions, listing.objects.size(), 0};
  for (const RawObject& object : listing.objects) objects.bytes += object.size;
  return objects;
}

Result<std::vector<std::string>> partition_names(const RawTable& table) {
  FT_TRY(const std::vector<PlacedPartition> partitions, partitions_of(table, {}));
  std::vector<std::string> names;
  for (const PlacedPartition& partition : partitions) {
    names.push_back(partition_name(table.definition.partition_columns, partition.values));
  }
  return names;
}

Result<std::vector<catalog::Partition>> hive_folders(const RawTable& table) {
  FT_TRY(const std::vector<PlacedPartition> found, folders_of(table, true));
  std::vector<catalog::Partition> partitions;
  for (const PlacedPartition& placed : found) {
    catalog::Partition& partition = partitions.emplace_back();
    partition.location = placed.location;
    for (std::size_t i = 0; i < placed.values.size(); ++i) {
      partition.values.emplace_back(table.definition.partition_columns[i].name, placed.values[i]);
    }
  }
  return partitions;
}

}  // namespace flowtrail::athena
