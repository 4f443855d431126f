#include "lake/columns.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "flowlog/fields.h"

namespace flowtrail::lake {
namespace {

using flowlog::FlowRecord;
using parquet::Type;

struct DecodedField {
  std::string_view name;
  Decoded decoded = Decoded::kNot;
  std::int32_t FlowRecord::* int32 = nullptr;
  std::int64_t FlowRecord::* int64 = nullptr;
  std::uint32_t FlowRecord::* symbol = nullptr;
};

// Without account-id, whose symbol may be that of the object's key. Times are seconds, whatever the text has.
constexpr DecodedField kDecoded[] = {
    {"srcport", Decoded::kInt32, &FlowRecord::src_port},
    {"dstport", Decoded::kInt32, &FlowRecord::dst_port},
    {"protocol", Decoded::kInt32, &FlowRecord::protocol},
    {"tcp-flags", Decoded::kInt32, &FlowRecord::tcp_flags},
    {"packets", Decoded::kInt64, nullptr, &FlowRecord::packets},
    {"bytes", Decoded::kInt64, nullptr, &FlowRecord::bytes},
    {"start", Decoded::kInt64, nullptr, &FlowRecord::start},
    {"end", Decoded::kInt64, nullptr, &FlowRecord::end},
    {"interface-id", Decoded::kSymbol, nullptr, nullptr, &FlowRecord::interface},
    {"instance-id", Decoded::kSymbol, nullptr, nullptr, &FlowRecord::instance},
    {"vpc-id", Decoded::kSymbol, nullptr, nullptr, &FlowRecord::vpc},
    {"pkt-src-aws-service", Decoded::kSymbol, nullptr, nullptr, &FlowRecord::src_service},
    {"pkt-dst-aws-service", Decoded::kSymbol, nullptr, nullptr, &FlowRecord::dst_service},
    {"srcaddr", Decoded::kSource},
    {"dstaddr", Decoded::kDestination},
    {"pkt-srcaddr", Decoded::kPacketSource},
    {"pkt-dstaddr", Decoded::kPacketDestination},
};

Type type_of(const std::string& field) {
  const flowlog::FieldInfo* known = flowlog::find_field(field);
  if (known == nullptr || known->type == flowlog::FieldType::kVarchar) return Type::kText;
  return known->type == flowlog::FieldType::kInt ? Type::kInt32 : Type::kInt64;
}

}  // namespace

bool is_usable(const flowlog::Header& header) {
  flowlog::Header names = header;
  names.insert(names.end(), {"source-key", "source-line"});
  std::ranges::sort(names);
  return std::ranges::adjacent_find(names) == names.end();
}

Columns columns_of(const flowlog::Header& header, bool with_place, bool sorted) {
  Columns columns;
  for (const std::string& field : header) {
    const std::size_t index = columns.fields.size();
    if (sorted && field == "interface-id") columns.interface = index;
    if (sorted && field == "start") columns.start = index;
    FieldColumn& column = columns.fields.emplace_back(FieldColumn{.field = field, .type = type_of(field)});
    const auto* const known = std::ranges::find(kDecoded, field, &DecodedField::name);
    if (known != std::end(kDecoded)) {
      column.decoded = known->decoded;
      column.int32 = known->int32;
      column.int64 = known->int64;
      column.symbol = known->symbol;
    }
    std::string name = field;
    std::ranges::replace(name, '-', '_');
    columns.schema.columns.push_back({std::move(name), column.type});
  }
  if (with_place) {
    columns.schema.columns.push_back({"source_key", Type::kText});
    columns.schema.columns.push_back({"source_line", Type::kInt64});
  }
  if (columns.interface) columns.schema.sorted_by.push_back(*columns.interface);
  if (columns.start) columns.schema.sorted_by.push_back(*columns.start);
  return columns;
}

}  // namespace flowtrail::lake
