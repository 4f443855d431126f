#include "athena/glue_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "athena/raw_table.h"
#include "base/letters.h"
#include "hive/parse.h"
#include "tables/flow_log_columns.h"

namespace flowtrail::athena {
namespace {

namespace fs = std::filesystem;
using source::ObjectKind;
using trino::Type;
using trino::TypeKind;

// The columns of AWS's own statement: docs.aws.amazon.com/athena, "Query AWS CloudTrail logs".
constexpr std::string_view kCloudTrailTable = R"(CREATE EXTERNAL TABLE cloudtrail (
  eventversion STRING,
  useridentity STRUCT<type:STRING,principalid:STRING,arn:STRING,accountid:STRING,invokedby:STRING,accesskeyid:STRING,
    username:STRING,sessioncontext:STRUCT<attributes:STRUCT<mfaauthenticated:STRING,creationdate:STRING>,
      sessionissuer:STRUCT<type:STRING,principalid:STRING,arn:STRING,accountid:STRING,username:STRING>,
      ec2roledelivery:STRING,webidfederationdata:MAP<STRING,STRING>>>,
  eventtime STRING,
  eventsource STRING,
  eventname STRING,
  awsregion STRING,
  sourceipaddress STRING,
  useragent STRING,
  errorcode STRING,
  errormessage STRING,
  requestparameters STRING,
  responseelements STRING,
  additionaleventdata STRING,
  requestid STRING,
  eventid STRING,
  resources ARRAY<STRUCT<arn:STRING,accountid:STRING,type:STRING>>,
  eventtype STRING,
  apiversion STRING,
  readonly STRING,
  recipientaccountid STRING,
  serviceeventdetails STRING,
  sharedeventid STRING,
  vpcendpointid STRING,
  tlsdetails STRUCT<tlsversion:STRING,ciphersuite:STRING,clientprovidedhostheader:STRING>)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://bucket/'
TBLPROPERTIES ('classification'='cloudtrail'))";

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_year(std::string_view text) {
  return text.size() == 4 && is_digits(text);
}

std::string sanitized(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const char lower = lower_letter(c);
    const bool plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9') || lower == '_';
    name += plain ? lower : '_';
  }
  return name;
}

/// The folder of a table, and what its partition columns are called.
struct Layout {
  fs::path folder;
  std::vector<std::string> partitions;
};

/// Partitions begin with the first folder `key=value`, or with a year.
Layout layout_of(const fs::path& object) {
  Layout layout;
  bool inside = false;
  const fs::path parent = fs::absolute(object).lexically_normal().parent_path();
  for (const fs::path& part : parent) {
    const std::string name = part.string();
    const std::size_t equals = name.find('=');
    inside = inside || equals != std::string::npos || is_year(name);
    if (!inside) {
      layout.folder /= part;
    } else if (equals != std::string::npos) {
      layout.partitions.push_back(sanitized(name.substr(0, equals)));
    } else {
      layout.partitions.push_back(fmt::format("partition_{}", layout.partitions.size()));
    }
  }
  return layout;
}

enum class LogKind : std::uint8_t { kFlowText, kFlowParquet, kCloudTrail };

std::optional<LogKind> kind_of(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kFlowLogText: return LogKind::kFlowText;
    case ObjectKind::kFlowLogParquet: return LogKind::kFlowParquet;
    case ObjectKind::kCloudTrail: return LogKind::kCloudTrail;
    default: return std::nullopt;
  }
}

struct Group {
  std::vector<std::string> partitions;
  source::Inventory inventory;
};

Type column_type(engine::ColumnType type) {
  switch (type) {
    case engine::ColumnType::kInteger: return Type{TypeKind::kInteger};
    case engine::ColumnType::kBigint:
    case engine::ColumnType::kTimestamp: return Type{TypeKind::kBigint};  // seconds, as they are in the file
    case engine::ColumnType::kDouble: return Type{TypeKind::kDouble};
    default: return Type{TypeKind::kVarchar};
  }
}

/// The fields of the header, in its order, with the types that `vpc_flow_logs` has for them.
std::vector<hive::Column> flow_columns(const Group& group) {
  auto headers = tables::read_headers(group.inventory);
  std::vector<hive::Column> columns;
  if (headers.empty()) return columns;
  const auto known = tables::flow_log_columns(headers);
  for (const std::string& field : headers.front()) {
    const auto found = std::ranges::find(known, field, &tables::FlowLogColumn::field);
    columns.push_back(
        {sanitized(field), found == known.end() ? Type{TypeKind::kVarchar} : column_type(found->type), {}});
  }
  return columns;
}

std::optional<hive::CreateExternalTable> definition_of(LogKind kind, const Group& group) {
  hive::CreateExternalTable table;
  if (kind == LogKind::kCloudTrail) {
    const auto parsed = hive::parse(kCloudTrailTable);
    table = std::get<hive::CreateExternalTable>(**parsed);
  } else {
    table.columns = flow_columns(group);
    if (table.columns.empty()) return std::nullopt;
    if (kind == LogKind::kFlowParquet) {
      table.stored_as = std::string{"PARQUET"};
    } else {
      hive::DelimitedFormat delimited;
      delimited.fields = " ";
      table.row_format = delimited;
      table.properties.emplace_back("skip.header.line.count", "1");
    }
    table.properties.emplace_back("classification", kind == LogKind::kFlowParquet ? "parquet" : "csv");
  }
  for (const std::string& name : group.partitions)
    table.partition_columns.push_back({name, Type{TypeKind::kVarchar}, {}});
  if (!group.partitions.empty()) table.properties.emplace_back(kFolderPartitions, "folders");
  return table;
}

/// Prefix and last folder; while that is taken, the folders above it one by one.
std::string table_name(std::string_view prefix, const fs::path& folder, std::set<std::string>& taken) {
  std::string name = std::string{sanitized(prefix)} + sanitized(folder.filename().string());
  for (fs::path above = folder.parent_path(); !taken.insert(name).second; above = above.parent_path()) {
    name += above.has_filename() ? "_" + sanitized(above.filename().string()) : "_";
  }
  return name;
}

}  // namespace

Result<std::vector<FoundTable>> find_tables(const source::Inventory& inventory, std::string_view prefix) {
  // Flow logs first, so that they have the plain names.
  std::map<std::pair<LogKind, fs::path>, Group> groups;
  for (const source::Object& object : inventory.objects) {
    const auto kind = kind_of(object.kind);
    if (!kind) continue;
    Layout layout = layout_of(object.path);
    Group& group = groups[{*kind, layout.folder}];
    group.partitions = std::move(layout.partitions);
    group.inventory.objects.push_back(object);
  }
  std::vector<FoundTable> tables;
  std::set<std::string> taken;
  for (const auto& [place, group] : groups) {
    const auto& [kind, folder] = place;
    auto definition = definition_of(kind, group);
    if (!definition) continue;
    FoundTable table;
    table.definition = *std::move(definition);
    table.definition.table.name = table_name(prefix, folder, taken);
    table.definition.table.database.reset();
    table.definition.location = folder.string() + "/";
    table.kind = kind == LogKind::kCloudTrail ? "CloudTrail" : "VPC flow logs";
    table.format = kind == LogKind::kCloudTrail ? "JSON" : (kind == LogKind::kFlowParquet ? "Parquet" : "text");
    for (const source::Object& object : group.inventory.objects) {
      ++table.objects;
      table.bytes += object.size;
      if (!object.slot) continue;
      table.first = table.first ? std::min(*table.first, *object.slot) : *object.slot;
      table.last = table.last ? std::max(*table.last, *object.slot) : *object.slot;
    }
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace flowtrail::athena
