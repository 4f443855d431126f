#include "engine/value_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

namespace flowtrail::engine {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;

/// Owns a string that DuckDB allocated.
std::string take_text(char* text) {
  std::string copy = text == nullptr ? std::string{} : std::string{text};
  duckdb_free(text);
  return copy;
}

ValueType take_type(duckdb_logical_type type) {
  ValueType read = read_type(type);
  duckdb_destroy_logical_type(&type);
  return read;
}

template <typename T>
const T& element(duckdb_vector vector, std::uint64_t row) {
  return static_cast<const T*>(duckdb_vector_get_data(vector))[row];
}

// ---- numbers -------------------------------------------------------------------------------------------------------

__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

Int128 to_int128(const duckdb_hugeint& value) {
  return static_cast<Int128>((static_cast<UInt128>(static_cast<std::uint64_t>(value.upper)) << 64U) | value.lower);
}

std::string digits(UInt128 value) {
  std::string text;
  do {
    text += static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  } while (value != 0);
  std::ranges::reverse(text);
  return text;
}

/// `value` with its last `scale` digits after the point.
std::string scaled(Int128 value, std::size_t scale) {
  const bool negative = value < 0;
  std::string text = digits(negative ? UInt128{0} - static_cast<UInt128>(value) : static_cast<UInt128>(value));
  if (text.size() <= scale) text.insert(0, scale + 1 - text.size(), '0');
  if (scale > 0) text.insert(text.size() - scale, 1, '.');
  return negative ? "-" + text : text;
}

output::Value integer_value(Int128 value) {
  if (value >= std::numeric_limits<std::int64_t>::min() && value <= std::numeric_limits<std::int64_t>::max()) {
    return static_cast<std::int64_t>(value);
  }
  return scaled(value, 0);
}

template <typename T>
output::Value real_value(T value) {
  if (std::isnan(value)) return std::string{"NaN"};
  if (std::isinf(value)) return std::string{value > 0 ? "Infinity" : "-Infinity"};
  return output::Json{fmt::format("{}", value)};
}

std::string decimal_text(const ValueType& type, duckdb_vector vector, std::uint64_t row) {
  switch (type.storage) {
    case DUCKDB_TYPE_SMALLINT: return scaled(element<std::int16_t>(vector, row), type.scale);
    case DUCKDB_TYPE_INTEGER: return scaled(element<std::int32_t>(vector, row), type.scale);
    case DUCKDB_TYPE_BIGINT: return scaled(element<std::int64_t>(vector, row), type.scale);
    default: return scaled(to_int128(element<duckdb_hugeint>(vector, row)), type.scale);
  }
}

// ---- times ---------------------------------------------------------------------------------------------------------

std::string date_text(std::int64_t days) {
  const duckdb_date_struct date = duckdb_from_date({static_cast<std::int32_t>(days)});
  return fmt::format("{:04}-{:02}-{:02}", date.year, static_cast<int>(date.month), static_cast<int>(date.day));
}

/// `.123`, `.123456`, or nothing; `fraction` counts units of 10^-digits seconds.
std::string fraction_text(std::int64_t fraction, int width) {
  if (fraction == 0) return {};
  std::string text = fmt::format(".{:0{}}", fraction, width);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

/// Time of day from units of 10^-width seconds since midnight.
std::string time_text(std::int64_t units, std::int64_t per_second, int width) {
  const std::int64_t seconds = units / per_second;
  return fmt::format("{:02}:{:02}:{:02}{}", seconds / 3600, seconds / 60 % 60, seconds % 60,
                     fraction_text(units % per_second, width));
}

std::string timestamp_text(std::int64_t units, std::int64_t per_second, int width) {
  if (units == std::numeric_limits<std::int64_t>::max()) return "infinity";
  if (units == -std::numeric_limits<std::int64_t>::max()) return "-infinity";
  const std::int64_t per_day = kSecondsPerDay * per_second;
  std::int64_t days = units / per_day;
  std::int64_t rest = units % per_day;
  if (rest < 0) {
    rest += per_day;
    --days;
  }
  return fmt::format("{}T{}Z", date_text(days), time_text(rest, per_second, width));
}

std::string interval_text(const duckdb_interval& interval) {
  std::string text;
  const auto add = [&text](std::int64_t count, std::string_view unit) {
    if (count == 0) return;
    if (!text.empty()) text += ' ';
    text += fmt::format("{} {}{}", count, unit, count == 1 || count == -1 ? "" : "s");
  };
  add(interval.months / 12, "year");
  add(interval.months % 12, "month");
  add(interval.days, "day");
  if (interval.micros != 0 || text.empty()) {
    if (!text.empty()) text += ' ';
    if (interval.micros < 0) text += '-';
    text += time_text(std::abs(interval.micros), kMicrosPerSecond, 6);
  }
  return text;
}

std::string time_with_zone_text(duckdb_time_tz value) {
  const duckdb_time_tz_struct parts = duckdb_from_time_tz(value);
  const int minutes = std::abs(parts.offset) / 60;
  return fmt::format("{:02}:{:02}:{:02}{}{}{:02}:{:02}", static_cast<int>(parts.time.hour),
                     static_cast<int>(parts.time.min), static_cast<int>(parts.time.sec),
                     fraction_text(parts.time.micros, 6), parts.offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

// ---- texts ---------------------------------------------------------------------------------------------------------

std::string uuid_text(const duckdb_hugeint& value) {
  // DuckDB flips the top bit, so that UUIDs sort as signed numbers.
  const std::uint64_t high = static_cast<std::uint64_t>(value.upper) ^ (std::uint64_t{1} << 63U);
  const std::uint64_t low = value.lower;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32U, (high >> 16U) & 0xffffU, high & 0xffffU,
                     low >> 48U, low & 0xffffffffffffU);
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t j = 0; j < 3; ++j) {
      group = (group << 8U) | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) text += j <= count ? kAlphabet[(group >> (18U - 6U * j)) & 63U] : '=';
  }
  return text;
}

std::string enum_text(const ValueType& type, duckdb_vector vector, std::uint64_t row) {
  std::uint64_t index = 0;
  switch (type.storage) {
    case DUCKDB_TYPE_UTINYINT: index = element<std::uint8_t>(vector, row); break;
    case DUCKDB_TYPE_USMALLINT: index = element<std::uint16_t>(vector, row); break;
    default: index = element<std::uint32_t>(vector, row); break;
  }
  return index < type.names.size() ? type.names[index] : std::string{};
}

// ---- nested values -------------------------------------------------------------------------------------------------

struct Span {
  duckdb_vector child = nullptr;
  std::uint64_t offset = 0, length = 0;
};

Span list_span(const ValueType& type, duckdb_vector vector, std::uint64_t row) {
  if (type.id == DUCKDB_TYPE_ARRAY) {
    return {duckdb_array_vector_get_child(vector), row * type.array_size, type.array_size};
  }
  const auto& entry = element<duckdb_list_entry>(vector, row);
  return {duckdb_list_vector_get_child(vector), entry.offset, entry.length};
}

std::string json_of(const ValueType& type, duckdb_vector vector, std::uint64_t row) {
  return output::json_value(read_value(type, vector, row));
}

output::Value list_value(const ValueType& type, duckdb_vector vector, std::uint64_t row) {
  const Span span = list_span(type, vector, row);
  const ValueType& item = type.children[0];
  output::TextList texts;
  bool all_texts = item.id == DUCKDB_TYPE_VARCHAR && !item.is_json;
  for (std::uint64_t i = 0; all_texts && i < span.length; ++i) {
    if (is_null(span.child, span.offset + i)) {
      all_texts = false;
    } else {
      texts.emplace_back(read_text(span.child, span.offset + i));
    }
  }
  if (all_texts) return texts;
  std::string json = "[";
  for (std::uint64_t i = 0; i < span.length; ++i) {
    if (i > 0) json += ',';
    json += json_of(item, span.child, span.offset + i);
  }
  return output::Json{json + ']'};
}

output::Value struct_value(const ValueType& type, duckdb_vector vector, std::uint64_t row) {
  std::string json = "{";
  for (std::size_t i = 0; i < type.children.size(); ++i) {
    if (i > 0) json += ',';
    json += output::json_string(type.names[i]) + ':';
    json += json_of(type.children[i], duckdb_struct_vector_get_child(vector, i), row);
  }
  return output::Json{json + '}'};
}

output::Value map_value(const ValueType& type, duckdb_vector vector, std::uint64_t row) {
  const Span span = list_span(type, vector, row);
  const duckdb_vector keys = duckdb_struct_vector_get_child(span.child, 0);
  const duckdb_vector values = duckdb_struct_vector_get_child(span.child, 1);
  std::string json = "{";
  for (std::uint64_t i = 0; i < span.length; ++i) {
    if (i > 0) json += ',';
    json += output::json_string(output::plain_value(read_value(type.children[0], keys, span.offset + i))) + ':';
    json += json_of(type.children[1], values, span.offset + i);
  }
  return output::Json{json + '}'};
}

/// A union is stored as a struct: the tag, then one member each.
output::Value union_value(const ValueType& type, duckdb_vector vector, std::uint64_t row) {
  const std::size_t tag = element<std::uint8_t>(duckdb_struct_vector_get_child(vector, 0), row);
  if (tag >= type.children.size()) return std::monostate{};
  return read_value(type.children[tag], duckdb_struct_vector_get_child(vector, tag + 1), row);
}

// ---- type names ----------------------------------------------------------------------------------------------------

constexpr std::array kScalarNames{
    std::pair{DUCKDB_TYPE_BOOLEAN, "boolean"},
    std::pair{DUCKDB_TYPE_TINYINT, "tinyint"},
    std::pair{DUCKDB_TYPE_SMALLINT, "smallint"},
    std::pair{DUCKDB_TYPE_INTEGER, "integer"},
    std::pair{DUCKDB_TYPE_BIGINT, "bigint"},
    std::pair{DUCKDB_TYPE_UTINYINT, "smallint"},
    std::pair{DUCKDB_TYPE_USMALLINT, "integer"},
    std::pair{DUCKDB_TYPE_UINTEGER, "bigint"},
    std::pair{DUCKDB_TYPE_UBIGINT, "decimal(20,0)"},
    std::pair{DUCKDB_TYPE_HUGEINT, "decimal(38,0)"},
    std::pair{DUCKDB_TYPE_UHUGEINT, "decimal(38,0)"},
    std::pair{DUCKDB_TYPE_FLOAT, "real"},
    std::pair{DUCKDB_TYPE_DOUBLE, "double"},
    std::pair{DUCKDB_TYPE_TIMESTAMP, "timestamp(6)"},
    std::pair{DUCKDB_TYPE_TIMESTAMP_S, "timestamp(0)"},
    std::pair{DUCKDB_TYPE_TIMESTAMP_MS, "timestamp(3)"},
    std::pair{DUCKDB_TYPE_TIMESTAMP_NS, "timestamp(9)"},
    std::pair{DUCKDB_TYPE_TIMESTAMP_TZ, "timestamp(6) with time zone"},
    std::pair{DUCKDB_TYPE_DATE, "date"},
    std::pair{DUCKDB_TYPE_TIME, "time(6)"},
    std::pair{DUCKDB_TYPE_TIME_NS, "time(9)"},
    std::pair{DUCKDB_TYPE_TIME_TZ, "time(6) with time zone"},
    std::pair{DUCKDB_TYPE_INTERVAL, "interval"},
    std::pair{DUCKDB_TYPE_ENUM, "varchar"},
    std::pair{DUCKDB_TYPE_BLOB, "varbinary"},
    std::pair{DUCKDB_TYPE_UUID, "uuid"},
    std::pair{DUCKDB_TYPE_UNION, "union"},
    std::pair{DUCKDB_TYPE_BIT, "bit"},
    std::pair{DUCKDB_TYPE_BIGNUM, "bignum"},
    std::pair{DUCKDB_TYPE_GEOMETRY, "geometry"},
    std::pair{DUCKDB_TYPE_VARIANT, "variant"},
    std::pair{DUCKDB_TYPE_SQLNULL, "unknown"},
};

void read_nested(duckdb_logical_type type, ValueType& read) {
  switch (read.id) {
    case DUCKDB_TYPE_LIST: read.children.push_back(take_type(duckdb_list_type_child_type(type))); break;
    case DUCKDB_TYPE_ARRAY:
      read.array_size = duckdb_array_type_array_size(type);
      read.children.push_back(take_type(duckdb_array_type_child_type(type)));
      break;
    case DUCKDB_TYPE_MAP:
      read.children.push_back(take_type(duckdb_map_type_key_type(type)));
      read.children.push_back(take_type(duckdb_map_type_value_type(type)));
      break;
    case DUCKDB_TYPE_STRUCT:
      for (idx_t i = 0; i < duckdb_struct_type_child_count(type); ++i) {
        read.names.push_back(take_text(duckdb_struct_type_child_name(type, i)));
        read.children.push_back(take_type(duckdb_struct_type_child_type(type, i)));
      }
      break;
    case DUCKDB_TYPE_UNION:
      for (idx_t i = 0; i < duckdb_union_type_member_count(type); ++i) {
        read.names.push_back(take_text(duckdb_union_type_member_name(type, i)));
        read.children.push_back(take_type(duckdb_union_type_member_type(type, i)));
      }
      break;
    default: break;
  }
}

}  // namespace

