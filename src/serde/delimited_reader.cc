// LazySimpleSerDe, which is also ROW FORMAT DELIMITED: one character ends a field, others the items of a collection and
// the key of a map entry; nested types go on with \004 and so on. Text that is no value of a column's type is NULL, so
// is a missing field; fields beyond the last column are dropped. Lines end with LF, CRLF or CR: a CR is never part of a
// value.
// Source: Amazon Athena User Guide, "Lazy Simple SerDe for CSV, TSV, and custom-delimited files", "CREATE TABLE".
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <unordered_set>
#include <utility>

#include "serde/readers.h"

namespace flowtrail::serde {
namespace {

using trino::Type;
using trino::TypeKind;
using trino::Value;
using trino::Values;

constexpr std::size_t kLevels = 8;

struct Marks {
  // Of fields, of items, of a map's keys; then of what is nested deeper.
  std::array<char, kLevels> separators{'\001', '\002', '\003', '\004', '\005', '\006', '\007', '\010'};
  std::optional<char> escape;
  char line_end = '\n';
  std::string null_text = "\\N";
  bool last_takes_rest = false;
};

class DelimitedReader final : public LineRowReader {
 public:
  DelimitedReader(Setup setup, Marks marks, TextRules rules)
      : LineRowReader(std::move(setup), marks.line_end), marks_(std::move(marks)), rules_(std::move(rules)) {
    place_.assign(this->setup().columns.size(), -1);
    for (std::size_t i = 0; i < this->setup().wanted.size(); ++i) place_[this->setup().wanted[i]] = static_cast<int>(i);
    while (!place_.empty() && place_.back() < 0) place_.pop_back();
  }

 private:
  Status read_line(std::string_view line, std::span<Value> row) override {
    std::size_t at = 0;
    for (std::size_t column = 0; column < place_.size() && at <= line.size(); ++column) {
      const bool rest = marks_.last_takes_rest && column + 1 == setup().columns.size();
      const std::string_view text = rest ? line.substr(std::exchange(at, line.size() + 1)) : next_part(line, at, 0);
      const int place = place_[column];
      if (place >= 0) row[static_cast<std::size_t>(place)] = value(text, setup().columns[column].type, 1);
    }
    return {};
  }

  // Moves `at` behind the part's separator, or behind the end.
  std::string_view next_part(std::string_view text, std::size_t& at, std::size_t level) const {
    const std::size_t begin = at;
    const char separator = marks_.separators[level];
    if (!marks_.escape) {
      at = std::min(text.find(separator, at), text.size());
    } else {
      for (; at < text.size() && text[at] != separator; ++at) {
        if (text[at] == *marks_.escape && at + 1 < text.size()) ++at;
      }
    }
    return text.substr(begin, at++ - begin);
  }

  std::string without_escapes(std::string_view text) const {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == *marks_.escape && i + 1 < text.size()) ++i;
      plain += text[i];
    }
    return plain;
  }

  // `level`: of the separator between the parts.
  Value value(std::string_view text, const Type& type, std::size_t level) const {
    if (text == marks_.null_text) return Value{};
    switch (type.kind()) {
      case TypeKind::kArray: return Value{array(text, type, level)};
      case TypeKind::kMap: return Value{map(text, type, level)};
      case TypeKind::kRow: {
        Values fields(type.children().size());
        std::size_t at = 0;
        for (std::size_t i = 0; i < fields.size() && at <= text.size(); ++i) {
          fields[i] = value(next_part(text, at, level), type.children()[i], level + 1);
        }
        return Value{std::move(fields)};
      }
      default: break;
    }
    if (marks_.escape && text.find(*marks_.escape) != std::string_view::npos) {
      return value_of(without_escapes(text), type, rules_).value_or(Value{});
    }
    return value_of(text, type, rules_).value_or(Value{});
  }

  Values array(std::string_view text, const Type& type, std::size_t level) const {
    Values elements;
    for (std::size_t at = 0; !text.empty() && at <= text.size();) {
      elements.push_back(value(next_part(text, at, level), type.children()[0], level + 1));
    }
    return elements;
  }

