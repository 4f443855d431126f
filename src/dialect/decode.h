// Values of a result in the forms that Trino gives them.
#pragma once

#include <cstdint>
#include <string>

#include "engine/value_view.h"
#include "output/result_table.h"
#include "trino/type.h"

namespace flowtrail::dialect {

enum class ValueForm : std::uint8_t {
  kProtocol,  // as Trino's protocol: rows are arrays, maps objects, varbinary base64; decimals, times and JSON are text
  kText,      // as Athena prints: [a, b], {k=v}
};

/// `view` as a value of `type`, whose representation in DuckDB it has.
[[nodiscard]] output::Value decode(const engine::ValueView& view, const trino::Type& type, ValueForm form);

/// The name of a type in a result's description: as it prints, but intervals in capitals, as Trino has it.
[[nodiscard]] std::string result_type_name(const trino::Type& type);

}  // namespace flowtrail::dialect
