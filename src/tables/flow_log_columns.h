// The columns of `vpc_flow_logs`: AWS's fields with `_` for `-` and Athena's types (facts: AWS VPC User Guide, "Flow
// log records"; Athena User Guide, "Querying Amazon VPC flow logs"), what else the sources' headers name, and where
// each row came from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/table_function.h"
#include "source/inventory.h"

namespace flowtrail::tables {

struct FlowLogColumn {
  enum class Origin : std::uint8_t {
    kField,  // a field of the record
    kStart,  // as decoded: whole seconds even where the file has milliseconds
    kEnd,
    kPath,     // object key
    kLine,     // line or row in the object
    kAccount,  // account, region and day that the object's key tells
    kRegion,
    kDay,
  };
  std::string name;   // as in SQL
  std::string field;  // dashed name in headers; empty for kPath and the like
  engine::ColumnType type = engine::ColumnType::kVarchar;
  Origin origin = Origin::kField;
};

/// The fields of versions 2 to 5, always; then `headers`' other fields in order of appearance; then `$path`, `$line`,
/// `aws_account_id`, `aws_region`, `day`.
[[nodiscard]] std::vector<FlowLogColumn> flow_log_columns(const std::vector<std::vector<std::string>>& headers);

/// The header lines in use, each once. One object of each flow log is opened, since the format of a flow log never
/// changes; without flow-log id one of each folder. Objects that cannot be read are left to the scan, which counts
/// them.
[[nodiscard]] std::vector<std::vector<std::string>> read_headers(const source::Inventory& inventory);

/// The dashed field names of a header line; empty if the line is no header.
[[nodiscard]] std::vector<std::string> parse_header(std::string_view line);

}  // namespace flowtrail::tables