  Values map(std::string_view text, const Type& type, std::size_t level) const {
    Values entries;
    std::unordered_set<std::string_view> keys;  // of equal keys the first one counts
    for (std::size_t at = 0; !text.empty() && at <= text.size();) {
      const std::string_view entry = next_part(text, at, level);
      std::size_t in_entry = 0;
      const std::string_view key_text = next_part(entry, in_entry, level + 1);
      Value key = value(key_text, type.children()[0], level + 2);
      if (key.is_null() || !keys.insert(key_text).second) continue;
      entries.push_back(std::move(key));
      entries.push_back(in_entry > entry.size() ? Value{}
                                                : value(entry.substr(in_entry), type.children()[1], level + 2));
    }
    return entries;
  }

  Marks marks_;
  TextRules rules_;
  std::vector<int> place_;  // in the row, by column; -1: not wanted
};

// One character, or the number of a byte, as Hive takes it: `,`, `\t`, `\001`, `9`.
Result<char> mark_of(std::string_view text, std::string_view name) {
  unsigned number = 0;
  const auto whole = [&](std::string_view digits, int base) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
    return error == std::errc{} && end == digits.data() + digits.size() && number < 256;
  };
  if (text.size() > 1 && text.front() == '\\') {
    const std::string_view escaped = text.substr(1);
    if (escaped == "t") return '\t';
    if (escaped == "n") return '\n';
    if (escaped == "r") return '\r';
    if (escaped.size() > 1 && escaped.front() == 'u' && whole(escaped.substr(1), 16)) return static_cast<char>(number);
    if (whole(escaped, 8)) return static_cast<char>(number);
    if (escaped.size() == 1) return escaped.front();
  } else if (!text.empty() && whole(text, 10)) {
    return static_cast<char>(number);
  } else if (text.size() == 1) {
    return text.front();
  }
  return failure(ErrorCode::kUsage, "{} is not one character: {}", name, text);
}

// nullptr: the table does not say.
const std::string* find_mark(const Setup& setup, const std::optional<std::string>& declared,
                             std::initializer_list<std::string_view> names) {
  if (declared) return &*declared;
  for (const std::string_view name : names) {
    if (const std::string* const value = setup.property(name); value != nullptr && !value->empty()) return value;
  }
  return nullptr;
}

Status check_depth(const Type& type, std::size_t level) {
  if (is_flat(type)) return {};
  const bool nested = type.kind() == TypeKind::kArray || type.kind() == TypeKind::kMap || type.kind() == TypeKind::kRow;
  const std::size_t inner = level + (type.kind() == TypeKind::kMap ? 2 : 1);
  if (!nested || inner > kLevels) {
    return failure(ErrorCode::kUnsupported, "LazySimpleSerDe cannot read a column of type {}", type.to_string());
  }
  for (const Type& child : type.children()) FT_CHECK(check_depth(child, inner));
  return {};
}

Result<Marks> marks_of(const Setup& setup) {
  Marks marks;
  const Format& format = setup.format;
  const auto set = [&](const std::optional<std::string>& declared, std::initializer_list<std::string_view> names,
                       char& mark) -> Status {
    if (const std::string* const text = find_mark(setup, declared, names)) {
      FT_TRY(mark, mark_of(*text, *names.begin()));
    }
    return {};
  };
  FT_CHECK(set(format.fields_terminated_by, {"field.delim", "serialization.format"}, marks.separators[0]));
  // Hive's own spelling of the property has a letter misplaced; both are in use.
  FT_CHECK(set(format.collection_items_terminated_by, {"collection.delim", "colelction.delim"}, marks.separators[1]));
  FT_CHECK(set(format.map_keys_terminated_by, {"mapkey.delim"}, marks.separators[2]));
  FT_CHECK(set(format.lines_terminated_by, {"line.delim"}, marks.line_end));
  if (find_mark(setup, format.escaped_by, {"escape.delim"}) != nullptr) {
    FT_CHECK(set(format.escaped_by, {"escape.delim"}, marks.escape.emplace()));
  }
  if (format.null_defined_as) {
    marks.null_text = *format.null_defined_as;
  } else if (const std::string* const text = setup.property("serialization.null.format")) {
    marks.null_text = *text;
  }
  marks.last_takes_rest = setup.is_true("serialization.last.column.takes.rest");
  return marks;
}

}  // namespace

MadeReader make_delimited_reader(Setup setup) {
  for (const Column& column : setup.columns) FT_CHECK(check_depth(column.type, 1));
  FT_TRY(Marks marks, marks_of(setup));
  FT_TRY(auto formats, setup.timestamp_formats());
  return std::make_unique<DelimitedReader>(std::move(setup), std::move(marks),
                                           TextRules{Spelling::kHive, std::move(formats)});
}

}  // namespace flowtrail::serde
