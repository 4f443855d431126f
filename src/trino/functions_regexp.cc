// What regular expressions give that texts alone cannot carry.
#include <array>
#include <string>
#include <utility>

#include "scalar/regexp.h"
#include "trino/function.h"

namespace flowtrail::trino {
namespace {

/// Text and pattern: for each match the text before it, and its groups; last the text behind all of them, with NULL.
Answer regexp_pieces(const Call& call) {
  const auto& expression = scalar::Regexp::kept(call.text(1));
  if (!expression) return std::unexpected(expression.error());
  auto matches = expression->pieces(call.text(0));
  if (!matches) return std::unexpected(matches.error());
  Values rows;
  for (scalar::Regexp::Piece& piece : *matches) {
    Value groups;
    if (piece.is_match) {
      Values list;
      for (auto& group : piece.groups) list.push_back(group ? Value{*std::move(group)} : Value{});
      groups = Value{std::move(list)};
    }
    rows.emplace_back(Values{Value{std::move(piece.before)}, std::move(groups)});
  }
  return Value{std::move(rows)};
}

/// NULL where a group is no part of a match.
Answer regexp_extract_all(const Call& call) {
  const auto& expression = scalar::Regexp::kept(call.text(1));
  if (!expression) return std::unexpected(expression.error());
  auto groups = expression->extract_all(call.text(0), call.arguments.size() > 2 ? call.integer(2) : 0);
  if (!groups) return std::unexpected(groups.error());
  Values list;
  for (auto& group : *groups) list.push_back(group ? Value{*std::move(group)} : Value{});
  return Value{std::move(list)};
}

constexpr auto kFunctions = std::to_array<Function>({
    {"regexp_pieces", regexp_pieces},
    {"regexp_extract_all", regexp_extract_all},
});

}  // namespace

std::span<const Function> regexp_functions() {
  return kFunctions;
}

}  // namespace flowtrail::trino
