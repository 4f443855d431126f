// Tables whose rows are evidence: a list of columns, each with the function that writes one cell.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "attribution/attribution.h"
#include "engine/table_function.h"
#include "history/history.h"
#include "ingest/ingest.h"
#include "tables/lazy_evidence.h"

namespace flowtrail::tables {

struct MemoryTable {
  std::string name;
  bool needs_flows = false;
  std::vector<engine::TableColumn> columns;
  /// A cursor over some of the columns.
  std::function<std::unique_ptr<engine::Cursor>(std::shared_ptr<const ingest::Evidence>, std::vector<std::size_t>)>
      open;
};

[[nodiscard]] engine::TableFunction memory_table_function(std::string name, MemoryTable table,
                                                          const std::shared_ptr<LazyEvidence>& evidence);

/// The id of the event, and the path of the snapshot, that prove one end of an interval; empty where it is not that.
[[nodiscard]] std::string_view event_id_of(const history::History& history, const history::Proof& proof);
[[nodiscard]] std::string_view snapshot_of(const history::History& history, const history::Proof& proof);

/// Hands out rows of the evidence, so many at a time.
template <typename Row>
class RowBatches {
 public:
  virtual ~RowBatches() = default;
  /// At most `most` rows, valid until the next call; none at the end. Errors: kIo.
  [[nodiscard]] virtual Result<std::span<const Row>> next(std::size_t most) = 0;
};

/// Those of a vector, where they are.
template <typename Row>
class VectorBatches : public RowBatches<Row> {
 public:
  explicit VectorBatches(std::span<const Row> rows) : rows_(rows) {}
  Result<std::span<const Row>> next(std::size_t most) override {
    const std::span<const Row> batch = rows_.first(std::min(most, rows_.size()));
    rows_ = rows_.subspan(batch.size());
    return batch;
  }

 private:
  std::span<const Row> rows_;
};

template <typename Row>
[[nodiscard]] std::unique_ptr<RowBatches<Row>> batches_of(const std::vector<Row>& rows) {
  return std::make_unique<VectorBatches<Row>>(rows);
}
[[nodiscard]] std::unique_ptr<RowBatches<attribution::Peer>> batches_of(const attribution::KeptPeers& peers);

/// A column, and what writes a cell of it.
template <typename Row>
struct CellWriter {
  engine::TableColumn column;
  std::function<void(const Row&, const ingest::Evidence&, engine::ColumnWriter&, std::size_t row)> write;
};

template <typename Row>
class MemoryCursor : public engine::Cursor {
 public:
  using Writers = std::vector<CellWriter<Row>>;

  MemoryCursor(std::shared_ptr<const Writers> writers, std::shared_ptr<const ingest::Evidence> evidence,
               std::unique_ptr<RowBatches<Row>> batches, std::vector<std::size_t> columns)
      : writers_(std::move(writers)),
        evidence_(std::move(evidence)),
        batches_(std::move(batches)),
        columns_(std::move(columns)) {}

  Result<std::size_t> fill(engine::RowWriter& rows) override {
    FT_TRY(const std::span<const Row> batch, batches_->next(engine::RowWriter::kCapacity));
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const CellWriter<Row>& writer = (*writers_)[columns_[i]];
      for (std::size_t row = 0; row < batch.size(); ++row) writer.write(batch[row], *evidence_, rows.columns[i], row);
    }
    return batch.size();
  }

 private:
  std::shared_ptr<const Writers> writers_;            // shared with the function and other cursors
  std::shared_ptr<const ingest::Evidence> evidence_;  // may be replaced while this cursor reads
  std::unique_ptr<RowBatches<Row>> batches_;
  std::vector<std::size_t> columns_;
};

/// Builds a table over one part of the evidence. Every `get` is called with (row, evidence).
template <typename Row>
class MemoryTableBuilder {
 public:
  /// `rows(evidence)` returns the vector, or the kept peers.
  template <typename Rows>
  MemoryTableBuilder(std::string name, bool needs_flows, Rows rows)
      : batches_([rows](const ingest::Evidence& evidence) { return batches_of(rows(evidence)); }) {
    table_.name = std::move(name);
    table_.needs_flows = needs_flows;
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

  [[nodiscard]] MemoryTable build() {
    const auto writers = std::make_shared<const std::vector<CellWriter<Row>>>(std::move(writers_));
    for (const CellWriter<Row>& writer : *writers) table_.columns.push_back(writer.column);
    table_.open = [writers, batches = batches_](std::shared_ptr<const ingest::Evidence> evidence,
                                                std::vector<std::size_t> columns) {
      auto of_evidence = batches(*evidence);
      return std::make_unique<MemoryCursor<Row>>(writers, std::move(evidence), std::move(of_evidence),
                                                 std::move(columns));
    };
    return std::move(table_);
  }

 private:
  template <typename Write>
  MemoryTableBuilder& add(std::string name, engine::ColumnType type, Write write) {
    writers_.push_back({{std::move(name), type}, std::move(write)});
    return *this;
  }

  std::function<std::unique_ptr<RowBatches<Row>>(const ingest::Evidence&)> batches_;
  std::vector<CellWriter<Row>> writers_;
  MemoryTable table_;
};

}  // namespace flowtrail::tables
