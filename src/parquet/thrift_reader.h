// Reads what thrift_writer.h writes, from bytes that nobody vouches for.
#pragma once

#include <cstdint>
#include <string_view>

namespace flowtrail::parquet {

/// Goes through structs field by field. After a fault everything is 0, empty or the end, and `ok` is false.
class ThriftReader {
 public:
  explicit ThriftReader(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  /// How many bytes were read.
  [[nodiscard]] std::size_t position() const { return at_; }

  /// Calls `field(id)` for each field of a struct; it reads the value and returns true, or leaves it and returns false.
  template <typename Field>
  void each_field(const Field& field) {
    std::uint8_t type = 0;
    for (int id = 0; next_field(id, type);) {
      if (!field(id)) skip(type, 0);
    }
  }
  /// Calls `element()` for each element of a list.
  template <typename Element>
  void each_element(const Element& element) {
    for (std::uint64_t left = list_size(); left > 0 && ok_; --left) element();
  }

  [[nodiscard]] std::int64_t integer();
  [[nodiscard]] std::string_view text();

 private:
  bool next_field(int& id, std::uint8_t& type);
  std::uint64_t list_size();
  void skip(std::uint8_t type, int depth);
  std::uint8_t byte();
  std::uint64_t varint();

  std::string_view bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
  std::uint8_t element_type_ = 0;
};

}  // namespace flowtrail::parquet