ValueType read_type(duckdb_logical_type type) {
  ValueType read;
  read.id = duckdb_get_type_id(type);
  if (read.id == DUCKDB_TYPE_DECIMAL) {
    read.width = duckdb_decimal_width(type);
    read.scale = duckdb_decimal_scale(type);
    read.storage = duckdb_decimal_internal_type(type);
  } else if (read.id == DUCKDB_TYPE_ENUM) {
    read.storage = duckdb_enum_internal_type(type);
    for (std::uint32_t i = 0; i < duckdb_enum_dictionary_size(type); ++i) {
      read.names.push_back(take_text(duckdb_enum_dictionary_value(type, i)));
    }
  } else if (read.id == DUCKDB_TYPE_VARCHAR) {
    read.is_json = take_text(duckdb_logical_type_get_alias(type)) == "JSON";
  }
  read_nested(type, read);
  return read;
}

std::string type_name(const ValueType& type) {
  switch (type.id) {
    case DUCKDB_TYPE_VARCHAR: return type.is_json ? "json" : "varchar";
    case DUCKDB_TYPE_DECIMAL: return fmt::format("decimal({},{})", type.width, type.scale);
    case DUCKDB_TYPE_LIST:
    case DUCKDB_TYPE_ARRAY: return fmt::format("array({})", type_name(type.children[0]));
    case DUCKDB_TYPE_MAP: return fmt::format("map({}, {})", type_name(type.children[0]), type_name(type.children[1]));
    case DUCKDB_TYPE_STRUCT: {
      std::string text = "row(";
      for (std::size_t i = 0; i < type.children.size(); ++i) {
        text += fmt::format("{}{} {}", i > 0 ? ", " : "", type.names[i], type_name(type.children[i]));
      }
      return text + ")";
    }
    default: break;
  }
  const auto* found = std::ranges::find(kScalarNames, type.id, [](const auto& entry) { return entry.first; });
  return found == kScalarNames.end() ? "unknown" : found->second;
}

