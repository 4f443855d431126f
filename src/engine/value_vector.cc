#include "engine/value_vector.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

#include "engine/value_reader.h"

namespace flowtrail::engine {
namespace {

using trino::Int128;
using trino::Type;
using trino::TypeKind;
using trino::Value;
using trino::Values;

constexpr std::uint64_t kUuidSign = std::uint64_t{1} << 63U;  // DuckDB flips it, so that numbers sort as texts do

template <typename T>
T* data_of(duckdb_vector vector) {
  return static_cast<T*>(duckdb_vector_get_data(vector));
}

std::string field_name_of(const Type& row, std::size_t index) {
  return row.names()[index].empty() ? fmt::format("field{}", index) : row.names()[index];
}

duckdb_logical_type list_of(const Type& element) {
  duckdb_logical_type child = logical_type_of(element);
  duckdb_logical_type list = duckdb_create_list_type(child);
  duckdb_destroy_logical_type(&child);
  return list;
}

duckdb_logical_type struct_of(std::vector<duckdb_logical_type> members, const std::vector<std::string>& names) {
  std::vector<const char*> texts;
  for (const std::string& name : names) texts.push_back(name.c_str());
  duckdb_logical_type type = duckdb_create_struct_type(members.data(), texts.data(), members.size());
  for (duckdb_logical_type& member : members) duckdb_destroy_logical_type(&member);
  return type;
}

duckdb_type plain_type(TypeKind kind) {
  switch (kind) {
    case TypeKind::kBoolean: return DUCKDB_TYPE_BOOLEAN;
    case TypeKind::kTinyint: return DUCKDB_TYPE_TINYINT;
    case TypeKind::kSmallint: return DUCKDB_TYPE_SMALLINT;
    case TypeKind::kUnknown:
    case TypeKind::kIntervalYear:
    case TypeKind::kInteger: return DUCKDB_TYPE_INTEGER;
    case TypeKind::kIntervalDay:
    case TypeKind::kBigint: return DUCKDB_TYPE_BIGINT;
    case TypeKind::kReal: return DUCKDB_TYPE_FLOAT;
    case TypeKind::kDouble: return DUCKDB_TYPE_DOUBLE;
    case TypeKind::kIpAddress:
    case TypeKind::kVarbinary: return DUCKDB_TYPE_BLOB;
    case TypeKind::kUuid: return DUCKDB_TYPE_UUID;
    case TypeKind::kDate: return DUCKDB_TYPE_DATE;
    case TypeKind::kTime: return DUCKDB_TYPE_TIME;
    case TypeKind::kTimestamp: return DUCKDB_TYPE_TIMESTAMP;
    default: return DUCKDB_TYPE_VARCHAR;
  }
}

Int128 as_int128(duckdb_hugeint number) {
  return (static_cast<Int128>(number.upper) << 64) | number.lower;
}

duckdb_hugeint as_hugeint(Int128 number) {
  return {static_cast<std::uint64_t>(number), static_cast<std::int64_t>(number >> 64)};
}

std::string uuid_bytes(duckdb_hugeint number) {
  std::string bytes(16, '\0');
  const std::uint64_t upper = static_cast<std::uint64_t>(number.upper) ^ kUuidSign;
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<char>(upper >> (56 - 8 * i));
    bytes[8 + i] = static_cast<char>(number.lower >> (56 - 8 * i));
  }
  return bytes;
}

duckdb_hugeint uuid_number(std::string_view bytes) {
  std::array<std::uint64_t, 2> halves{};
  for (std::size_t i = 0; i < 16; ++i) halves[i / 8] = halves[i / 8] << 8U | static_cast<unsigned char>(bytes[i]);
  return {halves[1], static_cast<std::int64_t>(halves[0] ^ kUuidSign)};
}

/// 4, 9, 18 and 38 digits are kept in 16, 32, 64 and 128 bits.
Int128 read_decimal(int precision, duckdb_vector vector, std::uint64_t row) {
  if (precision <= 4) return data_of<std::int16_t>(vector)[row];
  if (precision <= 9) return data_of<std::int32_t>(vector)[row];
  if (precision <= 18) return data_of<std::int64_t>(vector)[row];
  return as_int128(data_of<duckdb_hugeint>(vector)[row]);
}

void write_decimal(int precision, Int128 number, duckdb_vector vector, std::uint64_t row) {
  if (precision <= 4) {
    data_of<std::int16_t>(vector)[row] = static_cast<std::int16_t>(number);
  } else if (precision <= 9) {
    data_of<std::int32_t>(vector)[row] = static_cast<std::int32_t>(number);
  } else if (precision <= 18) {
    data_of<std::int64_t>(vector)[row] = static_cast<std::int64_t>(number);
  } else {
    data_of<duckdb_hugeint>(vector)[row] = as_hugeint(number);
  }
}

Values read_members(const Type& type, duckdb_vector vector, std::uint64_t row) {
  Values members;
  members.reserve(type.children().size());
  for (std::size_t i = 0; i < type.children().size(); ++i) {
    members.push_back(read_value(type.children()[i], duckdb_struct_vector_get_child(vector, i), row));
  }
  return members;
}

Values read_list(const Type& type, duckdb_vector vector, std::uint64_t row) {
  const auto entry = data_of<duckdb_list_entry>(vector)[row];
  const duckdb_vector child = duckdb_list_vector_get_child(vector);
  Values values;
  const bool map = type.kind() == TypeKind::kMap;
  values.reserve(entry.length * (map ? 2 : 1));
  for (std::uint64_t i = entry.offset; i < entry.offset + entry.length; ++i) {
    if (map) {
      for (Value& part : read_members(type, child, i)) values.push_back(std::move(part));
    } else {
      values.push_back(read_value(type.children()[0], child, i));
    }
  }
  return values;
}

/// DuckDB wants the parts of a NULL to be NULL, too.
void write_null(const Type& type, duckdb_vector vector, std::uint64_t row) {
  duckdb_vector_ensure_validity_writable(vector);
  duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
  switch (type.kind()) {
    case TypeKind::kArray:
    case TypeKind::kMap: data_of<duckdb_list_entry>(vector)[row] = {duckdb_list_vector_get_size(vector), 0}; break;
    case TypeKind::kRow:
      for (std::size_t i = 0; i < type.children().size(); ++i) {
        write_null(type.children()[i], duckdb_struct_vector_get_child(vector, i), row);
      }
      break;
    case TypeKind::kTimestampZoned:
      write_null(Type{TypeKind::kTimestamp, 6}, duckdb_struct_vector_get_child(vector, 0), row);
      write_null(Type{TypeKind::kVarchar}, duckdb_struct_vector_get_child(vector, 1), row);
      break;
    default: break;
  }
}

void write_list(const Type& type, const Values& parts, duckdb_vector vector, std::uint64_t row) {
  const bool map = type.kind() == TypeKind::kMap;
  const std::uint64_t length = parts.size() / (map ? 2 : 1);
  const std::uint64_t offset = duckdb_list_vector_get_size(vector);
  duckdb_list_vector_reserve(vector, offset + length);
  duckdb_list_vector_set_size(vector, offset + length);
  data_of<duckdb_list_entry>(vector)[row] = {offset, length};
  const duckdb_vector child = duckdb_list_vector_get_child(vector);
  for (std::uint64_t i = 0; i < length; ++i) {
    if (map) {
      write_value(type.children()[0], parts[2 * i], duckdb_struct_vector_get_child(child, 0), offset + i);
      write_value(type.children()[1], parts[2 * i + 1], duckdb_struct_vector_get_child(child, 1), offset + i);
    } else {
      write_value(type.children()[0], parts[i], child, offset + i);
    }
  }
}

}  // namespace

