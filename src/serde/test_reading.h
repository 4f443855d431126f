// For tests: an object from text, its rows, and rows as text that is easy to compare.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "scalar/calendar.h"
#include "serde/line_source.h"
#include "serde/row_reader.h"

namespace flowtrail::serde {

/// Gives `piece` bytes at a time, and then the fault, if there is one.
class TextStream final : public codec::InputStream {
 public:
  explicit TextStream(std::string text, std::size_t piece = 7, bool faulty = false)
      : text_(std::move(text)), piece_(piece), faulty_(faulty) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    const std::size_t size = std::min({buffer.size(), piece_, text_.size() - at_});
    if (size == 0 && faulty_) return failure(ErrorCode::kCorrupt, "truncated gzip");
    std::memcpy(buffer.data(), text_.data() + at_, size);
    at_ += size;
    return size;
  }
  codec::Compression compression() const override { return codec::Compression::kNone; }

 private:
  std::string text_;
  std::size_t piece_;
  std::size_t at_ = 0;
  bool faulty_;
};

/// `NULL`, `'text'`, numbers, `[a, b]`, `{k: v}`, `(a, b)`; dates and timestamps as Trino prints them.
inline std::string show(const trino::Value& value, const trino::Type& type) {
  using trino::TypeKind;
  if (value.is_null()) return "NULL";
  const auto join = [&](auto part_type) {
    std::string text;
    for (std::size_t i = 0; i < value.parts().size(); ++i) {
      const bool map_value = type.kind() == TypeKind::kMap && i % 2 == 1;
      if (i > 0) text += map_value ? ": " : ", ";
      text += show(value.parts()[i], part_type(i));
    }
    return text;
  };
  switch (type.kind()) {
    case TypeKind::kBoolean: return value.boolean() ? "true" : "false";
    case TypeKind::kReal:
    case TypeKind::kDouble: return fmt::format("{}", value.real());
    case TypeKind::kDecimal: return fmt::format("{}e-{}", static_cast<std::int64_t>(value.decimal()), type.scale());
    case TypeKind::kDate: return scalar::date_text(static_cast<std::int32_t>(value.integer()));
    case TypeKind::kTimestamp: return scalar::timestamp_text(value.integer(), std::min(type.precision(), 6));
    case TypeKind::kVarchar:
    case TypeKind::kChar:
    case TypeKind::kVarbinary: return "'" + value.text() + "'";
    case TypeKind::kArray: return "[" + join([&](std::size_t) { return type.children()[0]; }) + "]";
    case TypeKind::kMap: return "{" + join([&](std::size_t i) { return type.children()[i % 2]; }) + "}";
    case TypeKind::kRow: return "(" + join([&](std::size_t i) { return type.children()[i]; }) + ")";
    default: return fmt::format("{}", value.integer());
  }
}

/// A table over one object.
struct TestTable {
  Format format;
  std::vector<Column> columns;
  BadInput bad{};
  std::vector<std::uint64_t> lines{};  // of each row

  /// `columns`: `name type`, types as Trino writes them.
  static std::vector<Column> typed(const std::vector<std::string>& columns) {
    std::vector<Column> made;
    for (const std::string& column : columns) {
      const std::size_t blank = column.find(' ');
      const std::string type = blank == std::string::npos ? "varchar" : column.substr(blank + 1);
      made.push_back({column.substr(0, blank), trino::Type::parse(type).value()});
    }
    return made;
  }

  /// Each row as `a | b`; an error as `error: WHERE: WHAT`, the last.
  std::vector<std::string> rows(const std::string& text, std::size_t piece = 7, bool faulty = false) {
    std::vector<std::size_t> wanted(columns.size());
    std::iota(wanted.begin(), wanted.end(), std::size_t{0});
    return rows_of(text, wanted, piece, faulty);
  }

  std::vector<std::string> rows_of(const std::string& text, const std::vector<std::size_t>& wanted,
                                   std::size_t piece = 7, bool faulty = false) {
    auto reader = make_reader(format, columns, wanted);
    if (!reader) return {"error: " + reader.error().what};
    std::vector<std::string> rows;
    if (Status opened = (*reader)->open(std::make_unique<TextStream>(text, piece, faulty), "logs/a"); !opened) {
      return {"error: " + opened.error().what};
    }
    std::vector<trino::Value> row(wanted.size());
    while (true) {
      const Result<bool> more = (*reader)->next(row);
      if (!more) rows.push_back("error: " + more.error().where + ": " + more.error().what);
      if (!more || !*more) break;
      std::string shown;
      for (std::size_t i = 0; i < row.size(); ++i) {
        shown += (i > 0 ? " | " : "") + show(row[i], columns[wanted[i]].type);
      }
      rows.push_back(shown);
      lines.push_back((*reader)->line());
    }
    EXPECT_FALSE((*reader)->next(row).value_or(true)) << "nothing comes behind the end";
    bad = (*reader)->bad();
    return rows;
  }

  /// `reason: count at line, line`.
  std::vector<std::string> bad_rows() const {
    std::vector<std::string> shown;
    for (const auto& [reason, entry] : bad.by_reason()) {
      std::string line = fmt::format("{}: {} at", reason, entry.count);
      for (const auto& place : entry.first) line += fmt::format(" {}", place.line);
      shown.push_back(line);
    }
    return shown;
  }
};

using Rows = std::vector<std::string>;

}  // namespace flowtrail::serde
