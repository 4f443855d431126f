#include "tables/filter_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace flowtrail::tables {
namespace {

using flowlog::Predicate;
using Json = nlohmann::json;
using AnyTest = decltype(Predicate::test);

std::unexpected<Error> not_a_filter(std::string_view what) {
  return failure(ErrorCode::kUsage, "not a filter: {}", what);
}

/// The member, or null.
const Json& member(const Json& object, const char* name) {
  static const Json kNull;
  const auto found = object.find(name);
  return found == object.end() ? kNull : *found;
}

bool are_texts(const Json& list) {
  return list.is_array() && std::ranges::all_of(list, [](const Json& item) { return item.is_string(); });
}

bool are_integers(const Json& list) {
  return list.is_array() && std::ranges::all_of(list, [](const Json& item) { return item.is_number_integer(); });
}

Result<AnyTest> read_blocks(const Json& list) {
  if (!are_texts(list)) return not_a_filter("in_blocks wants texts");
  flowlog::InBlocks test;
  for (const Json& item : list) {
    FT_TRY(test.blocks.emplace_back(), Cidr::parse(item.get_ref<const std::string&>()));
  }
  return test;
}

Result<AnyTest> read_number_range(const Json& predicate) {
  flowlog::NumberRange range;
  for (const char* name : {"least", "above", "below", "greatest"}) {
    const Json& bound = member(predicate, name);
    if (bound.is_null()) continue;
    if (!bound.is_number_integer()) return not_a_filter("bounds are of two kinds");
    const auto value = bound.get<std::int64_t>();
    const std::string_view which = name;
    // The numbers are whole: beyond the ends of their kind nothing can lie.
    if (which == "least") range.least = value;
    if (which == "above") range.least = value == INT64_MAX ? value : value + 1;
    if (which == "below") range.greatest = value == INT64_MIN ? value : value - 1;
    if (which == "greatest") range.greatest = value;
  }
  return range;
}

Result<AnyTest> read_text_range(const Json& predicate) {
  flowlog::TextRange range;
  for (const char* name : {"least", "above", "below", "greatest"}) {
    const Json& bound = member(predicate, name);
    if (bound.is_null()) continue;
    if (!bound.is_string()) return not_a_filter("bounds are of two kinds");
    const std::string_view which = name;
    const bool is_lower = which == "least" || which == "above";
    (is_lower ? range.least : range.greatest) = bound.get<std::string>();
    if (is_lower) range.with_least = which == "least";
    if (!is_lower) range.with_greatest = which == "greatest";
  }
  return range;
}

Result<AnyTest> read_range(const Json& predicate) {
  for (const char* name : {"least", "above", "below", "greatest"}) {
    const Json& bound = member(predicate, name);
    if (bound.is_string()) return read_text_range(predicate);
    if (bound.is_number_integer()) return read_number_range(predicate);
    if (!bound.is_null()) return not_a_filter("a bound is a whole number or a text");
  }
  return not_a_filter("a predicate without a test");
}

Result<AnyTest> read_test(const Json& predicate) {
  if (const Json& blocks = member(predicate, "in_blocks"); !blocks.is_null()) return read_blocks(blocks);
  if (const Json& prefix = member(predicate, "prefix"); !prefix.is_null()) {
    if (!prefix.is_string()) return not_a_filter("a prefix is a text");
    return flowlog::TextPrefix{prefix.get<std::string>()};
  }
  if (const Json& list = member(predicate, "one_of"); !list.is_null()) {
    if (are_integers(list)) return flowlog::OneOfNumbers{list.get<std::vector<std::int64_t>>()};
    if (are_texts(list)) return flowlog::OneOfTexts{list.get<std::vector<std::string>>()};
    return not_a_filter("one_of wants whole numbers or texts");
  }
  return read_range(predicate);
}

void write_range(const flowlog::NumberRange& range, Json& json) {
  if (range.least) json["least"] = *range.least;
  if (range.greatest) json["greatest"] = *range.greatest;
  if (!range.least && !range.greatest) json["least"] = INT64_MIN;
}

void write_range(const flowlog::TextRange& range, Json& json) {
  if (range.least) json[range.with_least ? "least" : "above"] = *range.least;
  if (range.greatest) json[range.with_greatest ? "greatest" : "below"] = *range.greatest;
  if (!range.least && !range.greatest) json["least"] = "";
}

struct TestWriter {
  Json& json;
  void operator()(const flowlog::OneOfNumbers& test) const { json["one_of"] = test.values; }
  void operator()(const flowlog::OneOfTexts& test) const { json["one_of"] = test.values; }
  void operator()(const flowlog::NumberRange& test) const { write_range(test, json); }
  void operator()(const flowlog::TextRange& test) const { write_range(test, json); }
  void operator()(const flowlog::TextPrefix& test) const { json["prefix"] = test.prefix; }
  void operator()(const flowlog::InBlocks& test) const {
    json["in_blocks"] = Json::array();
    for (const Cidr& block : test.blocks) json["in_blocks"].push_back(block.to_string());
  }
};

}  // namespace

Result<flowlog::Filter> read_filter(std::string_view text) {
  flowlog::Filter filter;
  if (text.empty()) return filter;
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_array()) return not_a_filter("no JSON list");
  for (const Json& item : json) {
    if (!item.is_object() || !member(item, "column").is_string()) return not_a_filter("a predicate without a column");
    Predicate predicate{item["column"].get<std::string>(), {}};
    FT_TRY(predicate.test, read_test(item));
    filter.predicates.push_back(std::move(predicate));
  }
  return filter;
}

std::string filter_text(const flowlog::Filter& filter) {
  Json list = Json::array();
  for (const Predicate& predicate : filter.predicates) {
    Json json{{"column", predicate.column}};
    std::visit(TestWriter{json}, predicate.test);
    list.push_back(std::move(json));
  }
  return list.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace flowtrail::tables
