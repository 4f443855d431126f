#include "bench/flows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>
#include <vector>

#include "bench/files.h"
#include "bench/random.h"

namespace flowtrail::bench {
namespace {

constexpr int kFin = 1, kSyn = 2, kRst = 4, kAck = 16;
constexpr std::uint32_t kFirstEphemeral = 32768;
constexpr std::uint32_t kEphemeralPorts = 28000;
constexpr std::int64_t kLongest = 300;  // seconds, more than from a conversation's first start to its last
constexpr std::int64_t kNoDataStep = 240;
constexpr std::int64_t kInterval = 60;
constexpr int kLongIntervals = 3;

constexpr const char* kV2Columns =
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
    "log-status\n";
constexpr const char* kV5Columns =
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
    "log-status vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type "
    "sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path\n";

/// Ranks 0 to size - 1 with probability about 1 / (rank + 1)^exponent: a table of 65,536 draws.
class Zipf {
 public:
  Zipf(std::uint32_t size, double exponent) : draws_(65536) {
    std::vector<double> upto(size);
    double sum = 0;
    for (std::uint32_t rank = 0; rank < size; ++rank) upto[rank] = sum += std::pow(rank + 1, -exponent);
    std::uint32_t rank = 0;
    for (std::size_t i = 0; i < draws_.size(); ++i) {
      while (rank + 1 < size && upto[rank] < sum * (static_cast<double>(i) + 0.5) / 65536) ++rank;
      draws_[i] = rank;
    }
  }
  [[nodiscard]] std::uint32_t draw(Random& random) const { return draws_[random.next() >> 48U]; }

 private:
  std::vector<std::uint32_t> draws_;
};

struct Record {
  std::uint32_t interface = 0;
  std::uint32_t peer = 0;  // IPv4; for IPv6 the number of the peer
  std::uint16_t peer_port = 0, own_port = 0;
  bool ipv6 = false, from_peer = false, accepted = true, no_data = false, public_peer = false;
  std::uint8_t protocol = 0, flags = 0;
  std::uint32_t packets = 0;
  std::uint64_t bytes = 0;
  std::int64_t start = 0, end = 0;
};

std::uint32_t public_address(std::uint64_t pool, std::uint64_t rank) {
  static constexpr std::array<std::uint32_t, 24> kFirst = {13, 18, 23,  34,  44,  52,  54,  62,  77,  80,  81,  85,
                                                           91, 93, 103, 109, 141, 151, 176, 185, 188, 195, 212, 217};
  const std::uint64_t word = mixed(pool, rank);
  return (kFirst[word % kFirst.size()] << 24U) | static_cast<std::uint32_t>(word >> 40U);
}

std::uint32_t interface_of_rank(std::uint32_t rank) {
  return (rank * 733 + 17) % 2000;
}

/// All that the files of a set share; read only once made.
struct Plan {
  const Account& account;
  FlowSet set;
  Zipf interfaces{2000, 0.6};
  Zipf clients{20000, 1.0}, servers{400, 1.0}, hosts{60, 1.0}, members{20, 0.5}, scanners{3000, 0.8};
  std::vector<std::vector<Service>> services;
  std::vector<std::vector<std::uint32_t>> tier_members;
  std::vector<std::string> head,
      tail;  // of a line: the fields before srcaddr, and those after log-status up to tcp-flags

  Plan(const Account& of, const FlowSet& wanted) : account(of), set(wanted), tier_members(100) {
    for (const Interface& interface : account.interfaces) {
      services.push_back(account.services(interface));
      tier_members[static_cast<std::size_t>(interface.tier)].push_back(interface.address);
      head.push_back((set.v5 ? "5 " : "2 ") + std::string(kAccount) + " " + interface.id + " ");
      tail.push_back(std::string(" ") + kVpc + " " + interface.subnet_id + " " + interface.instance_id + " ");
    }
  }
};

/// The records of one file, in the order of a flow log: roughly by time, in short runs of one interface.
class FileFlows {
 public:
  FileFlows(const Plan& plan, int file);
  [[nodiscard]] std::string text() const;

 private:
  void add_no_data();
  void add_conversation(std::uint32_t interface, std::int64_t start);
  std::uint16_t new_port(std::uint32_t interface);
  void add_refused(std::uint32_t interface, std::int64_t start);
  void add_tcp(Record record, std::int64_t start);
  void add_udp(Record record, std::int64_t start);
  void add(Record record, bool from_initiator, std::int64_t start, int flags, bool payload);
  void choose_peer(const Service& service, std::uint32_t interface, Record& record);
  void write_line(const Record& record, std::string& text) const;
  void write_details(const Record& record, std::string& text) const;

