#include "tables/memory_table.h"

#include <algorithm>

namespace flowtrail::tables {
namespace {

class MemoryCursor : public engine::Cursor {
 public:
  MemoryCursor(std::shared_ptr<const MemoryTable> table, std::shared_ptr<const ingest::Evidence> evidence,
               std::span<const std::size_t> columns)
      : table_(std::move(table)), evidence_(std::move(evidence)), columns_(columns.begin(), columns.end()) {
    size_ = table_->size(*evidence_);
  }

  Result<std::size_t> fill(engine::RowWriter& rows) override {
    const std::size_t count = std::min(engine::RowWriter::kCapacity, size_ - next_);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const MemoryTable::Column& column = table_->columns[columns_[i]];
      for (std::size_t row = 0; row < count; ++row) column.write(*evidence_, next_ + row, rows.columns[i], row);
    }
    next_ += count;
    return count;
  }

 private:
  std::shared_ptr<const MemoryTable> table_;          // shared with the function and other cursors
  std::shared_ptr<const ingest::Evidence> evidence_;  // may be replaced while this cursor reads
  std::vector<std::size_t> columns_;
  std::size_t size_ = 0;
  std::size_t next_ = 0;
};

}  // namespace

engine::TableFunction memory_table_function(std::string name, MemoryTable table,
                                            const std::shared_ptr<LazyEvidence>& evidence) {
  engine::TableFunction function;
  function.name = std::move(name);
  for (const MemoryTable::Column& column : table.columns) function.columns.push_back({column.name, column.type});
  if (table.needs_flows) {
    function.on_bind = [evidence] { evidence->announce_flows(); };
  }
  auto shared = std::make_shared<const MemoryTable>(std::move(table));
  function.open = [shared, evidence](std::span<const std::size_t> columns) -> Result<std::unique_ptr<engine::Cursor>> {
    FT_TRY(auto read, evidence->get(shared->needs_flows));
    return std::make_unique<MemoryCursor>(shared, std::move(read), columns);
  };
  return function;
}

std::string_view event_id_of(const history::History& history, const history::Proof& proof) {
  if (proof.kind != history::Proof::Kind::kEvent || proof.index >= history.events.size()) return {};
  return history.events[proof.index].event_id;
}

std::string_view snapshot_of(const history::History& history, const history::Proof& proof) {
  if (proof.kind != history::Proof::Kind::kSnapshot || proof.index >= history.snapshots.size()) return {};
  return history.snapshots[proof.index].path;
}

}  // namespace flowtrail::tables
