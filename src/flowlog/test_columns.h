// A table of flow records in memory, readable by column and by row: for tests of both ways.
#pragma once

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "flowlog/column_file.h"
#include "flowlog/fields.h"
#include "flowlog/reader.h"

namespace flowtrail::flowlog {

struct TestTable {
  using Row = std::vector<std::optional<std::string>>;  // nothing: NULL

  Header names;  // dashed
  std::vector<std::vector<Row>> groups;
  std::set<std::size_t> damaged;  // groups that cannot be read

  [[nodiscard]] bool is_number(std::size_t column) const {
    const FieldInfo* known = find_field(names[column]);
    return known != nullptr && known->type != FieldType::kVarchar;
  }

  /// Its rows, as a reader of Parquet files gives them.
  [[nodiscard]] Status read_rows(const ParquetRowSink& sink) const {
    std::uint64_t number = 0;
    for (std::size_t group = 0; group < groups.size(); ++group) {
      for (const Row& row : groups[group]) {
        ++number;
        if (damaged.contains(group)) continue;
        std::vector<std::string_view> fields;
        for (const auto& cell : row) {
          const bool absent = !cell || cell->empty() || *cell == "None";
          fields.emplace_back(absent ? std::string_view{"-"} : std::string_view{*cell});
        }
        sink(names, fields, number);
      }
    }
    if (!damaged.empty()) return failure(ErrorCode::kCorrupt, "damaged");
    return {};
  }
};

/// `table` outlives the file.
class TestColumnFile final : public ColumnFile {
 public:
  explicit TestColumnFile(const TestTable& table) : table_(table), columns_(table.names.size()) {}

  [[nodiscard]] const std::vector<std::string>& names() const override { return table_.names; }
  [[nodiscard]] std::size_t groups() const override { return table_.groups.size(); }
  [[nodiscard]] std::size_t rows(std::size_t group) const override { return table_.groups[group].size(); }
  [[nodiscard]] Result<ColumnValues> read(std::size_t group, std::size_t column) override {
    if (table_.damaged.contains(group)) return failure(ErrorCode::kCorrupt, "damaged");
    Column& values = columns_[column];
    values = {};
    values.texts.emplace_back();
    values.numbers.push_back(0);
    for (const TestTable::Row& row : table_.groups[group]) values.codes.push_back(code_of(row[column], values));
    if (table_.is_number(column)) return ColumnValues{values.codes, {}, values.numbers};
    return ColumnValues{values.codes, values.texts, {}};
  }

 private:
  struct Column {
    std::vector<std::uint32_t> codes;
    std::vector<std::string_view> texts;
    std::vector<std::int64_t> numbers;
  };
  static std::uint32_t code_of(const std::optional<std::string>& cell, Column& values) {
    if (!cell) return 0;
    const auto known = std::ranges::find(values.texts.begin() + 1, values.texts.end(), std::string_view{*cell});
    if (known != values.texts.end()) return static_cast<std::uint32_t>(known - values.texts.begin());
    std::int64_t number = 0;
    std::from_chars(cell->data(), cell->data() + cell->size(), number);
    values.texts.emplace_back(*cell);
    values.numbers.push_back(number);
    return static_cast<std::uint32_t>(values.texts.size() - 1);
  }

  const TestTable& table_;
  std::vector<Column> columns_;
};

/// Any columns in any order, and values of which each is odd with a chance of one in `odd`; 0: never.
inline TestTable random_table(std::mt19937& random, std::size_t groups, unsigned odd) {
  using Words = std::vector<std::string>;
  const auto one_of = [&random](const Words& words) { return words[random() % words.size()]; };
  TestTable table;
  for (const FieldInfo& field : all_fields()) {
    const bool is_gateways = field.version == 6;
    if (!is_gateways && random() % 8 != 0) table.names.emplace_back(field.name);
  }
  table.names.emplace_back("source-key");
  std::ranges::shuffle(table.names, random);
  const auto number_of = [&](std::string_view name) -> std::string {
    if (odd != 0 && random() % odd == 0) return one_of({"-1", "70000", "2147483648", "1788232260000", "-2147483648"});
    if (name == "start" || name == "end") return std::to_string(1'788'232'200 + random() % 100);
    return std::to_string(random() % (name == "protocol" ? 20 : 300));
  };
  const auto text_of = [&](std::string_view name) -> std::string {
    if (odd != 0 && random() % odd == 0)
      return one_of({"", "-", "None", "unknown", "10.0.0.256", "accept", "::ffff:1.2.3.4", "x"});
    if (name.ends_with("addr")) return one_of({"10.0.0.1", "203.0.113.25", "2001:db8::1", "10.0.0.2", "0.0.0.0"});
    if (name == "action") return one_of({"ACCEPT", "REJECT"});
    if (name == "log-status") return one_of({"OK", "OK", "NODATA", "SKIPDATA"});
    if (name == "flow-direction") return one_of({"ingress", "egress"});
    if (name == "account-id") return one_of({"111122223333", "unknown"});
    return one_of({"one", "two", "a-text-of-more-than-twenty-eight-bytes"});
  };
  for (std::size_t group = 0; group < groups; ++group) {
    auto& rows = table.groups.emplace_back(random() % 50);
    for (TestTable::Row& row : rows) {
      for (std::size_t i = 0; i < table.names.size(); ++i) {
        auto& cell = row.emplace_back();
        if (random() % 10 != 0) cell = table.is_number(i) ? number_of(table.names[i]) : text_of(table.names[i]);
      }
    }
  }
  return table;
}

}  // namespace flowtrail::flowlog
