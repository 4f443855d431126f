#include "parquet/thrift_writer.h"

namespace flowtrail::parquet {
namespace {

constexpr std::uint8_t kTrue = 1, kFalse = 2, kI32 = 5, kI64 = 6, kBinary = 8, kList = 9, kStruct = 12;

/// Small numbers of either sign as small unsigned ones.
std::uint64_t zigzag(std::int64_t value) {
  return static_cast<std::uint64_t>(value) << 1U ^ static_cast<std::uint64_t>(value >> 63);
}

}  // namespace

void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void ThriftWriter::header(int field, std::uint8_t type) {
  const int step = field - last_field_;
  last_field_ = field;
  if (step > 0 && step <= 15) {
    out_ += static_cast<char>(step << 4 | type);
    return;
  }
  out_ += static_cast<char>(type);
  append_varint(out_, zigzag(field));
}

void ThriftWriter::boolean(int field, bool value) {
  header(field, value ? kTrue : kFalse);
}

void ThriftWriter::i32(int field, std::int32_t value) {
  header(field, kI32);
  append_varint(out_, zigzag(value));
}

void ThriftWriter::i64(int field, std::int64_t value) {
  header(field, kI64);
  append_varint(out_, zigzag(value));
}

void ThriftWriter::text(int field, std::string_view value) {
  header(field, kBinary);
  text_element(value);
}

void ThriftWriter::begin_struct(int field) {
  header(field, kStruct);
  begin_struct_element();
}

void ThriftWriter::end_struct() {
  out_ += '\0';
  if (outer_.empty()) return;
  last_field_ = outer_.back();
  outer_.pop_back();
}

void ThriftWriter::begin_list(int field, Element element, std::size_t size) {
  header(field, kList);
  const auto type = static_cast<unsigned>(element);
  if (size < 15) {
    out_ += static_cast<char>(size << 4U | type);
    return;
  }
  out_ += static_cast<char>(0xf0U | type);
  append_varint(out_, size);
}

void ThriftWriter::i32_element(std::int32_t value) {
  append_varint(out_, zigzag(value));
}

void ThriftWriter::text_element(std::string_view value) {
  append_varint(out_, value.size());
  out_ += value;
}

void ThriftWriter::begin_struct_element() {
  outer_.push_back(last_field_);
  last_field_ = 0;
}

}  // namespace flowtrail::parquet