duckdb_logical_type logical_type_of(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kDecimal:
      return duckdb_create_decimal_type(static_cast<std::uint8_t>(type.precision()),
                                        static_cast<std::uint8_t>(type.scale()));
    case TypeKind::kTimestampZoned:
      return struct_of(
          {duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP), duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR)},
          {"t", "z"});
    case TypeKind::kArray: return list_of(type.children()[0]);
    case TypeKind::kMap: {
      duckdb_logical_type key = logical_type_of(type.children()[0]);
      duckdb_logical_type value = logical_type_of(type.children()[1]);
      duckdb_logical_type map = duckdb_create_map_type(key, value);
      duckdb_destroy_logical_type(&key);
      duckdb_destroy_logical_type(&value);
      return map;
    }
    case TypeKind::kRow: {
      std::vector<duckdb_logical_type> members;
      std::vector<std::string> names;
      for (std::size_t i = 0; i < type.children().size(); ++i) {
        members.push_back(logical_type_of(type.children()[i]));
        names.push_back(field_name_of(type, i));
      }
      return struct_of(std::move(members), names);
    }
    default: return duckdb_create_logical_type(plain_type(type.kind()));
  }
}

Value read_value(const Type& type, duckdb_vector vector, std::uint64_t row) {
  if (is_null(vector, row)) return {};
  switch (type.kind()) {
    case TypeKind::kUnknown: return {};
    case TypeKind::kBoolean: return Value{data_of<bool>(vector)[row]};
    case TypeKind::kTinyint: return Value{std::int64_t{data_of<std::int8_t>(vector)[row]}};
    case TypeKind::kSmallint: return Value{std::int64_t{data_of<std::int16_t>(vector)[row]}};
    case TypeKind::kInteger:
    case TypeKind::kDate:
    case TypeKind::kIntervalYear: return Value{std::int64_t{data_of<std::int32_t>(vector)[row]}};
    case TypeKind::kBigint:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kIntervalDay: return Value{data_of<std::int64_t>(vector)[row]};
    case TypeKind::kReal: return Value{double{data_of<float>(vector)[row]}};
    case TypeKind::kDouble: return Value{data_of<double>(vector)[row]};
    case TypeKind::kDecimal: return Value{read_decimal(type.precision(), vector, row)};
    case TypeKind::kUuid: return Value{uuid_bytes(data_of<duckdb_hugeint>(vector)[row])};
    case TypeKind::kTimestampZoned: {
      Values parts;
      parts.emplace_back(data_of<std::int64_t>(duckdb_struct_vector_get_child(vector, 0))[row]);
      parts.emplace_back(std::string{read_text(duckdb_struct_vector_get_child(vector, 1), row)});
      return Value{std::move(parts)};
    }
    case TypeKind::kArray:
    case TypeKind::kMap: return Value{read_list(type, vector, row)};
    case TypeKind::kRow: return Value{read_members(type, vector, row)};
    default: return Value{std::string{read_text(vector, row)}};
  }
}

