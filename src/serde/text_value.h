// The text of one scalar as a value of a column's type, in the spelling of each family of SerDes.
// Source: Amazon Athena User Guide, "Data types in Amazon Athena", "LazySimpleSerDe", "Open CSV SerDe"; Apache Hive,
// "LanguageManual Types".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scalar/date_pattern.h"
#include "trino/type.h"
#include "trino/value.h"

namespace flowtrail::serde {

enum class Spelling : std::uint8_t {
  kHive,  // delimited text: `12.9` is the integer 12; a boolean is true or false and nothing else
  kJava,  // RegexSerDe, GrokSerDe: integers have no point; whatever is not true is false
  kCsv,   // OpenCSVSerde: a date is a number of days, a timestamp of milliseconds since 1970
  kJson,  // JSON SerDes: integers may have a point or an exponent, which is cut off; ISO times with a zone
};

struct TextRules {
  Spelling spelling = Spelling::kHive;
  std::vector<scalar::DatePattern> timestamp_formats;  // tried first
};

/// Whether the type is none of array, map, row, and can be read from text.
[[nodiscard]] bool is_flat(const trino::Type& type);

/// nullopt: the text says no such value. Text columns take everything: invalid UTF-8 becomes U+FFFD; varchar(n) is cut
/// after n characters, char(n) also loses blanks at its end. Binary columns take base64. Timestamps are rounded to the
/// type's precision.
[[nodiscard]] std::optional<trino::Value> value_of(std::string_view text, const trino::Type& type,
                                                   const TextRules& rules);

/// The text, with U+FFFD for each maximal part that is no UTF-8, as Java has it.
[[nodiscard]] std::string valid_utf8(std::string_view text);

}  // namespace flowtrail::serde