  const Plan& plan_;
  Random random_;
  std::uint32_t file_;
  std::int64_t quota_, begin_, span_;
  std::uint32_t port_classes_;
  std::array<std::uint32_t, 2000> ports_used_{};  // by interface
  bool ingress_ = true;                           // of the conversation being told
  std::vector<Record> records_;
};

FileFlows::FileFlows(const Plan& plan, int file)
    : plan_(plan),
      random_(mixed(plan.set.seed, static_cast<std::uint64_t>(file) + 100)),
      file_(static_cast<std::uint32_t>(file)) {
  const std::int64_t files = plan.set.files;
  quota_ = plan.set.records * (file + 1) / files - plan.set.records * file / files;
  const std::int64_t window = plan.set.window_seconds();
  begin_ = kWindowStart + window * file / files;
  span_ = std::max<std::int64_t>(1, window / files);
  port_classes_ = static_cast<std::uint32_t>(kLongest / span_ + 2);
  records_.reserve(static_cast<std::size_t>(quota_) + 16);
  add_no_data();
  const auto quota = static_cast<std::size_t>(quota_);
  while (records_.size() < quota) {
    const std::uint32_t interface = interface_of_rank(plan.interfaces.draw(random_));
    const std::int64_t start = begin_ + span_ * static_cast<std::int64_t>(records_.size()) / quota_;
    for (int i = 0; i < 2; ++i) add_conversation(interface, start + random_.below(50));
  }
  records_.resize(quota);
  std::ranges::stable_sort(records_, {}, [](const Record& record) { return record.end / kInterval; });
}

// The quieter half of the interfaces: a sign of life often enough that no silence counts as a gap.
void FileFlows::add_no_data() {
  for (std::uint32_t rank = 1000; rank < 2000; ++rank) {
    const std::int64_t phase = rank % (kNoDataStep / kInterval) * kInterval;
    const std::int64_t since = begin_ - kWindowStart - phase;
    std::int64_t start =
        kWindowStart + phase + std::max<std::int64_t>(0, (since + kNoDataStep - 1) / kNoDataStep) * kNoDataStep;
    for (; start < begin_ + span_; start += kNoDataStep) {
      records_.push_back(
          {.interface = interface_of_rank(rank), .no_data = true, .start = start, .end = start + kInterval - 1});
    }
  }
}

// No interface uses a port twice in a file, nor one that a file near in time uses: so no two records are equal.
std::uint16_t FileFlows::new_port(std::uint32_t interface) {
  const std::uint32_t port = ports_used_[interface]++ * port_classes_ + file_ % port_classes_;
  if (port >= kEphemeralPorts) fail("too many records for so few files: use more files");
  return static_cast<std::uint16_t>(kFirstEphemeral + port);
}

void FileFlows::choose_peer(const Service& service, std::uint32_t interface, Record& record) {
  const Interface& own = plan_.account.interfaces[interface];
  const std::uint32_t ten = 10U << 24U;
  const auto host = [&](std::uint32_t second, std::uint32_t rest) { return ten | (second << 16U) | rest; };
  switch (service.peers) {
    case Peers::kClients:
    case Peers::kServers: {
      const bool clients = service.peers == Peers::kClients;
      const std::uint32_t rank = (clients ? plan_.clients : plan_.servers).draw(random_);
      const std::uint64_t pool = mixed(plan_.set.seed, clients ? 7 : 1000 + interface % 50);
      record.public_peer = true;
      record.ipv6 = service.ipv6 && !own.ipv6.empty() && random_.chance(165);
      record.peer = record.ipv6 ? static_cast<std::uint32_t>(mixed(pool, rank)) : public_address(pool, rank);
      return;
    }
    case Peers::kHosts:
      record.peer = host(128 + interface % 16, (interface * 251 + plan_.hosts.draw(random_) * 7919) % 65536);
      return;
    case Peers::kAdmins: record.peer = host(200, 4 + plan_.clients.draw(random_) % 4000); return;
    case Peers::kMonitors:
      record.peer = host(210, static_cast<std::uint32_t>(own.base) * 256 + 5 + random_.below(3));
      return;
    case Peers::kResolvers: record.peer = host(220, 10 + random_.below(2)); return;
    case Peers::kMembers: {
      const auto& members = plan_.tier_members[static_cast<std::size_t>(Account::client_tier(own.tier))];
      record.peer = members[plan_.members.draw(random_)];
      return;
    }
    case Peers::kPartner:
      record.peer = Account::partner_block(own.own) + 1 + plan_.hosts.draw(random_);
      record.public_peer = true;
      return;
  }
}

void FileFlows::add_conversation(std::uint32_t interface, std::int64_t start) {
  if (random_.chance(320)) return add_refused(interface, start);
  const std::vector<Service>& services = plan_.services[interface];
  std::uint32_t draw = random_.below(100);
  std::size_t chosen = 0;
  for (; chosen + 1 < services.size() && draw >= services[chosen].weight; ++chosen) draw -= services[chosen].weight;
  const Service& service = services[chosen];
  Record record{.interface = interface, .protocol = static_cast<std::uint8_t>(service.protocol)};
  ingress_ = !service.egress;
  choose_peer(service, interface, record);
  // One port, or one of eight of a range.
  const int port =
      service.from_port + (service.to_port > service.from_port ? static_cast<int>(random_.below(8)) * 3 : 0);
  (ingress_ ? record.own_port : record.peer_port) = static_cast<std::uint16_t>(port);
  (ingress_ ? record.peer_port : record.own_port) = new_port(interface);
  if (!(start < plan_.account.deployment ? service.before : service.after)) {
    record.accepted = false;
    add(record, true, start, kSyn, false);
  } else if (service.protocol == kTcp) {
    add_tcp(record, start);
  } else {
    add_udp(record, start);
  }
}

void FileFlows::add_refused(std::uint32_t interface, std::int64_t start) {
  static constexpr std::array kPorts = {23, 445, 3389, 2375, 8088, 1433, 21, 5900, 6443, 27017, 25, 11211};
  Record record{.interface = interface, .accepted = false, .protocol = kTcp};
  record.own_port = static_cast<std::uint16_t>(kPorts[random_.below(12) * random_.below(12) / 11]);
  if (random_.chance(600)) {
    // Scanners reach only interfaces that face the internet: every tenth.
    record.interface = interface_of_rank(plan_.interfaces.draw(random_)) / 10 * 10;
    record.peer = public_address(mixed(plan_.set.seed, 9), plan_.scanners.draw(random_));
    record.public_peer = true;
  } else {
    record.peer = (10U << 24U) | (250U << 16U) | (plan_.hosts.draw(random_) * 977 % 65536);
  }
  record.peer_port = new_port(record.interface);
  ingress_ = true;
  add(record, true, start, kSyn, false);
}

void FileFlows::add_tcp(Record record, std::int64_t start) {
  const std::uint32_t shape = random_.below(100);
  if (shape < 66) {
    add(record, true, start, kSyn | kFin, random_.chance(900));
    add(record, false, start + random_.below(2), kSyn | kAck | kFin, true);
  } else if (shape < 82) {
    for (int i = 0; i < kLongIntervals; ++i) {
      const int fin = i + 1 == kLongIntervals ? kFin : 0;
      const std::int64_t reply = start + i * kInterval + random_.below(2);
      add(record, true, start + i * kInterval, (i == 0 ? kSyn : 0) | fin, true);
      add(record, false, reply, (i == 0 ? kSyn | kAck : 0) | fin, random_.chance(800));
    }
  } else if (shape < 88) {
    add(record, true, start, kSyn, false);
  } else if (shape < 91) {
    add(record, true, start, kSyn, false);
    add(record, false, start, kRst, false);
  } else {
    add(record, true, start, kSyn | kFin, false);
    add(record, false, start + random_.below(2), kSyn | kAck | kFin, false);
  }
}

void FileFlows::add_udp(Record record, std::int64_t start) {
  const bool answered = random_.chance(920);
  add(record, true, start, 0, true);
  if (answered) add(record, false, start, 0, true);
}

void FileFlows::add(Record record, bool from_initiator, std::int64_t start, int flags, bool payload) {
  record.from_peer = from_initiator == ingress_;
  record.flags = static_cast<std::uint8_t>(flags);
  record.start = start;
  record.end = start + random_.between(1, 58);
  const std::uint32_t header = record.ipv6 ? 72 : 52;
  if (!payload) {
    record.packets = random_.between(1, 4);
    record.bytes = record.packets * std::uint64_t{header - random_.below(2) * 12};
  } else {
    const std::uint32_t size = random_.below(10);
    record.packets = random_.between(2, size < 6 ? 12 : size < 9 ? 100 : 4000);
    record.bytes = record.packets * std::uint64_t{header + 9} + random_.below(record.packets * 1380);
  }
  records_.push_back(record);
}

void append_number(std::string& text, std::uint64_t value) {
  char digits[20];
  char* end = digits + sizeof digits;
  char* begin = end;
  do *--begin = static_cast<char>('0' + value % 10);
  while ((value /= 10) != 0);
  text.append(begin, end);
}

void append_ipv4(std::string& text, std::uint32_t address) {
  for (unsigned shift = 24;; shift -= 8) {
    append_number(text, (address >> shift) & 255U);
    if (shift == 0) return;
    text += '.';
  }
}

void append_ipv6_peer(std::string& text, std::uint32_t number) {
  char words[40];
  const int length = std::snprintf(words, sizeof words, "2600:1f18:%x:%x::%x", 0x1000U | (number >> 20U),
                                   0x2000U | ((number >> 8U) & 0xfffU), 0x10U | (number & 0xffU));
  text.append(words, static_cast<std::size_t>(length));
}

void append_addresses(const Interface& own, const Record& record, std::string& text) {
  for (const bool peer : {record.from_peer, !record.from_peer}) {
    if (peer && record.ipv6) append_ipv6_peer(text, record.peer);
    if (peer && !record.ipv6) append_ipv4(text, record.peer);
    if (!peer && record.ipv6) text += own.ipv6;
    if (!peer && !record.ipv6) append_ipv4(text, own.address);
    text += ' ';
  }
}

void FileFlows::write_details(const Record& record, std::string& text) const {
  text += plan_.tail[record.interface];
  if (record.no_data) {
    (text += "- - - - ") += kRegion;
    text += " euw1-az1 - - - - - -";
    return;
  }
  append_number(text, record.flags);
  text += record.ipv6 ? " IPv6 " : " IPv4 ";
  append_addresses(plan_.account.interfaces[record.interface], record, text);
  text += kRegion;
  text += " euw1-az1 - - - - ";
  text += record.from_peer ? "ingress -" : record.public_peer ? "egress 8" : "egress 1";
}

void FileFlows::write_line(const Record& record, std::string& text) const {
  text += plan_.head[record.interface];
  if (record.no_data) {
    text += "- - - - - - - ";
  } else {
    append_addresses(plan_.account.interfaces[record.interface], record, text);
    const std::uint16_t source = record.from_peer ? record.peer_port : record.own_port;
    const std::uint16_t target = record.from_peer ? record.own_port : record.peer_port;
    for (const std::uint64_t number : {std::uint64_t{source}, std::uint64_t{target}, std::uint64_t{record.protocol},
                                       std::uint64_t{record.packets}, record.bytes}) {
      append_number(text, number);
      text += ' ';
    }
  }
  append_number(text, static_cast<std::uint64_t>(record.start));
  text += ' ';
  append_number(text, static_cast<std::uint64_t>(record.end));
  text += record.no_data ? " - NODATA" : record.accepted ? " ACCEPT OK" : " REJECT OK";
  if (plan_.set.v5) write_details(record, text);
  text += '\n';
}

std::string FileFlows::text() const {
  std::string text = plan_.set.v5 ? kV5Columns : kV2Columns;
  text.reserve(records_.size() * (plan_.set.v5 ? 300 : 130) + 1000);
  for (const Record& record : records_) write_line(record, text);
  return text;
}

}  // namespace

void write_flows(const std::string& folder, const Account& account, const FlowSet& set) {
  const Plan plan(account, set);
  for_each_file(set.files, [&](int file) {
    const std::int64_t slot = (kWindowStart + set.window_seconds() * file / set.files) / 300 * 300;
    Random names(mixed(set.seed, static_cast<std::uint64_t>(file) + 1000000));
    const std::string key = std::string("AWSLogs/") + kAccount + "/vpcflowlogs/" + kRegion + "/" + day_folder(slot) +
                            "/" + kAccount + "_vpcflowlogs_" + kRegion + "_fl-0b896b216d8efea9e_" + key_stamp(slot) +
                            "_" + names.hex(8) + ".log.gz";
    write_gzip(folder + "/" + key, FileFlows(plan, file).text());
  });
}

std::string chosen_interfaces(const Account& account) {
  std::string list;
  for (std::uint32_t rank = 0; rank < 50; ++rank) list += account.interfaces[interface_of_rank(rank)].id + "\n";
  return list;
}

}  // namespace flowtrail::bench
