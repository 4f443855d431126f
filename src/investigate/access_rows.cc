#include "investigate/access_rows.h"

#include <algorithm>
#include <utility>

#include "base/name_match.h"
#include "investigate/cells.h"

namespace flowtrail::investigate {
namespace {

using attribution::Peer;
using attribution::PeerCounters;
using output::TextList;
using output::Value;

/// The peers that the answer is made of.
class PeerFilter {
 public:
  PeerFilter(const Parameters& wanted, const ingest::Evidence& evidence) : wanted_(wanted), evidence_(evidence) {}

  [[nodiscard]] bool wants(const Peer& peer, const attribution::Owner& owner) const {
    // The service port of a peer of unknown direction is not known; such peers are counted, whatever the ports.
    const bool unknown = peer.direction == attribution::ConnectionDirection::kUnknown;
    if (!unknown && peer.direction != attribution::ConnectionDirection::kIngress) return false;
    if (!unknown && !wanted_.ports.empty() && (peer.service_port < 0 || !wanted_.wants_port(peer.service_port))) {
      return false;
    }
    return wanted_.wants_protocol(peer.protocol) && wants_owner(owner) && wants_interface(peer);
  }

 private:
  [[nodiscard]] bool wants_owner(const attribution::Owner& owner) const {
    if (!wanted_.fleet.empty() && (owner.fleet.empty() || !matches_any(wanted_.fleet, owner.fleet))) return false;
    return wanted_.instance.empty() || matches_any(wanted_.instance, owner.instance_id);
  }

  [[nodiscard]] bool wants_interface(const Peer& peer) const {
    const std::string& interface_id = evidence_.symbols.text(peer.interface);
    if (!matches_any(wanted_.interface, interface_id)) return false;
    if (wanted_.group.empty()) return true;
    const auto interface = evidence_.history.find_interface(interface_id);
    return interface && carried_wanted_group(*interface, peer);
  }

  [[nodiscard]] bool carried_wanted_group(std::uint32_t interface, const Peer& peer) const {
    const history::History& history = evidence_.history;
    const Interval seen{utc_from_seconds(peer.counters.first), utc_from_seconds(peer.counters.last + 1)};
    return std::ranges::any_of(history.memberships_of_interface(interface), [&](std::uint32_t index) {
      const history::Membership& membership = history.memberships[index];
      return membership.valid.overlaps(seen) && wants_group(wanted_, history.groups[membership.group]);
    });
  }

