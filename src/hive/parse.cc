// Which statement it is, and all of them but tables.
#include "hive/parse.h"

#include <utility>

#include "hive/parser.h"

namespace flowtrail::hive {

// Behind CREATE and its noun.
CreateDatabase Parser::create_database() {
  CreateDatabase database;
  database.if_not_exists = accept_words({"IF", "NOT", "EXISTS"});
  database.name = name();
  if (accept_words({"COMMENT"})) database.comment = string_literal();
  if (accept_words({"LOCATION"})) database.location = string_literal();
  if (accept_words({"WITH", "DBPROPERTIES"})) database.properties = properties();
  expect_end("'COMMENT', 'LOCATION', 'WITH DBPROPERTIES'");
  return database;
}

std::optional<Statement> Parser::create() {
  if (accept_words({"EXTERNAL"})) return create_table();
  if (peek_words({"TABLE"}) && !is_trino_create_table()) {
    CreateExternalTable table = create_table();
    table.external = false;
    return table;
  }
  if (accept_words({"DATABASE"}) || accept_words({"SCHEMA"})) return create_database();
  return std::nullopt;
}

std::optional<Statement> Parser::alter() {
  if (accept_words({"TABLE"})) return alter_table();
  if (!accept_words({"DATABASE"}) && !accept_words({"SCHEMA"})) return std::nullopt;
  std::string database = name();
  if (!failed() && !accept_words({"SET", "DBPROPERTIES"})) {
    if (!peek_words({"SET"}) && peek().kind != TokenKind::kEnd) return std::nullopt;
    fail("'SET DBPROPERTIES'");
  }
  return AlterDatabaseSetProperties{std::move(database), properties()};
}

std::optional<Statement> Parser::drop() {
  if (accept_words({"TABLE"})) {
    const bool if_exists = accept_words({"IF", "EXISTS"});
    DropTable table{table_name(), if_exists};
    accept_words({"PURGE"});
    return table;
  }
  if (!accept_words({"DATABASE"}) && !accept_words({"SCHEMA"})) return std::nullopt;
  DropDatabase database;
  database.if_exists = accept_words({"IF", "EXISTS"});
  database.name = name();
  database.cascade = accept_words({"CASCADE"});
  if (!database.cascade) accept_words({"RESTRICT"});
  expect_end(database.cascade ? "" : "'CASCADE', 'RESTRICT'");
  return database;
}

std::optional<Statement> Parser::show() {
  const auto in_database = [&]() -> std::optional<std::string> {
    if (!accept_words({"IN"}) && !accept_words({"FROM"})) return std::nullopt;
    std::string database = name();
    return accept_symbol(".") ? name() : database;  // behind a catalog
  };
  if (accept_words({"PARTITIONS"})) return ShowPartitions{table_name()};
  if (accept_words({"CREATE", "TABLE"})) return ShowCreateTable{table_name()};
  if (accept_words({"CREATE", "VIEW"})) return ShowCreateView{table_name()};
  if (accept_words({"TBLPROPERTIES"})) {
    ShowTblProperties show{table_name(), std::nullopt};
    if (accept_symbol("(")) {
      show.key = string_literal();
      expect_symbol(")");
    }
    return show;
  }
  if (accept_words({"DATABASES"}) || accept_words({"SCHEMAS"})) {
    static_cast<void>(in_database());  // the catalog; there is one
    return ShowDatabases{optional_pattern()};
  }
  if (accept_words({"TABLES"})) {
    auto database = in_database();
    return ShowTables{std::move(database), optional_pattern()};
  }
  if (accept_words({"VIEWS"})) {
    auto database = in_database();
    return ShowViews{std::move(database), optional_pattern()};
  }
  if (!accept_words({"COLUMNS"})) return std::nullopt;
  if (!accept_words({"IN"}) && !accept_words({"FROM"})) fail("'FROM', 'IN'");
  ShowColumns columns{table_name()};
  if (auto database = in_database()) columns.table.database = std::move(database);
  return columns;
}

std::optional<Statement> Parser::describe() {
  // DESCRIBE INPUT and OUTPUT of a prepared statement are Trino's, unless the table has that name.
  const bool named = peek_name(1);
  if (named && (peek_words({"INPUT"}) || peek_words({"OUTPUT"}))) return std::nullopt;
  DescribeTable describe;
  if (named) {
    describe.extended = accept_words({"EXTENDED"});
    describe.formatted = !describe.extended && accept_words({"FORMATTED"});
  }
  describe.table = table_name();
  if (accept_words({"PARTITION"})) describe.partition = partition_values();
  if (peek_name()) {
    describe.column = name();
    while (accept_symbol(".")) {
      describe.column += '.';
      describe.column += name();
    }
  }
  return describe;
}

std::optional<Statement> Parser::statement() {
  std::optional<Statement> result;
  if (accept_words({"CREATE"})) {
    result = create();
  } else if (accept_words({"ALTER"})) {
    result = alter();
  } else if (accept_words({"DROP"})) {
    result = drop();
  } else if (accept_words({"MSCK"})) {
    expect_words({"REPAIR", "TABLE"});
    result = MsckRepairTable{table_name()};
  } else if (accept_words({"SHOW"})) {
    result = show();
  } else if (accept_words({"DESCRIBE"}) || accept_words({"DESC"})) {
    result = describe();
  }
  if (!result) return std::nullopt;
  expect_end();
  return result;
}

engine::SqlResult<std::optional<Statement>> parse(std::string_view text, Place first) {
  Parser parser{text, first};
  std::optional<Statement> statement = parser.statement();
  if (parser.error()) return std::unexpected(*parser.error());
  return statement;
}

}  // namespace flowtrail::hive
