// The columns of a flow log's Parquet files: those of its format under their SQL names and types, and the place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "flowlog/flow_record.h"
#include "flowlog/reader.h"
#include "parquet/column.h"

namespace flowtrail::lake {

/// Where the decoder has what a field says, so that its text need not be read once more.
enum class Decoded : std::uint8_t {
  kNot,
  kInt32,   // `int32`
  kInt64,   // `int64`
  kSymbol,  // `symbol`
  kSource,  // srcaddr, and so on; what is IPv4 there is IPv4 in the text unless that has a colon
  kDestination,
  kPacketSource,
  kPacketDestination,
};

struct FieldColumn {
  std::string field;  // dashed, as the header has it
  parquet::Type type = parquet::Type::kText;
  Decoded decoded = Decoded::kNot;
  std::int32_t flowlog::FlowRecord::* int32 = nullptr;
  std::int64_t flowlog::FlowRecord::* int64 = nullptr;
  std::uint32_t flowlog::FlowRecord::* symbol = nullptr;
};

struct Columns {
  std::vector<FieldColumn> fields;  // in the header's order
  /// Of all columns of the file: the fields, and with the place `source_key` and `source_line` behind them.
  parquet::Schema schema;
  std::optional<std::size_t> interface, start;  // those of them that rows are sorted by
};

/// False for a header with a name twice, or with one of our own: it has no place in a table.
[[nodiscard]] bool is_usable(const flowlog::Header& header);

/// The columns for a usable header.
[[nodiscard]] Columns columns_of(const flowlog::Header& header, bool with_place, bool sorted);

}  // namespace flowtrail::lake
