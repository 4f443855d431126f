// What the parts of the parser share: the tokens, the place in them, and the first error. After an error the parser
// stands at the end of the text, so that every loop ends; only the first error is kept.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sql_error.h"
#include "hive/lexer.h"
#include "hive/statement.h"

namespace flowtrail::hive {

class Parser {
 public:
  Parser(std::string_view text, Place first) : text_(text), tokens_(tokenize(text, first)) {}

  /// nullopt: the text is none of Hive's statements, or there is an error.
  std::optional<Statement> statement();
  [[nodiscard]] const std::optional<engine::SqlError>& error() const { return error_; }

 private:
  // Tokens.
  [[nodiscard]] const Token& peek(std::size_t ahead = 0) const;
  /// Whether the words given stand here, one behind the other.
  [[nodiscard]] bool peek_words(std::initializer_list<std::string_view> upper) const;
  [[nodiscard]] bool peek_name(std::size_t ahead = 0) const;
  Token take();
  bool accept_words(std::initializer_list<std::string_view> upper);
  bool accept_symbol(std::string_view symbol);
  void expect_words(std::initializer_list<std::string_view> upper);
  void expect_symbol(std::string_view symbol);
  /// Refuses anything but `;` and the end. `clauses`: what else could have stood here, as an error shows it.
  void expect_end(std::string_view clauses = {});
  void fail(std::string_view expected);
  void fail_at(const Token& token, std::string_view message);
  [[nodiscard]] bool failed() const { return error_.has_value(); }
  /// The index of the token behind the parenthesis that closes the one at `open`.
  [[nodiscard]] std::size_t behind_parentheses(std::size_t open) const;

  // What statements are made of.
  std::string name();
  TableName table_name();
  std::string string_literal();
  std::optional<std::string> optional_pattern();
  Properties properties();
  trino::Type type(int depth = 0);
  trino::Type decimal();
  trino::Type struct_type(int depth);
  int number_in_parentheses(int most);
  int number(int least, int most);
  Column column();
  std::vector<Column> columns();
  std::string partition_value();
  PartitionValues partition_values();
  std::vector<PartitionCondition> partition_conditions();

  // Statements. nullopt: not Hive's.
  std::optional<Statement> create();
  std::optional<Statement> alter();
  std::optional<Statement> drop();
  std::optional<Statement> show();
  std::optional<Statement> describe();
  [[nodiscard]] bool is_trino_create_table() const;
  CreateExternalTable create_table();
  void partitioned_by(CreateExternalTable& table);
  void clustered_by(CreateExternalTable& table);
  void row_format(CreateExternalTable& table);
  DelimitedFormat delimited();
  void stored_as(CreateExternalTable& table);
  CreateDatabase create_database();
  std::optional<Statement> alter_table();
  AlterTableAddPartition add_partitions(TableName table);
  AlterTableDropPartition drop_partitions(TableName table);

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t index_ = 0;
  std::optional<engine::SqlError> error_;
};

}  // namespace flowtrail::hive
