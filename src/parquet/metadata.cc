#include "parquet/metadata.h"

#include "parquet/thrift_writer.h"

namespace flowtrail::parquet {
namespace {

using Element = ThriftWriter::Element;

constexpr std::int32_t kZstd = 6;                           // CompressionCodec
constexpr std::int32_t kDataPage = 0, kDictionaryPage = 2;  // PageType
constexpr std::int32_t kOptional = 1;                       // FieldRepetitionType
constexpr std::int32_t kUtf8 = 0;                           // ConvertedType

std::int32_t physical_type(Type type) {
  switch (type) {
    case Type::kInt32: return 1;
    case Type::kInt64: return 2;
    case Type::kText: return 6;
  }
  return 6;
}

std::int32_t number_of(Encoding encoding) {
  return static_cast<std::int32_t>(encoding);
}

void begin_page(ThriftWriter& writer, std::int32_t type, const PageSize& size) {
  writer.i32(1, type);
  writer.i32(2, size.uncompressed_bytes);
  writer.i32(3, size.compressed_bytes);
}

void write_statistics(ThriftWriter& writer, const Statistics& statistics) {
  writer.i64(3, statistics.nulls);
  if (statistics.least && statistics.greatest) {
    writer.text(5, *statistics.greatest);
    writer.text(6, *statistics.least);
    writer.boolean(7, true);  // both are values of the column, not bounds
    writer.boolean(8, true);
  }
  writer.end_struct();
}

void write_page_count(ThriftWriter& writer, std::int32_t type, Encoding encoding, std::int32_t pages) {
  writer.begin_struct_element();
  writer.i32(1, type);
  writer.i32(2, number_of(encoding));
  writer.i32(3, pages);
  writer.end_struct();
}

void write_chunk(ThriftWriter& writer, const Column& column, const ChunkMetadata& chunk, std::int64_t group_offset) {
  const bool has_dictionary = chunk.encoding == Encoding::kPlainDictionary;
  writer.begin_struct_element();
  writer.i64(2, group_offset + chunk.offset);
  writer.begin_struct(3);
  writer.i32(1, physical_type(column.type));
  writer.begin_list(2, Element::kI32, 2);
  writer.i32_element(number_of(Encoding::kRle));
  writer.i32_element(number_of(chunk.encoding));
  writer.begin_list(3, Element::kText, 1);
  writer.text_element(column.name);
  writer.i32(4, kZstd);
  writer.i64(5, chunk.values);
  writer.i64(6, chunk.uncompressed_bytes);
  writer.i64(7, chunk.compressed_bytes);
  writer.i64(9, group_offset + chunk.data_offset);
  if (has_dictionary) writer.i64(11, group_offset + chunk.offset);
  writer.begin_struct(12);
  write_statistics(writer, chunk.statistics);
  // Readers that look into a dictionary before they read a chunk want to know that there is nothing beside it.
  writer.begin_list(13, Element::kStruct, has_dictionary ? 2 : 1);
  if (has_dictionary) write_page_count(writer, kDictionaryPage, chunk.encoding, 1);
  write_page_count(writer, kDataPage, chunk.encoding, chunk.data_pages);
  writer.end_struct();
  writer.end_struct();
}

void write_schema(ThriftWriter& writer, const Schema& schema) {
  writer.begin_list(2, Element::kStruct, schema.columns.size() + 1);
  writer.begin_struct_element();
  writer.text(4, "schema");
  writer.i32(5, static_cast<std::int32_t>(schema.columns.size()));
  writer.end_struct();
  for (const Column& column : schema.columns) {
    writer.begin_struct_element();
    writer.i32(1, physical_type(column.type));
    writer.i32(3, kOptional);
    writer.text(4, column.name);
    if (column.type == Type::kText) {
      writer.i32(6, kUtf8);
      writer.begin_struct(10);
      writer.begin_struct(1);
      writer.end_struct();
      writer.end_struct();
    }
    writer.end_struct();
  }
}

}  // namespace

void append_data_page_header(std::string& out, const PageSize& size, Encoding encoding) {
  ThriftWriter writer(out);
  begin_page(writer, kDataPage, size);
  writer.begin_struct(5);
  writer.i32(1, size.values);
  writer.i32(2, number_of(encoding));
  writer.i32(3, number_of(Encoding::kRle));
  writer.i32(4, number_of(Encoding::kRle));
  writer.end_struct();
  writer.end_struct();
}

void append_dictionary_page_header(std::string& out, const PageSize& size) {
  ThriftWriter writer(out);
  begin_page(writer, kDictionaryPage, size);
  writer.begin_struct(7);
  writer.i32(1, size.values);
  writer.i32(2, number_of(Encoding::kPlainDictionary));
  writer.end_struct();
  writer.end_struct();
}

std::string row_group_entry(const Schema& schema, std::span<const ChunkMetadata> chunks, std::int64_t rows,
                            std::int64_t offset) {
  std::string out;
  ThriftWriter writer(out);
  std::int64_t compressed = 0, uncompressed = 0;
  writer.begin_list(1, Element::kStruct, chunks.size());
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    write_chunk(writer, schema.columns[i], chunks[i], offset);
    compressed += chunks[i].compressed_bytes;
    uncompressed += chunks[i].uncompressed_bytes;
  }
  writer.i64(2, uncompressed);
  writer.i64(3, rows);
  if (!schema.sorted_by.empty()) writer.begin_list(4, Element::kStruct, schema.sorted_by.size());
  for (const std::size_t column : schema.sorted_by) {
    writer.begin_struct_element();
    writer.i32(1, static_cast<std::int32_t>(column));
    writer.boolean(2, false);  // descending
    writer.boolean(3, false);  // NULL first
    writer.end_struct();
  }
  writer.i64(5, offset);
  writer.i64(6, compressed);
  writer.end_struct();
  return out;
}

std::string footer(const Schema& schema, std::int64_t rows, std::size_t row_group_count, std::string_view row_groups,
                   std::string_view created_by) {
  std::string out;
  ThriftWriter writer(out);
  writer.i32(1, 1);
  write_schema(writer, schema);
  writer.i64(3, rows);
  writer.begin_list(4, Element::kStruct, row_group_count);
  out += row_groups;
  writer.text(6, created_by);
  // The order that the type defines, for each column: only then readers trust least and greatest.
  writer.begin_list(7, Element::kStruct, schema.columns.size());
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    writer.begin_struct_element();
    writer.begin_struct(1);
    writer.end_struct();
    writer.end_struct();
  }
  writer.end_struct();
  return out;
}

}  // namespace flowtrail::parquet
