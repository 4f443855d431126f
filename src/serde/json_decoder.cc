#include "serde/json_decoder.h"

#include <algorithm>
#include <utility>

#include "base/letters.h"
#include "serde/readers.h"

namespace flowtrail::serde {
namespace {

using scalar::JsonReader;
using scalar::JsonToken;
using trino::Type;
using trino::TypeKind;
using trino::Value;
using trino::Values;

constexpr std::string_view kMappingPrefix = "mapping.";

// Standing on the first token of an object or array: appends it without blanks and moves to its last token.
bool append_compact(JsonReader& reader, std::string_view text, std::string& to) {
  const std::size_t outside = reader.depth() - 1;
  bool separate = false;  // a comma is due before the next key or value
  to += text[reader.begin()];
  while (reader.depth() > outside) {
    const JsonToken token = reader.next();
    if (token == JsonToken::kFault) return false;
    const bool ends = token == JsonToken::kObjectEnd || token == JsonToken::kArrayEnd;
    if (separate && !ends) to += ',';
    separate = token != JsonToken::kKey && token != JsonToken::kObjectBegin && token != JsonToken::kArrayBegin;
    to += text.substr(reader.begin(), reader.end() - reader.begin());
    if (token == JsonToken::kKey) to += ':';
  }
  return true;
}

}  // namespace

Result<JsonRules> json_rules_of(const Setup& setup, JsonFlavor flavor) {
  JsonRules rules;
  FT_TRY(rules.text.timestamp_formats, setup.timestamp_formats());
  rules.text.spelling = Spelling::kJson;
  if (flavor == JsonFlavor::kHive) return rules;
  rules.wrap_single = true;
  const std::string* const fold = setup.property("case.insensitive");
  rules.fold_case = fold == nullptr || lower(*fold) != "false";
  rules.dots_in_keys = setup.is_true("dots.in.keys");
  for (const auto& [name, value] : setup.format.properties) {
    if (lower(name).starts_with(kMappingPrefix)) {
      rules.mapping.emplace(lower(name.substr(kMappingPrefix.size())), value);
    }
  }
  return rules;
}

Result<JsonDecoder> JsonDecoder::make(const std::vector<Column>& columns, std::span<const std::size_t> wanted,
                                      JsonRules rules) {
  JsonDecoder decoder(std::move(rules));
  // Every column is checked, so that a table is readable or not whatever is asked of it.
  std::vector<Node> nodes;
  for (const Column& column : columns) {
    FT_TRY(Node node, decoder.node_of(column.type, column.name));
    nodes.push_back(std::move(node));
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    decoder.add_field(decoder.row_, columns[wanted[i]].name, i);
    decoder.row_.children.push_back(std::move(nodes[wanted[i]]));
  }
  decoder.wanted_.assign(wanted.begin(), wanted.end());
  return decoder;
}

Result<JsonDecoder::Node> JsonDecoder::node_of(const Type& type, const std::string& column) const {
  Node node{type, {}, {}};
  const bool nested = type.kind() == TypeKind::kArray || type.kind() == TypeKind::kMap || type.kind() == TypeKind::kRow;
  const bool bad_key = type.kind() == TypeKind::kMap && !is_flat(type.children()[0]);
  if ((!nested && !is_flat(type)) || bad_key) {
    return failure(ErrorCode::kUnsupported, "JSON cannot be read into column {} of type {}", column, type.to_string());
  }
  for (const Type& child : type.children()) {
    FT_TRY(Node inner, node_of(child, column));
    node.children.push_back(std::move(inner));
  }
  if (type.kind() == TypeKind::kRow) {
    for (std::size_t i = 0; i < type.names().size(); ++i) add_field(node, type.names()[i], i);
  }
  return node;
}

void JsonDecoder::add_field(Node& row, const std::string& name, std::size_t place) const {
  const auto mapped = rules_.mapping.find(lower(name));
  const std::string& key = mapped == rules_.mapping.end() ? name : mapped->second;
  row.fields[rules_.fold_case ? lower(key) : key].push_back(place);
}

const std::vector<std::size_t>* JsonDecoder::find_field(const Node& row, std::string_view key) {
  key_.assign(key);
  if (rules_.fold_case) {
    std::ranges::transform(key_, key_.begin(), lower_letter);
  }
  auto found = row.fields.find(key_);
  if (found == row.fields.end() && rules_.dots_in_keys && key_.find('.') != std::string::npos) {
    std::ranges::replace(key_, '.', '_');
    found = row.fields.find(key_);
  }
  return found == row.fields.end() ? nullptr : &found->second;
}

bool JsonDecoder::decode(JsonReader& reader, std::string_view text, std::span<Value> row) {
  text_ = text;
  misfit_.reset();
  std::ranges::fill(row, Value{});
  if (members(reader, row_, row, true)) return true;
  std::ranges::fill(row, Value{});
  return false;
}

bool JsonDecoder::members(JsonReader& reader, const Node& row, std::span<Value> values, bool top) {
  while (reader.next() == JsonToken::kKey) {
    const std::vector<std::size_t>* const places = find_field(row, reader.text());
    if (reader.next() == JsonToken::kFault) return false;
    if (places == nullptr) {
      if (!reader.skip_value()) return false;
      continue;
    }
    for (std::size_t i = 0; i < places->size(); ++i) {
      const std::size_t place = (*places)[i];
      if (top) column_ = wanted_[place];
      if (i + 1 == places->size()) {
        if (!value(reader, row.children[place], values[place])) return false;
      } else {
        JsonReader again = reader;
        if (!value(again, row.children[place], values[place])) return false;
      }
    }
  }
  return reader.token() == JsonToken::kObjectEnd;
}

bool JsonDecoder::is_blank_string(const JsonReader& reader) const {
  return rules_.wrap_single && reader.token() == JsonToken::kString &&
         reader.text().find_first_not_of(" \t") == std::string_view::npos;
}

bool JsonDecoder::value(JsonReader& reader, const Node& node, Value& to) {
  to = Value{};
  if (reader.token() == JsonToken::kNull) return true;
  switch (node.type.kind()) {
    case TypeKind::kArray: return array(reader, node, to);
    case TypeKind::kMap: return map(reader, node, to);
    case TypeKind::kRow: {
      if (is_blank_string(reader)) return true;
      if (reader.token() != JsonToken::kObjectBegin) return reject(reader);
      Values fields(node.children.size());
      if (!members(reader, node, fields, false)) return false;
      to = Value{std::move(fields)};
      return true;
    }
    default: return flat(reader, node, to);
  }
}

bool JsonDecoder::array(JsonReader& reader, const Node& node, Value& to) {
  Values elements;
  if (reader.token() != JsonToken::kArrayBegin) {
    if (is_blank_string(reader)) return true;
    if (!rules_.wrap_single) return reject(reader);
    if (!value(reader, node.children[0], elements.emplace_back())) return false;
  } else {
    while (reader.next() != JsonToken::kArrayEnd) {
      if (reader.token() == JsonToken::kFault) return false;
      if (!value(reader, node.children[0], elements.emplace_back())) return false;
    }
  }
  to = Value{std::move(elements)};
  return true;
}

bool JsonDecoder::map(JsonReader& reader, const Node& node, Value& to) {
  if (is_blank_string(reader)) return true;
  if (reader.token() != JsonToken::kObjectBegin) return reject(reader);
  Values entries;
  std::unordered_map<std::string, std::size_t> place_of;
  while (reader.next() == JsonToken::kKey) {
    const std::string key{reader.text()};
    if (reader.next() == JsonToken::kFault) return false;
    std::optional<Value> key_value = value_of(key, node.children[0].type, rules_.text);
    if (!key_value) {
      note_misfit(key);
      if (!reader.skip_value()) return false;
      continue;
    }
    const auto [entry, added] = place_of.try_emplace(key, entries.size());
    if (added) {
      entries.push_back(*std::move(key_value));
      entries.emplace_back();
    }
    if (!value(reader, node.children[1], entries[entry->second + 1])) return false;
  }
  if (reader.token() != JsonToken::kObjectEnd) return false;
  to = Value{std::move(entries)};
  return true;
}

bool JsonDecoder::flat(JsonReader& reader, const Node& node, Value& to) {
  const bool nested = reader.token() == JsonToken::kObjectBegin || reader.token() == JsonToken::kArrayBegin;
  if (nested) {
    const bool is_text = node.type.kind() == TypeKind::kVarchar || node.type.kind() == TypeKind::kChar;
    return is_text ? nested_text(reader, node, to) : reject(reader);
  }
  if (reader.token() == JsonToken::kFault) return false;
  std::optional<Value> read = value_of(reader.text(), node.type, rules_.text);
  if (!read) {
    note_misfit(reader.text());
    return true;
  }
  to = *std::move(read);
  return true;
}

bool JsonDecoder::nested_text(JsonReader& reader, const Node& node, Value& to) {
  std::string compact;
  std::string_view written;
  if (rules_.keep_blanks) {
    const std::size_t begin = reader.begin();
    if (!reader.skip_value()) return false;
    written = text_.substr(begin, reader.end() - begin);
  } else {
    if (!append_compact(reader, text_, compact)) return false;
    written = compact;
  }
  to = value_of(written, node.type, rules_.text).value_or(Value{});
  return true;
}

bool JsonDecoder::reject(JsonReader& reader) {
  const std::size_t begin = reader.begin();
  if (!reader.skip_value()) return false;
  note_misfit(text_.substr(begin, reader.end() - begin));
  return true;
}

void JsonDecoder::note_misfit(std::string_view text) {
  if (!misfit_) misfit_ = Misfit{column_, std::string{text}};
}

}  // namespace flowtrail::serde