bool is_readable(const ValueType& type) {
  switch (type.id) {
    case DUCKDB_TYPE_BIT:
    case DUCKDB_TYPE_BIGNUM:
    case DUCKDB_TYPE_GEOMETRY:
    case DUCKDB_TYPE_VARIANT: return false;
    default: return std::ranges::all_of(type.children, is_readable);
  }
}

bool is_null(duckdb_vector vector, std::uint64_t row) {
  std::uint64_t* validity = duckdb_vector_get_validity(vector);
  return validity != nullptr && !duckdb_validity_row_is_valid(validity, row);
}

std::string_view read_text(duckdb_vector vector, std::uint64_t row) {
  auto* text = &static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector))[row];
  return {duckdb_string_t_data(text), duckdb_string_t_length(*text)};
}

std::int64_t read_integer(const ValueType& type, duckdb_vector vector, std::uint64_t row) {
  switch (type.id) {
    case DUCKDB_TYPE_BOOLEAN: return element<bool>(vector, row) ? 1 : 0;
    case DUCKDB_TYPE_TINYINT: return element<std::int8_t>(vector, row);
    case DUCKDB_TYPE_SMALLINT: return element<std::int16_t>(vector, row);
    case DUCKDB_TYPE_INTEGER: return element<std::int32_t>(vector, row);
    case DUCKDB_TYPE_BIGINT: return element<std::int64_t>(vector, row);
    case DUCKDB_TYPE_UTINYINT: return element<std::uint8_t>(vector, row);
    case DUCKDB_TYPE_USMALLINT: return element<std::uint16_t>(vector, row);
    case DUCKDB_TYPE_UINTEGER: return element<std::uint32_t>(vector, row);
    case DUCKDB_TYPE_UBIGINT: return static_cast<std::int64_t>(element<std::uint64_t>(vector, row));
    default: return 0;
  }
}

