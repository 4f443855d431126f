#include "tables/flow_log_columns.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <set>
#include <unordered_set>
#include <utility>

#include "codec/input_stream.h"
#include "tables/parquet_reader.h"

namespace flowtrail::tables {
namespace {

using engine::ColumnType;
using Origin = FlowLogColumn::Origin;

struct Field {
  std::string_view name;
  ColumnType type;
};

constexpr std::array kFieldsOfVersions2To5{
    Field{"version", ColumnType::kInteger},
    Field{"account-id", ColumnType::kVarchar},
    Field{"interface-id", ColumnType::kVarchar},
    Field{"srcaddr", ColumnType::kVarchar},
    Field{"dstaddr", ColumnType::kVarchar},
    Field{"srcport", ColumnType::kInteger},
    Field{"dstport", ColumnType::kInteger},
    Field{"protocol", ColumnType::kBigint},
    Field{"packets", ColumnType::kBigint},
    Field{"bytes", ColumnType::kBigint},
    Field{"start", ColumnType::kBigint},
    Field{"end", ColumnType::kBigint},
    Field{"action", ColumnType::kVarchar},
    Field{"log-status", ColumnType::kVarchar},
    Field{"vpc-id", ColumnType::kVarchar},
    Field{"subnet-id", ColumnType::kVarchar},
    Field{"instance-id", ColumnType::kVarchar},
    Field{"tcp-flags", ColumnType::kInteger},
    Field{"type", ColumnType::kVarchar},
    Field{"pkt-srcaddr", ColumnType::kVarchar},
    Field{"pkt-dstaddr", ColumnType::kVarchar},
    Field{"region", ColumnType::kVarchar},
    Field{"az-id", ColumnType::kVarchar},
    Field{"sublocation-type", ColumnType::kVarchar},
    Field{"sublocation-id", ColumnType::kVarchar},
    Field{"pkt-src-aws-service", ColumnType::kVarchar},
    Field{"pkt-dst-aws-service", ColumnType::kVarchar},
    Field{"flow-direction", ColumnType::kVarchar},
    Field{"traffic-path", ColumnType::kInteger},
};

constexpr std::size_t kHeaderBytes = 4096;      // the longest header of version 11 has about 900
constexpr std::size_t kHeadersWithoutId = 512;  // folders of unnamed flow logs that are looked into

Origin origin_of(std::string_view field) {
  if (field == "start") return Origin::kStart;
  if (field == "end") return Origin::kEnd;
  return Origin::kField;
}

std::string underscored(std::string_view field) {
  std::string name{field};
  std::ranges::replace(name, '-', '_');
  return name;
}

/// The first line of the decompressed object, at most kHeaderBytes of it.
std::string first_line(const source::Object& object) {
  auto stream = codec::InputStream::open(object.path);
  if (!stream) return {};
  std::string text(kHeaderBytes, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const auto count = (*stream)->read({text.data() + size, text.size() - size});
    if (!count || *count == 0) break;
    size += *count;
    if (text.find('\n') < size) break;
  }
  text.resize(size);
  text.resize(std::min(text.size(), text.find_first_of("\r\n")));
  return text;
}

/// What objects of one format have in common: the flow log, else the folder.
std::string format_key(const source::Object& object) {
  if (!object.flow_log_id.empty()) return object.flow_log_id;
  return std::filesystem::path(object.path).parent_path().string() + "/";
}

bool is_field_name(std::string_view word) {
  return !word.empty() && std::isalpha(static_cast<unsigned char>(word.front())) != 0 &&
         std::ranges::all_of(word, [](char c) {
           return std::islower(static_cast<unsigned char>(c)) != 0 ||
                  std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '-';
         });
}

bool is_known_field(std::string_view word) {
  return std::ranges::find(kFieldsOfVersions2To5, word, &Field::name) != kFieldsOfVersions2To5.end();
}

}  // namespace

std::vector<std::string> parse_header(std::string_view line) {
  std::vector<std::string> names;
  std::size_t known = 0;
  while (true) {
    const std::size_t start = line.find_first_not_of(" \t");
    if (start == std::string_view::npos) break;
    line.remove_prefix(start);
    const std::string_view word = line.substr(0, line.find_first_of(" \t"));
    line.remove_prefix(word.size());
    if (!is_field_name(word)) return {};
    known += is_known_field(word) ? 1 : 0;
    names.emplace_back(word);
  }
  if (known < 2) return {};
  return names;
}

std::vector<FlowLogColumn> flow_log_columns(const std::vector<std::vector<std::string>>& headers) {
  std::vector<FlowLogColumn> columns;
  std::unordered_set<std::string> names;
  for (const Field& field : kFieldsOfVersions2To5) {
    columns.push_back({underscored(field.name), std::string{field.name}, field.type, origin_of(field.name)});
    names.insert(columns.back().name);
  }
  std::vector<FlowLogColumn> own{{"$path", {}, ColumnType::kVarchar, Origin::kPath},
                                 {"$line", {}, ColumnType::kBigint, Origin::kLine},
                                 {"aws_account_id", {}, ColumnType::kVarchar, Origin::kAccount},
                                 {"aws_region", {}, ColumnType::kVarchar, Origin::kRegion},
                                 {"day", {}, ColumnType::kVarchar, Origin::kDay}};
  for (const FlowLogColumn& column : own) names.insert(column.name);
  for (const std::vector<std::string>& header : headers) {
    for (const std::string& field : header) {
      std::string name = underscored(field);
      if (names.insert(name).second) columns.push_back({std::move(name), field, ColumnType::kVarchar, Origin::kField});
    }
  }
  columns.insert(columns.end(), own.begin(), own.end());
  return columns;
}

std::vector<std::vector<std::string>> read_headers(const source::Inventory& inventory) {
  std::vector<std::vector<std::string>> headers;
  std::set<std::string> seen;
  std::size_t without_id = 0;
  ParquetConnection parquet_files;
  for (const source::Object& object : inventory.objects) {
    const bool parquet = object.kind == source::ObjectKind::kFlowLogParquet;
    if (!parquet && object.kind != source::ObjectKind::kFlowLogText) continue;
    if (!seen.insert(format_key(object)).second) continue;
    if (object.flow_log_id.empty() && ++without_id > kHeadersWithoutId) continue;
    std::vector<std::string> header = parquet
                                          ? parquet_files.column_names(object.path).value_or(std::vector<std::string>{})
                                          : parse_header(first_line(object));
    if (!header.empty() && std::ranges::find(headers, header) == headers.end()) headers.push_back(std::move(header));
  }
  return headers;
}

}  // namespace flowtrail::tables
