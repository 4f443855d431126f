#include "shell/completer.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/letters.h"
#include "dialect/lexer.h"
#include "engine/database.h"
#include "shell/dot_command.h"
#include "shell/highlighter.h"
#include "shell/words.h"

namespace flowtrail::shell {
namespace {

using dialect::Token;
using dialect::TokenKind;

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool begins_with(std::string_view text, std::string_view beginning) {
  return lower(text).starts_with(lower(beginning));
}

/// A name as SQL wants it.
std::string written(const std::string& name) {
  const bool plain =
      !name.empty() && std::ranges::all_of(name, is_word_character) && !(name[0] >= '0' && name[0] <= '9');
  return plain ? name : engine::quote_identifier(name);
}

class Offers {
 public:
  explicit Offers(std::string_view word) : word_(word) {}

  void add(std::string candidate) {
    if (begins_with(candidate, word_) && !std::ranges::count(candidates_, candidate)) {
      candidates_.push_back(std::move(candidate));
    }
  }
  void add_names(const std::vector<std::string>& names) {
    for (const std::string& name : names) add(written(name));
  }
  std::vector<std::string> take() { return std::move(candidates_); }

 private:
  std::string_view word_;
  std::vector<std::string> candidates_;
};

bool is_name(const Token& token) {
  return token.kind == TokenKind::kQuoted || token.kind == TokenKind::kBackquoted ||
         (token.kind == TokenKind::kWord && !is_sql_keyword(token.text));
}

bool comes_before_table(const Token& token) {
  constexpr auto kWords =
      std::to_array<std::string_view>({"FROM", "JOIN", "INTO", "TABLE", "VIEW", "DESCRIBE", "UPDATE"});
  return std::ranges::any_of(kWords, [&](std::string_view word) { return token.is_word(word); });
}

/// The tables that a statement names, by their alias and by their own name, both in lower case.
std::map<std::string, std::string> named_tables(const std::vector<Token>& tokens) {
  std::map<std::string, std::string> tables;
  bool expected = false;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!expected || !is_name(tokens[i])) {
      expected = comes_before_table(tokens[i]);
      continue;
    }
    while (i + 2 < tokens.size() && tokens[i + 1].is_operator(".") && is_name(tokens[i + 2])) i += 2;
    const std::string table = lower(dialect::name_of(tokens[i]));
    tables[table] = table;
    if (i + 1 < tokens.size() && tokens[i + 1].is_word("AS")) ++i;
    if (i + 1 < tokens.size() && is_name(tokens[i + 1])) tables[lower(dialect::name_of(tokens[++i]))] = table;
    expected = i + 1 < tokens.size() && tokens[i + 1].is_operator(",");
    if (expected) ++i;
  }
  return tables;
}

bool is_semicolon(const Token& token) {
  return token.is_operator(";");
}

/// The tokens of the last statement.
std::vector<Token> last_statement(std::vector<Token> tokens) {
  const auto semicolon = std::find_if(tokens.rbegin(), tokens.rend(), is_semicolon);
  tokens.erase(tokens.begin(), semicolon.base());
  return tokens;
}

/// The tokens up to the next statement.
std::vector<Token> first_statement(std::vector<Token> tokens) {
  tokens.erase(std::ranges::find_if(tokens, is_semicolon), tokens.end());
  return tokens;
}

/// True if a word at the end of `before` would be a word of SQL, and no part of a string, name or comment.
bool is_in_sql(std::string_view before) {
  const Paint paint = highlight(std::string{before} + "x").back();
  return paint == Paint::kPlain || paint == Paint::kKeyword;
}

std::vector<std::string> complete_sql(std::string_view before, std::string_view word, std::string_view after,
                                      const Names& names) {
  Offers offers{word};
  const std::vector<Token> tokens = last_statement(dialect::tokenize(before));  // the last is the end
  std::vector<Token> all{tokens.begin(), tokens.end() - 1};
  const std::vector<Token> behind = first_statement(dialect::tokenize(after));
  all.insert(all.end(), behind.begin(), behind.end());
  const auto tables = named_tables(all);
  const Token last = tokens.size() > 1 ? tokens[tokens.size() - 2] : Token{};
  const auto add_columns = [&](const std::string& table) {
    if (names.columns) offers.add_names(names.columns(table));
  };
  if (last.is_operator(".")) {
    if (tokens.size() < 3) return {};
    const auto table = tables.find(lower(dialect::name_of(tokens[tokens.size() - 3])));
    if (table != tables.end()) add_columns(table->second);
    return offers.take();
  }
  if (comes_before_table(last)) {
    offers.add_names(names.tables);
    return offers.take();
  }
  for (const auto& [alias, table] : tables) add_columns(table);
  if (word.empty()) return offers.take();
  offers.add_names(names.tables);
  for (const std::string& function : names.functions) offers.add(function + "(");
  const bool in_lower = std::ranges::any_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
  for (const std::string_view keyword : sql_keywords()) {
    offers.add(in_lower ? lower(keyword) : std::string{keyword});
  }
  return offers.take();
}

std::vector<std::string> complete_argument(std::string_view command, std::string_view word, const Names& names) {
  Offers offers{word};
  if (command == ".inspect" || command == ".tables") {
    for (const std::string& name : names.tables) offers.add(name);
  } else if (command == ".help") {
    for (const std::string_view name : dot_command_names()) offers.add(std::string{name.substr(1)});
  } else if (command == ".mode") {
    for (const auto* name : {"csv", "json", "markdown", "ndjson", "table", "tsv"}) offers.add(name);
  } else if (command == ".timer" || command == ".pager") {
    for (const auto* name : {"on", "off"}) offers.add(name);
  }
  return offers.take();
}

}  // namespace

Completion complete(std::string_view before, std::string_view after, const Names& names) {
  Completion completion;
  completion.begin = before.size();
  while (completion.begin > 0 && is_word_character(before[completion.begin - 1])) --completion.begin;
  const std::string_view word = before.substr(completion.begin);
  const std::size_t dot = before.find_first_not_of(" \t");
  if (dot != std::string_view::npos && before[dot] == '.') {
    const std::size_t blank = before.find_first_of(" \t", dot);
    if (blank == std::string_view::npos) {
      completion.begin = dot;
      Offers offers{before.substr(dot)};
      for (const std::string_view name : dot_command_names()) offers.add(std::string{name});
      completion.candidates = offers.take();
      return completion;
    }
    if (const std::string_view command = before.substr(dot, blank - dot); command != ".explain") {
      completion.candidates = complete_argument(command, word, names);
      return completion;
    }
    before.remove_prefix(blank);
    if (is_in_sql(before)) {
      completion.candidates = complete_sql(before.substr(0, before.size() - word.size()), word, after, names);
    }
    return completion;
  }
  if (is_in_sql(before)) {
    completion.candidates = complete_sql(before.substr(0, completion.begin), word, after, names);
  }
  return completion;
}

std::string common_beginning(const std::vector<std::string>& candidates) {
  if (candidates.empty()) return {};
  std::string common = candidates[0];
  for (const std::string& candidate : candidates) {
    std::size_t length = 0;
    const std::string a = lower(common);
    const std::string b = lower(candidate);
    while (length < std::min(a.size(), b.size()) && a[length] == b[length]) ++length;
    common.resize(length);
  }
  return common;
}

}  // namespace flowtrail::shell
