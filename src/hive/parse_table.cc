// CREATE TABLE and ALTER TABLE.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "hive/parser.h"

namespace flowtrail::hive {

// From the word TABLE on. Trino's has AS SELECT, or WITH and its properties, outside of all parentheses; or nothing at
// all behind the name, which neither takes.
bool Parser::is_trino_create_table() const {
  std::size_t i = index_ + 1;
  bool has_clause = false;
  while (i < tokens_.size() && tokens_[i].kind != TokenKind::kEnd && !tokens_[i].is_symbol(";")) {
    const Token& token = tokens_[i];
    if (token.is_symbol("(")) {
      has_clause = true;
      i = behind_parentheses(i);
      continue;
    }
    if (token.is_word("AS") && !tokens_[i - 1].is_word("STORED")) return true;
    if (token.is_word("WITH") && !tokens_[i + 1].is_word("SERDEPROPERTIES")) return true;
    has_clause = has_clause || token.is_word("STORED") || token.is_word("LOCATION") || token.is_word("ROW") ||
                 token.is_word("TBLPROPERTIES");
    ++i;
  }
  return !has_clause;
}

void Parser::partitioned_by(CreateExternalTable& table) {
  expect_symbol("(");
  do {
    // Iceberg's fields have no type: a column's name, or a function of it.
    const Token& next = peek(1);
    if (peek_name() && (next.is_symbol(",") || next.is_symbol(")") || next.is_symbol("("))) {
      const Token first = take();
      if (peek().is_symbol("(")) index_ = behind_parentheses(index_);
      const Token& last = tokens_[index_ - 1];
      table.partition_transforms.emplace_back(text_.substr(first.begin, last.begin + last.text.size() - first.begin));
    } else {
      table.partition_columns.push_back(column());
    }
  } while (accept_symbol(","));
  expect_symbol(")");
}

void Parser::clustered_by(CreateExternalTable& table) {
  const Token first = take();
  expect_words({"BY"});
  const auto names = [&] {
    expect_symbol("(");
    do {
      static_cast<void>(name());
      if (!accept_words({"ASC"})) accept_words({"DESC"});
    } while (accept_symbol(","));
    expect_symbol(")");
  };
  names();
  if (accept_words({"SORTED", "BY"})) names();
  expect_words({"INTO"});
  static_cast<void>(number(1, 1'000'000));
  const Token last = peek();
  expect_words({"BUCKETS"});
  if (!failed()) table.clustering = text_.substr(first.begin, last.begin + last.text.size() - first.begin);
}

DelimitedFormat Parser::delimited() {
  DelimitedFormat format;
  while (true) {
    if (accept_words({"FIELDS", "TERMINATED", "BY"})) {
      format.fields = string_literal();
    } else if (accept_words({"ESCAPED", "BY"})) {
      format.escaped = string_literal();
    } else if (accept_words({"COLLECTION", "ITEMS", "TERMINATED", "BY"})) {
      format.collection_items = string_literal();
    } else if (accept_words({"MAP", "KEYS", "TERMINATED", "BY"})) {
      format.map_keys = string_literal();
    } else if (accept_words({"LINES", "TERMINATED", "BY"})) {
      format.lines = string_literal();
    } else if (accept_words({"NULL", "DEFINED", "AS"})) {
      format.null_text = string_literal();
    } else {
      break;
    }
  }
  if (format == DelimitedFormat{}) {
    fail(
        "'FIELDS TERMINATED BY', 'COLLECTION ITEMS TERMINATED BY', 'MAP KEYS TERMINATED BY', 'LINES TERMINATED BY', "
        "'NULL DEFINED AS'");
  }
  return format;
}

void Parser::row_format(CreateExternalTable& table) {
  if (accept_words({"DELIMITED"})) {
    table.row_format = delimited();
  } else if (accept_words({"SERDE"})) {
    table.row_format = SerdeFormat{string_literal()};
  } else {
    fail("'DELIMITED', 'SERDE'");
  }
}

void Parser::stored_as(CreateExternalTable& table) {
  if (accept_words({"INPUTFORMAT"})) {
    FormatClasses classes;
    classes.input = string_literal();
    expect_words({"OUTPUTFORMAT"});
    classes.output = string_literal();
    table.stored_as = std::move(classes);
    return;
  }
  if (peek().kind != TokenKind::kWord) return fail("'INPUTFORMAT', <format>");
  std::string format{take().text};
  std::ranges::transform(format, format.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  table.stored_as = std::move(format);
}

// From the word TABLE on. The clauses have an order, which Athena insists on.
CreateExternalTable Parser::create_table() {
  CreateExternalTable table;
  expect_words({"TABLE"});
  table.if_not_exists = accept_words({"IF", "NOT", "EXISTS"});
  table.table = table_name();
  std::string_view clauses =
      "'(', 'COMMENT', 'PARTITIONED BY', 'CLUSTERED BY', 'ROW FORMAT', 'STORED AS', 'LOCATION', 'TBLPROPERTIES'";
  // What could have stood at the place of an error: this clause was the last.
  const auto passed = [&](std::string_view clause) {
    const std::size_t found = clauses.find(clause);
    clauses.remove_prefix(std::min(clauses.size(), found + clause.size() + 2));
  };
  if (peek().kind == TokenKind::kEnd || peek().is_symbol(";")) fail(clauses);  // a name alone is no table
  if (peek().is_symbol("(")) {
    table.columns = columns();
    passed("'('");
  }
  if (accept_words({"COMMENT"})) {
    table.comment = string_literal();
    passed("'COMMENT'");
  }
  if (accept_words({"PARTITIONED", "BY"})) {
    partitioned_by(table);
    passed("'PARTITIONED BY'");
  }
  if (peek_words({"CLUSTERED"})) {
    clustered_by(table);
    passed("'CLUSTERED BY'");
  }
  if (accept_words({"ROW", "FORMAT"})) {
    row_format(table);
    passed("'ROW FORMAT'");
    if (accept_words({"WITH", "SERDEPROPERTIES"})) table.serde_properties = properties();
  }
  if (accept_words({"STORED", "AS"})) {
    stored_as(table);
    passed("'STORED AS'");
  }
  if (table.serde_properties.empty() && accept_words({"WITH", "SERDEPROPERTIES"}))
    table.serde_properties = properties();
  if (accept_words({"LOCATION"})) {
    table.location = string_literal();
    passed("'LOCATION'");
  }
  if (accept_words({"TBLPROPERTIES"})) {
    table.properties = properties();
    passed("'TBLPROPERTIES'");
  }
  expect_end(clauses);
  return table;
}

AlterTableAddPartition Parser::add_partitions(TableName table) {
  AlterTableAddPartition add{std::move(table), accept_words({"IF", "NOT", "EXISTS"}), {}};
  do {
    expect_words({"PARTITION"});
    NewPartition partition{partition_values(), std::nullopt};
    if (accept_words({"LOCATION"})) partition.location = string_literal();
    add.partitions.push_back(std::move(partition));
    accept_symbol(",");
  } while (peek_words({"PARTITION"}));
  return add;
}

AlterTableDropPartition Parser::drop_partitions(TableName table) {
  AlterTableDropPartition drop{std::move(table), accept_words({"IF", "EXISTS"}), {}};
  do {
    expect_words({"PARTITION"});
    drop.partitions.push_back(partition_conditions());
  } while (accept_symbol(","));
  accept_words({"PURGE"});
  return drop;
}

// Behind ALTER TABLE. What Trino shares with Hive (RENAME TO, ADD COLUMN, DROP COLUMN) is Trino's.
std::optional<Statement> Parser::alter_table() {
  if (!peek_name() && peek().kind != TokenKind::kEnd) return std::nullopt;
  TableName table = table_name();
  const bool partitions = peek(1).is_word("PARTITION") || peek(1).is_word("IF");
  if (partitions && accept_words({"ADD"})) return add_partitions(std::move(table));
  if (partitions && accept_words({"DROP"})) return drop_partitions(std::move(table));
  if (accept_words({"SET", "TBLPROPERTIES"})) return AlterTableSetTblProperties{std::move(table), properties()};
  PartitionValues partition;
  if (accept_words({"PARTITION"})) {
    partition = partition_values();
    if (accept_words({"RENAME", "TO", "PARTITION"})) {
      return AlterTableRenamePartition{std::move(table), std::move(partition), partition_values()};
    }
  }
  if (accept_words({"SET", "LOCATION"})) {
    return AlterTableSetLocation{std::move(table), std::move(partition), string_literal()};
  }
  if (accept_words({"ADD", "COLUMNS"})) {
    return AlterTableAddColumns{std::move(table), std::move(partition), columns()};
  }
  if (accept_words({"REPLACE", "COLUMNS"})) {
    return AlterTableReplaceColumns{std::move(table), std::move(partition), columns()};
  }
  if (!partition.empty()) fail("'RENAME TO PARTITION', 'SET LOCATION', 'ADD COLUMNS', 'REPLACE COLUMNS'");
  if (peek().kind == TokenKind::kEnd || peek_words({"SET"})) {
    fail("'ADD', 'DROP', 'PARTITION', 'REPLACE COLUMNS', 'SET LOCATION', 'SET TBLPROPERTIES'");
  }
  return std::nullopt;
}

}  // namespace flowtrail::hive
