#include "sample/ledger.h"

#include <algorithm>
#include <set>

namespace flowtrail::sample {

// data/scanners.csv, embedded.
extern const std::string_view kScannersCsv;

namespace {

constexpr int kTcp = 6;
constexpr int kUdp = 17;
constexpr std::int64_t kHeaderIpv4 = 60;
constexpr std::int64_t kHeaderIpv6 = 80;
constexpr std::int64_t kShortInterval = 60, kLongInterval = 600;  // aggregation intervals, seconds
constexpr int kSyn = 2, kRst = 4, kAck = 16;

bool proves_payload(const FlowRecord& record) {
  if (record.protocol != kTcp) return true;
  return record.bytes > record.packets * (record.source.is_v4() ? kHeaderIpv4 : kHeaderIpv6);
}

void count(const FlowRecord& record, const Knowledge& known, Counters& counters) {
  ++counters.records;
  counters.first = std::min(counters.first, record.start);
  counters.last = std::max(counters.last, record.end);
  if (known.from_initiator) {
    ++(record.accept ? counters.accepted : counters.rejected);
    const bool opens = (record.tcp_flags & kSyn) != 0 && (record.tcp_flags & kAck) == 0;
    if (record.protocol != kTcp || !known.flags_logged || opens) ++counters.attempts;
  } else {
    if (record.accept) ++counters.replies;
    const bool reset = (record.tcp_flags & kRst) != 0 && (record.tcp_flags & kSyn) == 0;
    if (record.accept && known.flags_logged && reset) ++counters.reply_resets;
  }
  if (!record.accept) return;
  (known.from_initiator ? counters.bytes_in : counters.bytes_out) += record.bytes;
  (known.from_initiator ? counters.packets_in : counters.packets_out) += record.packets;
  if (proves_payload(record)) ++(known.from_initiator ? counters.payload_in : counters.payload_out);
}

RuleTally& tally_of(std::vector<RuleTally>& tallies, int rule) {
  for (RuleTally& tally : tallies) {
    if (tally.rule == rule) return tally;
  }
  tallies.emplace_back();
  tallies.back().rule = rule;
  return tallies.back();
}

}  // namespace

void Counters::merge(const Counters& other) {
  records += other.records;
  accepted += other.accepted;
  rejected += other.rejected;
  attempts += other.attempts;
  replies += other.replies;
  reply_resets += other.reply_resets;
  payload_in += other.payload_in;
  payload_out += other.payload_out;
  bytes_in += other.bytes_in;
  bytes_out += other.bytes_out;
  packets_in += other.packets_in;
  packets_out += other.packets_out;
  first = std::min(first, other.first);
  last = std::max(last, other.last);
}

Counters PeerBook::total() const {
  Counters sum;
  for (const Share& share : shares) sum.merge(share.counters);
  return sum;
}

std::size_t PeerKeyHash::operator()(const PeerKey& key) const noexcept {
  std::size_t mixed = std::hash<IpAddress>{}(key.peer);
  mixed = mixed * 31 + static_cast<std::size_t>(key.interface);
  mixed = mixed * 31 + static_cast<std::size_t>(key.port + 1);
  mixed = mixed * 31 + static_cast<std::size_t>(key.protocol) * 2 + (key.ingress ? 1 : 0);
  return mixed * 0x9e3779b97f4a7c15U;
}

int Ledger::owner_of(int interface, std::int64_t time) {
  const int instance = account_.instance_of(interface, time);
  const auto [found, added] =
      owner_index_.try_emplace({instance, account_.owner_name(interface, time)}, static_cast<int>(owners_.size()));
  if (added) owners_.push_back({instance, found->first.second});
  return found->second;
}

void Ledger::enter(const FlowRecord& record, const Knowledge& known, const std::vector<int>& rules) {
  const PeerKey key{known.interface, known.ingress_connection, known.peer, record.protocol, known.port};
  const int owner = owner_of(known.interface, record.start);
  for (Window& window : windows_) {
    if (!window.span.contains(record.start)) continue;
    PeerBook& book = window.peers[key];
    if (book.service.empty()) book.service = known.peer_service;
    auto share = std::find_if(book.shares.begin(), book.shares.end(),
                              [&](const Share& candidate) { return candidate.owner == owner; });
    if (share == book.shares.end()) {
      book.shares.push_back({owner, {}, {}});
      share = book.shares.end() - 1;
    }
    const std::int64_t attempts = share->counters.attempts;
    count(record, known, share->counters);
    const bool watched = is_private(known.peer) && account_.interfaces_with(known.peer).empty();
    if (watched && share->counters.attempts > attempts) book.attempt_starts.push_back(record.start);
    if (!record.accept || !known.from_initiator) continue;
    for (const int rule : rules) {
      RuleTally& tally = tally_of(share->rules, rule);
      ++(rules.size() == 1 ? tally.sole : tally.shared);
      const bool covered = std::any_of(rules.begin(), rules.end(), [&](int other) {
        return other != rule && account_.covers_for_good(other, rule, record.start);
      });
      if (covered) ++tally.covered;
      tally.bytes += record.bytes;
      tally.first = std::min(tally.first, record.start);
      tally.last = std::max(tally.last, record.end);
    }
  }
}

void Ledger::hear(int interface, int log, std::int64_t from, std::int64_t to) {
  heard_.from = std::min(heard_.from, from);
  heard_.to = std::max(heard_.to, to);
  widest_[log] = std::max(widest_[log], to - from);
  Hearing& hearing = hearing_[interface];
  if (std::find(hearing.logs.begin(), hearing.logs.end(), log) == hearing.logs.end()) hearing.logs.push_back(log);
  Span* last = hearing.heard.empty() ? nullptr : &hearing.heard.back();
  if (last != nullptr && last->from <= from && from - last->to <= kShortInterval) {
    last->to = std::max(last->to, to);
  } else {
    hearing.heard.push_back({from, to});
  }
}

std::int64_t Ledger::interval_of(const Hearing& hearing) const {
  constexpr std::int64_t kWidestShort = 90;
  const bool slow =
      std::any_of(hearing.logs.begin(), hearing.logs.end(), [&](int log) { return widest_.at(log) > kWidestShort; });
  return slow ? kLongInterval : kShortInterval;
}

std::int64_t Ledger::observed(int interface, Span span, Span window) const {
  const InterfaceState& state = account_.interface(interface);
  const Span expected{std::max(state.life.from, window.from), std::min(state.life.to, window.to)};
  const auto found = hearing_.find(interface);
  // An interface without any record tells no interval, so that every silence of its counts early.
  const std::int64_t interval = found == hearing_.end() ? kShortInterval : interval_of(found->second);
  // Silences longer than three intervals, then SKIPDATA: both are cut out of the span.
  std::vector<Span> lost;
  std::int64_t alive_until = expected.from;
  const auto silence = [&](std::int64_t from, std::int64_t to) {
    if (to - from > 3 * interval) lost.push_back({from, to});
  };
  if (found != hearing_.end()) {
    std::vector<Span> spans = found->second.heard;  // records of a block come in any order
    std::sort(spans.begin(), spans.end(), [](Span a, Span b) { return a.from < b.from; });
    for (const Span& heard : spans) {
      if (heard.to <= window.from || heard.from >= window.to) continue;
      silence(alive_until, std::min(heard.from, expected.to));
      alive_until = std::max(alive_until, heard.to);
    }
  }
  silence(alive_until, expected.to);
  if (found != hearing_.end()) lost.insert(lost.end(), found->second.skipped.begin(), found->second.skipped.end());

  const Span wanted{std::max({span.from, expected.from}), std::min({span.to, expected.to})};
  std::int64_t seconds = std::max<std::int64_t>(0, wanted.to - wanted.from);
  for (const Span& gone : lost) {  // silences and SKIPDATA never overlap
    seconds -= std::max<std::int64_t>(0, std::min(gone.to, wanted.to) - std::max(gone.from, wanted.from));
  }
  return std::max<std::int64_t>(0, seconds);
}

Grade grade_of(const Counters& c, int protocol) {
  const bool answered = c.replies - c.reply_resets > 0;
  const bool data = protocol == kTcp ? c.payload_in + c.payload_out > 0 : c.payload_in > 0 && c.payload_out > 0;
  if (answered && data) return Grade::kSession;
  if (answered) return Grade::kHandshake;
  return c.accepted > 0 ? Grade::kProbe : Grade::kRejected;
}

std::string_view grade_text(Grade grade) {
  switch (grade) {
    case Grade::kSession: return "session";
    case Grade::kHandshake: return "handshake";
    case Grade::kProbe: return "probe";
    case Grade::kRejected: return "rejected";
    case Grade::kUnknown: return "unknown";
  }
  return "";
}

// --- kinds of peers --------------------------------------------------------------------------------------------------

PeerKinds::PeerKinds(const Account& account, const Ledger::Window& window) : account_(account) {
  struct Behaviour {
    std::set<std::pair<int, int>> targets, fruitful;
    std::map<int, std::set<int>> ports;
  };
  std::unordered_map<IpAddress, Behaviour> behaviour;
  for (const auto& [key, book] : window.peers) {
    const Grade grade = grade_of(book.total(), key.protocol);
    if (grade == Grade::kSession) has_session_[key.peer] = true;
    if (!key.ingress) continue;
    Behaviour& seen = behaviour[key.peer];
    seen.targets.insert({key.interface, key.port});
    if (grade != Grade::kProbe && grade != Grade::kRejected) seen.fruitful.insert({key.interface, key.port});
    if (key.port >= 0) seen.ports[key.interface].insert(key.port);
  }
  constexpr std::size_t kTargets = 8;
  constexpr std::size_t kPorts = 32;
  for (const auto& [peer, seen] : behaviour) {
    const bool sweep =
        seen.targets.size() >= kTargets && (seen.targets.size() - seen.fruitful.size()) * 10 >= seen.targets.size() * 9;
    const bool port_scan = std::any_of(seen.ports.begin(), seen.ports.end(),
                                       [=](const auto& entry) { return entry.second.size() >= kPorts; });
    if (sweep || port_scan) scanners_[peer] = true;
  }
  std::string_view rest = kScannersCsv;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const std::size_t comma = line.find(',');
    if (line.starts_with('#') || comma == std::string_view::npos) continue;
    const Result<Cidr> block = Cidr::parse(line.substr(0, comma));
    std::string_view name = line.substr(comma + 1);
    name = name.substr(0, name.find(','));
    if (block) ranges_.push_back({*block, std::string{name}});
  }
}