void write_value(const Type& type, const Value& value, duckdb_vector vector, std::uint64_t row) {
  if (value.is_null()) return write_null(type, vector, row);
  switch (type.kind()) {
    case TypeKind::kBoolean: data_of<bool>(vector)[row] = value.boolean(); break;
    case TypeKind::kTinyint: data_of<std::int8_t>(vector)[row] = static_cast<std::int8_t>(value.integer()); break;
    case TypeKind::kSmallint: data_of<std::int16_t>(vector)[row] = static_cast<std::int16_t>(value.integer()); break;
    case TypeKind::kUnknown:
    case TypeKind::kInteger:
    case TypeKind::kDate:
    case TypeKind::kIntervalYear:
      data_of<std::int32_t>(vector)[row] = static_cast<std::int32_t>(value.integer());
      break;
    case TypeKind::kBigint:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kIntervalDay: data_of<std::int64_t>(vector)[row] = value.integer(); break;
    case TypeKind::kReal: data_of<float>(vector)[row] = static_cast<float>(value.real()); break;
    case TypeKind::kDouble: data_of<double>(vector)[row] = value.real(); break;
    case TypeKind::kDecimal: write_decimal(type.precision(), value.decimal(), vector, row); break;
    case TypeKind::kUuid: data_of<duckdb_hugeint>(vector)[row] = uuid_number(value.text()); break;
    case TypeKind::kTimestampZoned:
      write_value(Type{TypeKind::kTimestamp, 6}, value.parts()[0], duckdb_struct_vector_get_child(vector, 0), row);
      write_value(Type{TypeKind::kVarchar}, value.parts()[1], duckdb_struct_vector_get_child(vector, 1), row);
      break;
    case TypeKind::kArray:
    case TypeKind::kMap: write_list(type, value.parts(), vector, row); break;
    case TypeKind::kRow:
      for (std::size_t i = 0; i < type.children().size(); ++i) {
        write_value(type.children()[i], value.parts()[i], duckdb_struct_vector_get_child(vector, i), row);
      }
      break;
    default: duckdb_vector_assign_string_element_len(vector, row, value.text().data(), value.text().size()); break;
  }
}

}  // namespace flowtrail::engine