output::Value read_value(const ValueType& type, duckdb_vector vector, std::uint64_t row) {
  if (is_null(vector, row)) return std::monostate{};
  switch (type.id) {
    case DUCKDB_TYPE_BOOLEAN: return element<bool>(vector, row);
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER: return read_integer(type, vector, row);
    case DUCKDB_TYPE_UBIGINT: return integer_value(element<std::uint64_t>(vector, row));
    case DUCKDB_TYPE_HUGEINT: return integer_value(to_int128(element<duckdb_hugeint>(vector, row)));
    case DUCKDB_TYPE_UHUGEINT: {
      const auto& value = element<duckdb_uhugeint>(vector, row);
      return digits((static_cast<UInt128>(value.upper) << 64U) | value.lower);
    }
    case DUCKDB_TYPE_FLOAT: return real_value(element<float>(vector, row));
    case DUCKDB_TYPE_DOUBLE: return real_value(element<double>(vector, row));
    case DUCKDB_TYPE_DECIMAL: return decimal_text(type, vector, row);
    case DUCKDB_TYPE_VARCHAR:
      if (type.is_json) return output::Json{std::string{read_text(vector, row)}};
      return std::string{read_text(vector, row)};
    case DUCKDB_TYPE_BLOB: return base64(read_text(vector, row));
    case DUCKDB_TYPE_UUID: return uuid_text(element<duckdb_hugeint>(vector, row));
    case DUCKDB_TYPE_ENUM: return enum_text(type, vector, row);
    case DUCKDB_TYPE_DATE: return date_text(element<std::int32_t>(vector, row));
    case DUCKDB_TYPE_TIME: return time_text(element<std::int64_t>(vector, row), kMicrosPerSecond, 6);
    case DUCKDB_TYPE_TIME_NS: return time_text(element<std::int64_t>(vector, row), 1'000'000'000, 9);
    case DUCKDB_TYPE_TIME_TZ: return time_with_zone_text(element<duckdb_time_tz>(vector, row));
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ: return timestamp_text(element<std::int64_t>(vector, row), kMicrosPerSecond, 6);
    case DUCKDB_TYPE_TIMESTAMP_S: return timestamp_text(element<std::int64_t>(vector, row), 1, 0);
    case DUCKDB_TYPE_TIMESTAMP_MS: return timestamp_text(element<std::int64_t>(vector, row), 1'000, 3);
    case DUCKDB_TYPE_TIMESTAMP_NS: return timestamp_text(element<std::int64_t>(vector, row), 1'000'000'000, 9);
    case DUCKDB_TYPE_INTERVAL: return interval_text(element<duckdb_interval>(vector, row));
    case DUCKDB_TYPE_LIST:
    case DUCKDB_TYPE_ARRAY: return list_value(type, vector, row);
    case DUCKDB_TYPE_STRUCT: return struct_value(type, vector, row);
    case DUCKDB_TYPE_MAP: return map_value(type, vector, row);
    case DUCKDB_TYPE_UNION: return union_value(type, vector, row);
    default: return std::monostate{};
  }
}

}  // namespace flowtrail::engine