namespace {

/// A fixed period of 5-60 s: nearly every step between starts is near the median step.
bool is_periodic(std::vector<std::int64_t> starts) {
  std::sort(starts.begin(), starts.end());
  starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  if (starts.size() < 2) return false;
  std::vector<std::int64_t> steps;
  for (std::size_t i = 1; i < starts.size(); ++i) steps.push_back(starts[i] - starts[i - 1]);
  std::vector<std::int64_t> sorted = steps;
  std::sort(sorted.begin(), sorted.end());
  const std::int64_t median = sorted[sorted.size() / 2];
  if (median < 5 || median > 60) return false;
  const std::int64_t slack = std::max<std::int64_t>(2, median / 10);
  const auto near = std::count_if(steps.begin(), steps.end(),
                                  [&](std::int64_t step) { return step >= median - slack && step <= median + slack; });
  return near * 10 >= static_cast<std::int64_t>(steps.size()) * 9;
}

}  // namespace

PeerKinds::Kind PeerKinds::kind_of(const PeerKey& key, const PeerBook& book) const {
  const Counters total = book.total();
  const std::string& vpc = account_.subnets[static_cast<std::size_t>(account_.interface(key.interface).subnet)].vpc;
  int member = -1;
  for (const int candidate : account_.interfaces_with(key.peer)) {
    const InterfaceState& other = account_.interface(candidate);
    const bool held = std::any_of(other.addresses.begin(), other.addresses.end(), [&](const AddressState& address) {
      return address.address == key.peer && address.span.contains(total.first);
    });
    const bool same_vpc = account_.subnets[static_cast<std::size_t>(other.subnet)].vpc == vpc;
    if (held && (member < 0 || same_vpc)) member = candidate;
  }
  if (member == key.interface) return {"self", ""};
  if (member >= 0) return {"group-member", account_.owner_name(member, total.first)};
  constexpr std::int64_t kLeastChecks = 10, kTinyPackets = 10, kTinyBytes = 1500;
  const bool tiny = total.packets_in <= kTinyPackets * total.accepted && total.bytes_in <= kTinyBytes * total.accepted;
  const bool periodic =
      total.attempts >= kLeastChecks && total.accepted > 0 && tiny && is_periodic(book.attempt_starts);
  if (book.service == "ROUTE53_HEALTHCHECKS" || periodic) return {"health-check", ""};
  if (!book.service.empty()) return {"aws-service", std::string{book.service}};
  const Range* listed = nullptr;
  for (const Range& range : ranges_) {
    const bool narrower = listed == nullptr || range.block.prefix_length() > listed->block.prefix_length();
    if (range.block.contains(key.peer) && narrower) listed = &range;
  }
  if (scanners_.contains(key.peer) || (listed != nullptr && !has_session_.contains(key.peer))) {
    return {"scanner", listed != nullptr ? listed->name : std::string{}};
  }
  return {is_private(key.peer) ? "private" : "public", ""};
}

}  // namespace flowtrail::sample
