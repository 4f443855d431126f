// The rows of a Parquet file as a text reader would see them: dashed column names, every value as text, `-` for NULL.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/database.h"

namespace flowtrail::engine {

/// `path` as a literal that DuckDB's file functions take: wildcards of its patterns stand for themselves.
[[nodiscard]] std::string quote_path(const std::filesystem::path& path);

/// Receives one row: the column names of the file (the same object for all rows), as many fields, and the row's number
/// from 1. The views are valid during the call.
using ParquetRowSink = std::function<void(const std::vector<std::string>& names,
                                          std::span<const std::string_view> fields, std::uint64_t row)>;

/// SQL that is true for every row that is wanted, given the file's columns under their own names; empty: all rows.
/// DuckDB skips row groups whose statistics rule it out.
using ParquetCondition = std::function<std::string(const std::vector<ResultColumn>& columns)>;

/// Reads every row of the file in its order. `_` in column names becomes `-`; integers stored as floating point are
/// written as integers, timestamps as seconds since 1970. Streams: memory is that of a row group. Rows before a fault
/// are delivered. Rows for which `condition` does not hold are left out; the others keep their numbers. Errors:
/// kNotFound, kCorrupt.
[[nodiscard]] Status read_parquet_rows(Connection& connection, const std::filesystem::path& path,
                                       const ParquetRowSink& sink, const ParquetCondition& condition = nullptr);

/// The dashed column names of the file. Errors: as above.
[[nodiscard]] Result<std::vector<std::string>> parquet_column_names(Connection& connection,
                                                                    const std::filesystem::path& path);

}  // namespace flowtrail::engine
