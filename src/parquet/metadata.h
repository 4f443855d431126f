// What Parquet says about data: page headers, column chunks, row groups, the footer. Format: parquet.thrift of
// apache/parquet-format.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parquet/column.h"

namespace flowtrail::parquet {

enum class Encoding : std::uint8_t {
  kPlain = 0,
  kPlainDictionary = 2,  // of files of version 1: both the texts or numbers and the codes. Every reader takes it
  kRle = 3,
};

struct Statistics {
  std::optional<std::string> least, greatest;  // as PLAIN values without a length; none if all are NULL, or too long
  std::int64_t nulls = 0;
};

/// One column of one row group.
struct ChunkMetadata {
  Encoding encoding = Encoding::kPlain;
  std::int32_t data_pages = 0;
  std::int64_t values = 0;            // with NULLs
  std::int64_t offset = 0;            // of its first page, from the begin of the row group
  std::int64_t data_offset = 0;       // of its first data page, the same way; beyond `offset` if there is a dictionary
  std::int64_t compressed_bytes = 0;  // pages with their headers
  std::int64_t uncompressed_bytes = 0;
  Statistics statistics;
};

struct PageSize {
  std::int32_t values = 0;  // with NULLs
  std::int32_t uncompressed_bytes = 0, compressed_bytes = 0;
};

void append_data_page_header(std::string& out, const PageSize& size, Encoding encoding);
void append_dictionary_page_header(std::string& out, const PageSize& size);

/// A RowGroup of the footer. `offset`: of its first page in the file.
[[nodiscard]] std::string row_group_entry(const Schema& schema, std::span<const ChunkMetadata> chunks,
                                          std::int64_t rows, std::int64_t offset);

/// The footer without its length. `row_groups`: their entries in one text.
[[nodiscard]] std::string footer(const Schema& schema, std::int64_t rows, std::size_t row_group_count,
                                 std::string_view row_groups, std::string_view created_by);

}  // namespace flowtrail::parquet
