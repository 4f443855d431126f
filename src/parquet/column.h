// The columns of a file, and the values of one column of a row group as its encoder takes them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "parquet/text_dictionary.h"

namespace flowtrail::parquet {

enum class Type : std::uint8_t { kInt32, kInt64, kText };  // kText: UTF-8

struct Column {
  std::string name;
  Type type = Type::kText;
};

/// All columns may hold NULL.
struct Schema {
  std::vector<Column> columns;
  std::vector<std::size_t>
      sorted_by;  // columns that each row group is sorted by, ascending, NULL last; told to readers
};

/// One code of `dictionary` for each row; TextDictionary::kNull is NULL.
struct TextValues {
  std::span<const std::uint32_t> codes;
  const TextDictionary* dictionary = nullptr;
};

/// One number for each row. `nulls`: 1 where the row has none (its number does not matter), else 0; empty when each row
/// has one.
template <typename Number>
struct NumberValues {
  std::span<const Number> numbers;
  std::span<const std::uint8_t> nulls;
};
using Int32Values = NumberValues<std::int32_t>;
using Int64Values = NumberValues<std::int64_t>;

/// In the order of Type.
using ColumnValues = std::variant<Int32Values, Int64Values, TextValues>;

}  // namespace flowtrail::parquet
