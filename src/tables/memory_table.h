// Tables whose rows stand in memory, as evidence: a list of columns, each with the function that writes one cell.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/table_function.h"
#include "history/history.h"
#include "ingest/ingest.h"
#include "tables/lazy_evidence.h"

namespace flowtrail::tables {

struct MemoryTable {
  struct Column {
    std::string name;
    engine::ColumnType type;
    std::function<void(const ingest::Evidence&, std::size_t index, engine::ColumnWriter&, std::size_t row)> write;
  };
  std::string name;
  bool needs_flows = false;
  std::function<std::size_t(const ingest::Evidence&)> size;
  std::vector<Column> columns;
};

[[nodiscard]] engine::TableFunction memory_table_function(std::string name, MemoryTable table,
                                                          const std::shared_ptr<LazyEvidence>& evidence);

/// The id of the event, and the path of the snapshot, that prove one end of an interval; empty where it is not that.
[[nodiscard]] std::string_view event_id_of(const history::History& history, const history::Proof& proof);
[[nodiscard]] std::string_view snapshot_of(const history::History& history, const history::Proof& proof);

/// Builds a table over one vector of the evidence. Every `get` is called with (row, evidence).
template <typename Row>
class MemoryTableBuilder {
 public:
  /// `rows(evidence)` returns the vector.
  template <typename Rows>
  MemoryTableBuilder(std::string name, bool needs_flows, Rows rows) : rows_(rows) {
    table_.name = std::move(name);
    table_.needs_flows = needs_flows;
    table_.size = [rows](const ingest::Evidence& evidence) { return rows(evidence).size(); };
  }

  /// Empty text is NULL.
  template <typename Get>
  MemoryTableBuilder& text(std::string name, Get get) {
    return add(std::move(name), engine::ColumnType::kVarchar,
               [get](const Row& row, const auto& evidence, auto& writer, std::size_t out) {
                 const auto& value = get(row, evidence);  // a reference also keeps a returned std::string alive
                 writer.text_or_null(out, value);
               });
  }
  template <typename Get>
  MemoryTableBuilder& boolean(std::string name, Get get) {
    return add(std::move(name), engine::ColumnType::kBoolean,
               [get](const Row& row, const auto& evidence, auto& writer, std::size_t out) {
                 writer.boolean(out, get(row, evidence));
               });
  }
  /// `get` returns a number or an optional one.
  template <typename Get>
  MemoryTableBuilder& bigint(std::string name, Get get) {
    return add(std::move(name), engine::ColumnType::kBigint,
               [get](const Row& row, const auto& evidence, auto& writer, std::size_t out) {
                 const std::optional<std::int64_t> value{get(row, evidence)};
                 if (value) {
                   writer.bigint(out, *value);
                 } else {
                   writer.null(out);
                 }
               });
  }
  template <typename Get>
  MemoryTableBuilder& integer(std::string name, Get get) {
    return add(std::move(name), engine::ColumnType::kInteger,
               [get](const Row& row, const auto& evidence, auto& writer, std::size_t out) {
                 const std::optional<std::int32_t> value{get(row, evidence)};
                 if (value) {
                   writer.integer(out, *value);
                 } else {
                   writer.null(out);
                 }
               });
  }
  template <typename Get>
  MemoryTableBuilder& real(std::string name, Get get) {
    return add(std::move(name), engine::ColumnType::kDouble,
               [get](const Row& row, const auto& evidence, auto& writer, std::size_t out) {
                 const std::optional<double> value{get(row, evidence)};
                 if (value) {
                   writer.real(out, *value);
                 } else {
                   writer.null(out);
                 }
               });
  }
  template <typename Get>
  MemoryTableBuilder& timestamp(std::string name, Get get) {
    return add(std::move(name), engine::ColumnType::kTimestamp,
               [get](const Row& row, const auto& evidence, auto& writer, std::size_t out) {
                 writer.timestamp(out, std::optional<UtcSeconds>{get(row, evidence)});
               });
  }
  /// Seconds since 1970, or an optional of them.
  template <typename Get>
  MemoryTableBuilder& seconds(std::string name, Get get) {
    return timestamp(std::move(name), [get](const Row& row, const auto& evidence) -> std::optional<UtcSeconds> {
      const std::optional<std::int64_t> value{get(row, evidence)};
      if (!value) return std::nullopt;
      return utc_from_seconds(*value);
    });
  }
  template <typename Get>
  MemoryTableBuilder& list(std::string name, Get get) {
    return add(std::move(name), engine::ColumnType::kVarcharList,
               [get](const Row& row, const auto& evidence, auto& writer, std::size_t out) {
                 const auto& value = get(row, evidence);
                 writer.list(out, value);
               });
  }
  /// `valid_from`, `valid_to`.
  MemoryTableBuilder& interval(Interval Row::* valid) {
    timestamp("valid_from", [valid](const Row& row, const auto&) { return (row.*valid).from; });
    return timestamp("valid_to", [valid](const Row& row, const auto&) { return (row.*valid).to; });
  }
  /// `from_event_id`, `to_event_id`, `from_snapshot`, `to_snapshot`.
  MemoryTableBuilder& proofs(history::Proof Row::* from, history::Proof Row::* to) {
    text("from_event_id", [from](const Row& row, const auto& e) { return event_id_of(e.history, row.*from); });
    text("to_event_id", [to](const Row& row, const auto& e) { return event_id_of(e.history, row.*to); });
    text("from_snapshot", [from](const Row& row, const auto& e) { return snapshot_of(e.history, row.*from); });
    return text("to_snapshot", [to](const Row& row, const auto& e) { return snapshot_of(e.history, row.*to); });
  }

  [[nodiscard]] MemoryTable build() { return std::move(table_); }

 private:
  template <typename Write>
  MemoryTableBuilder& add(std::string name, engine::ColumnType type, Write write) {
    table_.columns.push_back(
        {std::move(name), type,
         [write, rows = rows_](const ingest::Evidence& evidence, std::size_t index, engine::ColumnWriter& writer,
                               std::size_t out) { write(rows(evidence)[index], evidence, writer, out); }});
    return *this;
  }

  std::function<const std::vector<Row>&(const ingest::Evidence&)> rows_;
  MemoryTable table_;
};

}  // namespace flowtrail::tables
