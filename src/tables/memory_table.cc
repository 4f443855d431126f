#include "tables/memory_table.h"

#include <utility>

namespace flowtrail::tables {
namespace {

class PeerBatches : public RowBatches<attribution::Peer> {
 public:
  explicit PeerBatches(const attribution::KeptPeers& peers) : cursor_(peers.open()) {}
  Result<std::span<const attribution::Peer>> next(std::size_t most) override {
    batch_.clear();
    while (batch_.size() < most) {
      FT_TRY(const attribution::Peer* const peer, cursor_.next());
      if (peer == nullptr) break;
      batch_.push_back(*peer);
    }
    return batch_;
  }

 private:
  attribution::KeptPeers::Cursor cursor_;
  std::vector<attribution::Peer> batch_;
};

}  // namespace

std::unique_ptr<RowBatches<attribution::Peer>> batches_of(const attribution::KeptPeers& peers) {
  return std::make_unique<PeerBatches>(peers);
}

engine::TableFunction memory_table_function(std::string name, MemoryTable table,
                                            const std::shared_ptr<LazyEvidence>& evidence) {
  engine::TableFunction function;
  function.name = std::move(name);
  function.columns = table.columns;
  if (table.needs_flows) {
    function.on_bind = [evidence] { evidence->announce_flows(); };
  }
  auto shared = std::make_shared<const MemoryTable>(std::move(table));
  function.open = [shared, evidence](std::span<const std::size_t> columns) -> Result<std::unique_ptr<engine::Cursor>> {
    FT_TRY(auto read, evidence->get(shared->needs_flows));
    return shared->open(std::move(read), {columns.begin(), columns.end()});
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
