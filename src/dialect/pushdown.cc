#include "dialect/pushdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "dialect/ast.h"
#include "dialect/translate.h"
#include "engine/database.h"
#include "scalar/json_text.h"

namespace flowtrail::dialect {
namespace {

/// A constant as JSON, if it is of the column's kind.
std::optional<std::string> constant(const Expression& expression, const Origin& origin) {
  switch (expression.kind) {
    case ExpressionKind::kString:
      return origin.is_number ? std::nullopt : std::optional{scalar::quoted(expression.text)};
    case ExpressionKind::kInteger:
      // 18 digits fit 64 bits whatever they are.
      return origin.is_number && expression.text.size() <= 18 ? std::optional{expression.text} : std::nullopt;
    case ExpressionKind::kNegate: {
      const Expression& inner = *expression.children[0];
      if (inner.kind != ExpressionKind::kInteger) return std::nullopt;
      return constant(inner, origin).transform([](const std::string& text) { return "-" + text; });
    }
    default: return std::nullopt;
  }
}

std::string_view mirrored(std::string_view symbol) {
  if (symbol == "<") return ">";
  if (symbol == "<=") return ">=";
  if (symbol == ">") return "<";
  return symbol == ">=" ? "<=" : symbol;
}

std::string one_of(const std::vector<std::string>& values) {
  return fmt::format(R"("one_of":[{}])", fmt::join(values, ","));
}

std::string test_of(std::string_view symbol, const std::string& value) {
  if (symbol == "=") return one_of({value});
  if (symbol == "<") return R"("below":)" + value;
  if (symbol == "<=") return R"("greatest":)" + value;
  if (symbol == ">") return R"("above":)" + value;
  return symbol == ">=" ? R"("least":)" + value : std::string{};
}

}  // namespace

Pushdown::Scan Pushdown::add_scan(std::string schema, std::string table) {
  const int number = static_cast<int>(readers_.size());
  // No statement holds this letter outside of its texts, where it would be escaped twice.
  const std::string token = fmt::format("\x02{}\x02", number);
  readers_.push_back({std::move(schema), std::move(table), token, {}});
  return {number, token};
}

void Pushdown::add_condition(const Expression& condition, const std::set<int>* only) {
  switch (condition.kind) {
    case ExpressionKind::kAnd:
      for (const ExpressionPtr& child : condition.children) add_condition(*child, only);
      break;
    case ExpressionKind::kComparison: add_comparison(condition, only); break;
    case ExpressionKind::kInList: add_list(condition, only); break;
    case ExpressionKind::kBetween: add_range(condition, only); break;
    case ExpressionKind::kLike: add_prefix(condition, only); break;
    case ExpressionKind::kCall: add_block(condition, only); break;
    default: break;
  }
}

void Pushdown::add_predicate(const Origin& origin, const std::set<int>* only, const std::string& test) {
  if (test.empty() || (only != nullptr && !only->contains(origin.scan))) return;
  readers_[static_cast<std::size_t>(origin.scan)].predicates.emplace_back(
      fmt::format(R"({{"column":{},{}}})", scalar::quoted(origin.column), test), origin.common);
}

void Pushdown::add_comparison(const Expression& comparison, const std::set<int>* only) {
  const Expression& left = *comparison.children[0];
  const Expression& right = *comparison.children[1];
  if (left.origin) {
    if (const auto value = constant(right, *left.origin)) {
      add_predicate(*left.origin, only, test_of(comparison.text, *value));
    }
  } else if (right.origin) {
    if (const auto value = constant(left, *right.origin)) {
      add_predicate(*right.origin, only, test_of(mirrored(comparison.text), *value));
    }
  }
}

void Pushdown::add_list(const Expression& in, const std::set<int>* only) {
  const OriginPtr& origin = in.children[0]->origin;
  if (!origin || in.negated) return;
  std::vector<std::string> values;
  for (std::size_t i = 1; i < in.children.size(); ++i) {
    const auto value = constant(*in.children[i], *origin);
    if (!value) return;
    values.push_back(*value);
  }
  add_predicate(*origin, only, one_of(values));
}

void Pushdown::add_range(const Expression& between, const std::set<int>* only) {
  const OriginPtr& origin = between.children[0]->origin;
  if (!origin || between.negated) return;
  const auto low = constant(*between.children[1], *origin);
  const auto high = constant(*between.children[2], *origin);
  if (low) add_predicate(*origin, only, test_of(">=", *low));
  if (high) add_predicate(*origin, only, test_of("<=", *high));
}

void Pushdown::add_prefix(const Expression& like, const std::set<int>* only) {
  const OriginPtr& origin = like.children[0]->origin;
  const bool plain = origin && !origin->is_number && !like.negated && like.children.size() == 2 &&
                     like.children[1]->kind == ExpressionKind::kString;
  if (!plain) return;
  const std::string& pattern = like.children[1]->text;
  const std::size_t wildcard = pattern.find_first_of("%_");
  if (wildcard == std::string::npos) return add_predicate(*origin, only, one_of({scalar::quoted(pattern)}));
  if (wildcard == 0) return;
  add_predicate(*origin, only, fmt::format(R"("prefix":{})", scalar::quoted(pattern.substr(0, wildcard))));
}

/// contains('10.0.0.0/8', CAST(srcaddr AS IPADDRESS)). Blocks of IPv6 hold IPv4 addresses in Trino, and not in a
/// filter, so they stay.
void Pushdown::add_block(const Expression& call, const std::set<int>* only) {
  if (call.text != "contains" || call.children.size() != 2 || call.children[0]->kind != ExpressionKind::kString ||
      call.children[1]->kind != ExpressionKind::kCast) {
    return;
  }
  const OriginPtr& origin = call.children[1]->children[0]->origin;
  const std::string& block = call.children[0]->text;
  if (!origin || origin->is_number || block.find(':') != std::string::npos ||
      call.children[1]->type_text != "ipaddress") {
    return;
  }
  add_predicate(*origin, only, fmt::format(R"("in_blocks":[{}])", scalar::quoted(block)));
}

std::string Pushdown::finished(std::string sql, bool enabled, std::vector<PushedFilter>& pushed) const {
  for (const Reader& reader : readers_) {
    std::vector<std::string> predicates;
    for (const auto& [predicate, common] : reader.predicates) {
      const bool named_once = std::ranges::all_of(common, [this](const std::string& name) {
        const auto found = references_.find(name);
        return found != references_.end() && found->second == 1;
      });
      const bool fresh = std::ranges::find(predicates, predicate) == predicates.end();
      if (enabled && named_once && fresh) predicates.push_back(predicate);
    }
    const std::string filter = predicates.empty() ? "" : fmt::format("[{}]", fmt::join(predicates, ","));
    const std::string text = filter.empty() ? "" : "filter := " + engine::quote_literal(filter);
    for (std::size_t at = sql.find(reader.token); at != std::string::npos; at = sql.find(reader.token, at)) {
      sql.replace(at, reader.token.size(), text);
    }
    pushed.push_back({reader.schema, reader.table, filter});
  }
  return sql;
}

}  // namespace flowtrail::dialect
