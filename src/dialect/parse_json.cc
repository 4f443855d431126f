// The SQL/JSON functions, whose arguments have a grammar of their own.
#include <utility>

#include "base/letters.h"
#include "dialect/lexer.h"
#include "dialect/parser_base.h"

namespace flowtrail::dialect {

bool Parser::accept_format_json() {
  if (!peek_word("FORMAT") || !peek_word("JSON", 1)) return false;
  take();
  take();
  if (accept_word("ENCODING")) take();
  return true;
}

ExpressionPtr Parser::json_path_call() {
  const Token token = take();
  auto result = node(ExpressionKind::kJson, token);
  result->text = lower(token.text);
  result->json = std::make_unique<JsonCall>();
  expect_operator("(");
  result->children.push_back(expression());
  result->json->input_is_json = accept_format_json();
  expect_operator(",");
  result->json->path_position = peek().position;
  result->json->path = string_literal();
  if (accept_word("AS")) identifier();  // a name for the path says nothing about the answer
  json_passing(*result);
  json_returning(*result->json);
  json_wrapper(*result->json);
  json_behaviours(*result);
  expect_operator(")");
  return finish(std::move(result));
}

void Parser::json_passing(Expression& call) {
  if (!accept_word("PASSING")) return;
  do {
    call.json->passing.push_back(expression());
    accept_format_json();
    expect_word("AS");
    call.json->passing_names.push_back(identifier());
  } while (accept_operator(","));
}

void Parser::json_returning(JsonCall& json) {
  if (!accept_word("RETURNING")) return;
  json.returning = type();
  accept_format_json();
}

void Parser::json_wrapper(JsonCall& json) {
  if (accept_word("WITHOUT")) {
    accept_word("ARRAY");
    expect_word("WRAPPER");
    json.wrapper = "WITHOUT";
  } else if (peek_word("WITH") && !peek_word("UNIQUE", 1)) {
    take();
    json.wrapper = accept_word("CONDITIONAL") ? "CONDITIONAL" : "UNCONDITIONAL";
    accept_word("UNCONDITIONAL");
    accept_word("ARRAY");
    expect_word("WRAPPER");
  }
  if (peek_word("KEEP") || peek_word("OMIT")) {
    json.omit_quotes = peek_word("OMIT");
    take();
    expect_word("QUOTES");
    if (accept_word("ON")) {
      expect_word("SCALAR");
      if (!accept_word("TEXT")) expect_word("STRING");
    }
  }
}

std::string Parser::json_behaviour(ExpressionPtr& default_value) {
  for (const std::string_view word : {"NULL", "ERROR", "TRUE", "FALSE", "UNKNOWN"}) {
    if (accept_word(word)) return std::string{word};
  }
  if (accept_word("DEFAULT")) {
    default_value = expression();
    return "DEFAULT";
  }
  expect_word("EMPTY");
  if (accept_word("OBJECT")) return "EMPTY OBJECT";
  accept_word("ARRAY");
  return "EMPTY ARRAY";
}

void Parser::json_behaviours(Expression& call) {
  while (!peek_operator(")") && !failed()) {
    ExpressionPtr value;
    const std::string behaviour = json_behaviour(value);
    expect_word("ON");
    if (accept_word("EMPTY")) {
      call.json->on_empty = behaviour;
      call.json->default_on_empty = std::move(value);
    } else {
      expect_word("ERROR");
      call.json->on_error = behaviour;
      call.json->default_on_error = std::move(value);
    }
  }
}

ExpressionPtr Parser::json_object() {
  auto result = node(ExpressionKind::kJson, take());
  result->text = "json_object";
  result->json = std::make_unique<JsonCall>();
  expect_operator("(");
  const auto at_clause = [this] {
    return peek_operator(")") || peek_word("RETURNING") || (peek_word("NULL") && peek_word("ON", 1)) ||
           (peek_word("ABSENT") && peek_word("ON", 1)) || (peek_word("WITH") && peek_word("UNIQUE", 1)) ||
           (peek_word("WITHOUT") && peek_word("UNIQUE", 1));
  };
  while (!at_clause() && !failed()) {
    const bool has_key_word = peek_word("KEY") && !peek_word("VALUE", 1) && !peek_operator(":", 1);
    if (has_key_word) take();
    result->children.push_back(expression());
    if (!accept_word("VALUE")) expect_operator(":");
    result->children.push_back(expression());
    result->json->value_is_json.push_back(accept_format_json());
    if (!accept_operator(",")) break;
  }
  if (accept_words("NULL", "ON")) {
    expect_word("NULL");
  } else if (accept_words("ABSENT", "ON")) {
    expect_word("NULL");
    result->json->absent_on_null = true;
  }
  if (accept_words("WITH", "UNIQUE")) {
    result->json->unique_keys = true;
    accept_word("KEYS");
  } else if (accept_words("WITHOUT", "UNIQUE")) {
    accept_word("KEYS");
  }
  json_returning(*result->json);
  expect_operator(")");
  return finish(std::move(result));
}

ExpressionPtr Parser::json_array() {
  auto result = node(ExpressionKind::kJson, take());
  result->text = "json_array";
  result->json = std::make_unique<JsonCall>();
  result->json->absent_on_null = true;
  expect_operator("(");
  const auto at_clause = [this] {
    return peek_operator(")") || peek_word("RETURNING") || (peek_word("NULL") && peek_word("ON", 1)) ||
           (peek_word("ABSENT") && peek_word("ON", 1));
  };
  while (!at_clause() && !failed()) {
    result->children.push_back(expression());
    result->json->value_is_json.push_back(accept_format_json());
    if (!accept_operator(",")) break;
  }
  if (accept_words("NULL", "ON")) {
    expect_word("NULL");
    result->json->absent_on_null = false;
  } else if (accept_words("ABSENT", "ON")) {
    expect_word("NULL");
  }
  json_returning(*result->json);
  expect_operator(")");
  return finish(std::move(result));
}

}  // namespace flowtrail::dialect