  const Parameters& wanted_;
  const ingest::Evidence& evidence_;
};

}  // namespace

std::vector<output::Column> access_columns() {
  return {
      {"fleet", "varchar", "", "Name of the instance (else of the interface) at the record's time"},
      {"instance_id", "varchar", "", "instance; NULL for interfaces without one"},
      {"interface_id", "varchar", "", "network interface that was reached"},
      {"account_id", "varchar", "", "account of the interface"},
      {"region", "varchar", "", "region of the interface"},
      {"peer_address", "varchar", "", "who opened the connection"},
      {"peer_kind", "varchar", "", "self, group-member, health-check, aws-service, scanner, private or public"},
      {"peer_name", "varchar", "", "Name of the member, service, or name in the list of scanners"},
      {"protocol", "varchar", "", "tcp, udp, ... or the IANA number"},
      {"service_port", "bigint", "", "the responder's port"},
      {"grade", "varchar", "", "session, handshake, probe, rejected, or unknown (direction not known)"},
      {"attempts", "bigint", "records", "records that open a connection"},
      {"accepted", "bigint", "records", "records from the peer that were accepted"},
      {"rejected", "bigint", "records", "records from the peer that were rejected"},
      {"records", "bigint", "records", "flow records in both directions"},
      {"bytes_in", "bigint", "bytes", "accepted bytes from the peer"},
      {"bytes_out", "bigint", "bytes", "accepted bytes to the peer"},
      {"packets_in", "bigint", "packets", "accepted packets from the peer"},
      {"packets_out", "bigint", "packets", "accepted packets to the peer"},
      {"first", "timestamp", "", "least start of the records"},
      {"last", "timestamp", "", "greatest end of the records"},
      {"rules", "array(varchar)", "", "rules that admitted it, narrowest first"},
      {"rule_added_by", "varchar", "", "who opened the first of the rules"},
      {"rule_added_at", "timestamp", "", "when that was"},
      {"evidence", "array(varchar)", "", "object key and line of the first three records"},
  };
}

bool wants_peer(const Parameters& wanted, const ingest::Evidence& evidence, const Peer& peer,
                const attribution::Owner& owner) {
  return PeerFilter{wanted, evidence}.wants(peer, owner);
}

AccessCursor::AccessCursor(const Parameters& wanted, const ingest::Evidence& evidence)
    : wanted_(wanted), evidence_(evidence), peers_(evidence.attribution->peers.open()) {}

Result<const AccessCursor::Found*> AccessCursor::next() {
  for (;;) {
    FT_TRY(const Peer* const peer, peers_.next());
    if (peer == nullptr) return nullptr;
    if (!wants_peer(wanted_, evidence_, *peer, evidence_.attribution->owners[peer->owner])) continue;
    fill(*peer);
    if (of_account_and_region()) return &found_;
  }
}

bool AccessCursor::of_account_and_region() const {
  return matches_any(wanted_.account, found_.entry.account) && matches_any(wanted_.region, found_.entry.region);
}

void AccessCursor::fill(const Peer& peer) {
  const history::History& history = evidence_.history;
  const attribution::Owner& owner = evidence_.attribution->owners[peer.owner];
  found_.peer = &peer;
  found_.listed = peer.direction != attribution::ConnectionDirection::kUnknown || wanted_.ports.empty();
  Entry& entry = found_.entry;
  entry.fleet = owner.fleet;
  entry.instance_id = owner.instance_id;
  entry.interface_id = evidence_.symbols.text(peer.interface);
  entry.account = entry.region = {};
  found_.interface = history.find_interface(entry.interface_id);
  if (found_.interface) {
    entry.account = history.interfaces[*found_.interface].account;
    entry.region = history.interfaces[*found_.interface].region;
  }
  if (entry.account.empty()) entry.account = evidence_.symbols.text(peer.account);
  const auto& objects = evidence_.inventory.objects;
  if (entry.region.empty() && peer.evidence.size > 0 && peer.evidence.first[0].place.object < objects.size()) {
    entry.region = objects[peer.evidence.first[0].place.object].region;
  }
  entry.peer = peer.address;
  entry.peer_kind = attribution::peer_kind_name(peer.kind);
  entry.peer_name = peer.name;
  entry.protocol = peer.protocol;
  entry.service_port.reset();
  if (peer.service_port >= 0) entry.service_port = peer.service_port;
  entry.grade = peer.grade;
  entry.counters = peer.counters;
  entry.rules.clear();
  for (const attribution::RuleHits& hits : peer.rules) {
    if (std::ranges::find(entry.rules, hits.rule) == entry.rules.end()) entry.rules.push_back(hits.rule);
  }
  entry.evidence = peer.evidence;
}

void put_cells(const ingest::Evidence& evidence, EvidenceDetail detail, const Entry& entry, output::Row& row) {
  const history::History& history = evidence.history;
  TextList rules;
  for (const std::uint32_t rule : entry.rules) {
    std::string label = history.rules[rule].label(history.groups[history.rules[rule].group]);
    if (std::ranges::find(rules, label) == rules.end()) rules.push_back(std::move(label));
  }
  const history::EventInfo* opened =
      entry.rules.empty() ? nullptr : event_of(history, history.rules[entry.rules.front()].from);
  const PeerCounters& count = entry.counters;
  row.clear();
  row.push_back(text_or_null(entry.fleet));
  row.push_back(text_or_null(entry.instance_id));
  row.push_back(text_or_null(entry.interface_id));
  row.push_back(text_or_null(entry.account));
  row.push_back(text_or_null(entry.region));
  row.push_back(entry.peer ? Value{entry.peer->to_string()} : Value{});
  row.push_back(text_or_null(entry.peer_kind));
  row.push_back(text_or_null(entry.peer_name));
  row.push_back(entry.protocol ? Value{firewall::protocol_name(*entry.protocol)} : Value{});
  row.push_back(entry.service_port ? Value{std::int64_t{*entry.service_port}} : Value{});
  row.emplace_back(std::string{attribution::grade_name(entry.grade)});
  for (const std::int64_t number : {count.attempts, count.accepted, count.rejected, count.records, count.bytes_in,
                                    count.bytes_out, count.packets_in, count.packets_out}) {
    row.emplace_back(number);
  }
  row.emplace_back(format_utc(utc_from_seconds(count.first)));
  row.emplace_back(format_utc(utc_from_seconds(count.last)));
  row.emplace_back(std::move(rules));
  row.push_back(opened != nullptr ? text_or_null(actor_of(*opened)) : Value{});
  row.push_back(opened != nullptr ? Value{format_utc(opened->time)} : Value{});
  row.emplace_back(record_places(evidence.inventory, detail, entry.evidence));
}

namespace {

class AccessRows : public output::Rows {
 public:
  AccessRows(const Context& context, std::uint64_t size)
      : wanted_(context.parameters), evidence_(context.evidence), detail_(context.detail), size_(size) {}
  [[nodiscard]] const std::vector<output::Column>& columns() const override { return columns_; }
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] std::unique_ptr<output::RowCursor> open() const override { return std::make_unique<Cursor>(*this); }

 private:
  class Cursor : public output::RowCursor {
   public:
    explicit Cursor(const AccessRows& of) : of_(of), peers_(of.wanted_, of.evidence_) {}
    Result<const output::Row*> next() override {
      for (;;) {
        FT_TRY(const AccessCursor::Found* const found, peers_.next());
        if (found == nullptr) return nullptr;
        if (!found->listed) continue;
        put_cells(of_.evidence_, of_.detail_, found->entry, row_);
        return &row_;
      }
    }

   private:
    const AccessRows& of_;
    AccessCursor peers_;
    output::Row row_;
  };

  Parameters wanted_;
  const ingest::Evidence& evidence_;
  EvidenceDetail detail_;
  std::uint64_t size_;
  std::vector<output::Column> columns_ = access_columns();
};

}  // namespace

std::unique_ptr<const output::Rows> access_rows(const Context& context, std::uint64_t size) {
  return std::make_unique<AccessRows>(context, size);
}

}  // namespace flowtrail::investigate
