// Cuts Trino SQL and Hive DDL into tokens. It never fails: what begins no token is a token of kind kUnknown, so that
// the parser can refuse it at its place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialect/token.h"
#include "engine/sql_error.h"

namespace flowtrail::dialect {

enum class StringStyle : std::uint8_t {
  kTrino,  // '' is a quote; a backslash is a backslash; "..." is a name
  kHive,   // a backslash keeps the next character inside '...' and "..."
};

/// All tokens without comments, ended by one of kind kEnd at the end of the text. Positions count from `origin`, the
/// place of the text's first character. Cost: linear.
[[nodiscard]] std::vector<Token> tokenize(std::string_view sql, StringStyle style = StringStyle::kTrino,
                                          Position origin = {});

/// One statement of a script: a view without its `;`, and where it begins.
struct StatementText {
  std::string_view text;
  std::size_t begin = 0;  // byte offset into the script
  Position position;      // of its first token
};

/// The statements of a script, split at `;`. Empty ones are left out, leading space and comments too. Hive DDL is
/// recognised by its first words and split with its own strings.
[[nodiscard]] std::vector<StatementText> split_statements(std::string_view script);

/// True if the statement is Hive's: CREATE EXTERNAL TABLE, CREATE TABLE with columns, ALTER, MSCK and their like.
[[nodiscard]] bool is_hive_ddl(std::string_view statement);

/// The byte offset of the first byte that is no UTF-8, or is NUL; the text's size if there is none.
[[nodiscard]] std::size_t first_bad_byte(std::string_view text);

/// The place of the byte at `offset`, if the text begins at `origin`.
[[nodiscard]] Position position_of(std::string_view text, std::size_t offset, Position origin);

/// The name that a kWord, kQuoted or kBackquoted token means, in its own case, quotes taken off.
[[nodiscard]] std::string name_of(const Token& token);

/// The text that a kString token means under Trino's rules ('' is a quote).
[[nodiscard]] std::string string_value(const Token& token);

/// The text that a kString or kQuoted token means under Hive's rules: \n, \t, \\, \', \001 (octal), \u0001 are
/// resolved.
[[nodiscard]] std::string hive_string_value(const Token& token);

/// An error of Trino's: "line L:C: message" is what `SqlError::what` holds, as Trino prints it.
[[nodiscard]] engine::SqlError error_at(Position position, std::string_view name, std::string_view message);
/// SYNTAX_ERROR "mismatched input 'TEXT'. Expecting: EXPECTED" at the token.
[[nodiscard]] engine::SqlError mismatched_input(const Token& token, std::string_view expected);

}  // namespace flowtrail::dialect
