// The fields of VPC flow logs, versions 2 to 11, and what a header line looks like. Source: VPC User Guide, "Flow log
// records" (names, versions, types); version 6 belongs to transit gateways, whose logs are recognised and set aside.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace flowtrail::flowlog {

enum class FieldType : std::uint8_t { kInt, kBigint, kVarchar };

struct FieldInfo {
  std::string_view name;      // as AWS writes it in a header: `srcaddr`, `pkt-srcaddr`
  std::string_view sql_name;  // the column in SQL and in Parquet: `pkt_srcaddr`
  FieldType type = FieldType::kVarchar;
  int version = 2;  // the flow-log version that introduced it
};

/// All known fields, by version and in AWS's order; the first 14 are the default format.
[[nodiscard]] std::span<const FieldInfo> all_fields();
inline constexpr std::size_t kDefaultFields = 14;

/// The field of that dashed name, or nullptr: newer columns are normal, and kept as text.
[[nodiscard]] const FieldInfo* find_field(std::string_view name);

/// `int`, `bigint`, `varchar`.
[[nodiscard]] std::string_view type_name(FieldType type);

/// The dashed name of a header token: `${pkt-srcaddr}`, `pkt_srcaddr` and `pkt-srcaddr` are one field.
[[nodiscard]] std::string field_name(std::string_view token);

/// True when the tokens of a line are column names: all look like names, and enough of them are known (four, or two
/// that are half of them, or the only one).
[[nodiscard]] bool is_header(std::span<const std::string_view> tokens);

/// True when the columns (dashed) are those of a transit gateway's flow log.
[[nodiscard]] bool is_transit_gateway(std::span<const std::string> names);

/// The version that AWS would write into records with these columns: the highest among the known ones.
[[nodiscard]] int version_of(std::span<const std::string> names);

}  // namespace flowtrail::flowlog
