#include "parquet/thrift_writer.h"

#include <gtest/gtest.h>

#include <limits>

namespace flowtrail::parquet {
namespace {

using namespace std::string_literals;

std::string varint(std::uint64_t value) {
  std::string out;
  append_varint(out, value);
  return out;
}

TEST(ThriftWriter, NumbersAreGroupsOfSevenBits) {
  EXPECT_EQ(varint(0), "\0"s);
  EXPECT_EQ(varint(127), "\x7f");
  EXPECT_EQ(varint(128), "\x80\x01");
  EXPECT_EQ(varint(std::numeric_limits<std::uint64_t>::max()), "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
}

TEST(ThriftWriter, FieldsTellTheirStepAndSignedNumbersZigzag) {
  std::string out;
  ThriftWriter writer(out);
  writer.i32(1, -1);
  writer.i64(3, 1);
  writer.boolean(4, true);
  writer.text(40, "ab");
  writer.end_struct();
  EXPECT_EQ(out, "\x15\x01\x26\x02\x11\x08\x50\x02"s + "ab\0"s);
}

TEST(ThriftWriter, FieldsGoOnBehindAStructWhereTheyWere) {
  std::string out;
  ThriftWriter writer(out);
  writer.begin_struct(2);
  writer.i32(7, 0);
  writer.end_struct();
  writer.i32(3, 0);
  writer.end_struct();
  EXPECT_EQ(out, "\x2c\x75\0\0\x15\0\0"s);
}

TEST(ThriftWriter, LongListsHaveALengthOfTheirOwn) {
  std::string out;
  ThriftWriter writer(out);
  writer.begin_list(1, ThriftWriter::Element::kI32, 2);
  writer.i32_element(1);
  writer.i32_element(2);
  writer.begin_list(2, ThriftWriter::Element::kText, 15);
  for (int i = 0; i < 15; ++i) writer.text_element("");
  writer.end_struct();
  EXPECT_EQ(out, "\x19\x25\x02\x04\x19\xf8\x0f"s + std::string(15, '\0') + "\0"s);
}

}  // namespace
}  // namespace flowtrail::parquet
