#include "parquet/thrift_reader.h"

namespace flowtrail::parquet {
namespace {

constexpr std::uint8_t kStop = 0, kTrue = 1, kFalse = 2, kByte = 3, kI16 = 4, kI32 = 5, kI64 = 6, kDouble = 7;
constexpr std::uint8_t kBinary = 8, kList = 9, kSet = 10, kStruct = 12;
constexpr int kDeepest = 16;

std::int64_t from_zigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1U ^ (~(value & 1U) + 1));
}

}  // namespace

std::uint8_t ThriftReader::byte() {
  if (at_ >= bytes_.size()) ok_ = false;
  return ok_ ? static_cast<std::uint8_t>(bytes_[at_++]) : std::uint8_t{0};
}

std::uint64_t ThriftReader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t next = byte();
    value |= std::uint64_t{next & 0x7fU} << shift;
    if (next < 0x80) return value;
  }
  ok_ = false;
  return 0;
}

std::int64_t ThriftReader::integer() {
  return from_zigzag(varint());
}

std::string_view ThriftReader::text() {
  const std::uint64_t size = varint();
  if (size > bytes_.size() - at_) ok_ = false;
  if (!ok_) return {};
  at_ += size;
  return bytes_.substr(at_ - size, size);
}

bool ThriftReader::next_field(int& id, std::uint8_t& type) {
  const std::uint8_t head = byte();
  type = head & 0x0fU;
  if (type == kStop) return false;
  id = head >> 4U != 0 ? id + (head >> 4U) : static_cast<int>(integer() & 0x7fff);
  return ok_;
}

std::uint64_t ThriftReader::list_size() {
  const std::uint8_t head = byte();
  element_type_ = head & 0x0fU;
  const std::uint64_t size = head >> 4U == 15 ? varint() : head >> 4U;
  if (size > bytes_.size() - at_) ok_ = false;  // an element has a byte at least
  return ok_ ? size : 0;
}

void ThriftReader::skip(std::uint8_t type, int depth) {
  if (depth > kDeepest) ok_ = false;
  if (!ok_) return;
  switch (type) {
    case kTrue:
    case kFalse: return;
    case kByte: static_cast<void>(byte()); return;
    case kI16:
    case kI32:
    case kI64: static_cast<void>(varint()); return;
    case kDouble:
      for (int i = 0; i < 8; ++i) static_cast<void>(byte());
      return;
    case kBinary: static_cast<void>(text()); return;
    case kList:
    case kSet: {
      const std::uint64_t size = list_size();
      const std::uint8_t element = element_type_;
      // In a list, a truth value has a byte of its own.
      const bool is_truth = element == kTrue || element == kFalse;
      for (std::uint64_t left = size; left > 0 && ok_; --left) skip(is_truth ? kByte : element, depth + 1);
      return;
    }
    case kStruct: {
      std::uint8_t inner = 0;
      for (int id = 0; next_field(id, inner);) skip(inner, depth + 1);
      return;
    }
    default: ok_ = false;
  }
}

}  // namespace flowtrail::parquet
