// The rows of `access`: which peers they are, and what their cells say.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attribution/attribution.h"
#include "investigate/question.h"
#include "output/rows.h"

namespace flowtrail::investigate {

[[nodiscard]] std::vector<output::Column> access_columns();

/// One row before it is written: a peer, or several that --by puts together. The texts are those of the evidence; an
/// empty one is not known.
struct Entry {
  std::string_view fleet, instance_id, interface_id, account, region, peer_kind;
  std::string peer_name;
  std::optional<IpAddress> peer;
  std::optional<int> protocol, service_port;
  attribution::Grade grade = attribution::Grade::kUnknown;
  attribution::PeerCounters counters;
  std::vector<std::uint32_t> rules;  // narrowest first
  attribution::Evidence evidence;
};

/// True for the peers that rows may be made of, as far as the peer and its owner tell.
[[nodiscard]] bool wants_peer(const Parameters& wanted, const ingest::Evidence& evidence, const attribution::Peer& peer,
                              const attribution::Owner& owner);

/// Goes through the peers that were asked for, in the order of the contract.
class AccessCursor {
 public:
  /// Both must outlive it; the evidence has an attribution, its peers in the order kSuccess.
  AccessCursor(const Parameters& wanted, const ingest::Evidence& evidence);

  struct Found {
    const attribution::Peer* peer = nullptr;
    std::optional<std::uint32_t> interface;  // in the history
    Entry entry;
    /// False: counted, but no row: a peer of unknown direction has no service port that could be one of --port.
    bool listed = true;
  };
  /// The next one, valid until the next call; nullptr at the end. Errors: kIo.
  [[nodiscard]] Result<const Found*> next();

 private:
  void fill(const attribution::Peer& peer);
  [[nodiscard]] bool of_account_and_region() const;

  const Parameters& wanted_;
  const ingest::Evidence& evidence_;
  attribution::KeptPeers::Cursor peers_;
  Found found_;
};

/// The cells of an entry, in `row`.
void put_cells(const ingest::Evidence& evidence, EvidenceDetail detail, const Entry& entry, output::Row& row);

/// A row for each peer that is listed, `size` in number; made while they are read. The evidence must outlive them.
[[nodiscard]] std::unique_ptr<const output::Rows> access_rows(const Context& context, std::uint64_t size);

}  // namespace flowtrail::investigate
