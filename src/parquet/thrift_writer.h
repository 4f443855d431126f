// Thrift's compact protocol, as far as Parquet's footer and page headers need it. Format: thrift-compact-protocol.md of
// Apache Thrift.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace flowtrail::parquet {

/// Appends an unsigned number in groups of seven bits, lowest first (ULEB128).
void append_varint(std::string& out, std::uint64_t value);

/// Appends one struct to `out`. Fields come in ascending order of their ids; lists and structs inside are opened and
/// closed in turn.
class ThriftWriter {
 public:
  enum class Element : std::uint8_t { kI32 = 5, kText = 8, kStruct = 12 };

  explicit ThriftWriter(std::string& out) : out_(out) {}

  void boolean(int field, bool value);
  void i32(int field, std::int32_t value);
  void i64(int field, std::int64_t value);
  void text(int field, std::string_view value);
  void begin_struct(int field);
  /// Closes the struct that was opened last: a field, an element, or the outermost.
  void end_struct();

  /// As many elements as `size` says have to follow.
  void begin_list(int field, Element element, std::size_t size);
  void i32_element(std::int32_t value);
  void text_element(std::string_view value);
  void begin_struct_element();

 private:
  void header(int field, std::uint8_t type);

  std::string& out_;
  int last_field_ = 0;
  std::vector<int> outer_;  // the last fields of the structs around
};

}  // namespace flowtrail::parquet
