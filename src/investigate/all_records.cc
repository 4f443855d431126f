#include "investigate/all_records.h"

#include <compare>
#include <map>
#include <string>
#include <vector>

#include "firewall/security_rule.h"
#include "investigate/cells.h"

namespace flowtrail::investigate {
namespace {

using flowlog::FlowRecord;
using output::Table;
using output::TextList;
using output::Value;

struct Key {
  std::uint32_t interface = 0;
  IpAddress peer;
  int protocol = 0;
  int port = -1;  // the responder's; -1: none, or not known
  friend auto operator<=>(const Key&, const Key&) = default;
};

/// Rows may share a key: an interface that changed its owner.
using Rows = std::multimap<Key, std::size_t>;

template <typename T>
const T* value_as(const Table& table, std::size_t row, std::string_view column) {
  return std::get_if<T>(&table.rows[row][column_index(table.columns, column)]);
}

Rows rows_by_key(const flowlog::SymbolTable& symbols, const Table& table) {
  Rows rows;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const auto* interface = value_as<std::string>(table, row, "interface_id");
    const auto* peer = value_as<std::string>(table, row, "peer_address");
    const auto* protocol = value_as<std::string>(table, row, "protocol");
    const auto* port = value_as<std::int64_t>(table, row, "service_port");
    if (interface == nullptr || peer == nullptr || protocol == nullptr) continue;
    const auto address = IpAddress::parse(*peer);
    if (!address) continue;
    rows.emplace(Key{symbols.find(*interface), *address, firewall::parse_protocol(*protocol),
                     port == nullptr ? -1 : static_cast<int>(*port)},
                 row);
  }
  return rows;
}

class Finder {
 public:
  Finder(const ingest::Evidence& evidence, const Interval& window, const Rows& rows, Table& table)
      : evidence_(evidence), window_(window), rows_(rows), table_(table), found_(table.rows.size()) {}

  void look_at(const FlowRecord& record) {
    if (record.status != flowlog::LogStatus::kOk || !window_.contains(utc_from_seconds(record.start))) return;
    // The peer may be either side; its service port is then the port of the other, or its own when the key's port is
    // not known.
    if (!look_for(record, record.pkt_src, record.dst_port)) look_for(record, record.pkt_dst, record.src_port);
  }

  void write() {
    const std::size_t evidence = column_index(table_.columns, "evidence");
    for (std::size_t row = 0; row < found_.size(); ++row) {
      if (!found_[row].empty()) table_.rows[row][evidence] = std::move(found_[row]);
    }
  }

 private:
  bool look_for(const FlowRecord& record, const IpAddress& peer, int port) {
    bool any = false;
    for (const int wanted : {port, -1}) {
      const auto [first, last] = rows_.equal_range({record.interface, peer, record.protocol, wanted});
      for (auto row = first; row != last; ++row) {
        if (!in_row(record, row->second)) continue;
        found_[row->second].push_back(ingest::place_text(evidence_.inventory, record.place));
        any = true;
      }
      if (any) break;
    }
    return any;
  }

  /// Rows of one key differ by time when the interface changed its owner.
  [[nodiscard]] bool in_row(const FlowRecord& record, std::size_t row) const {
    const auto* first = value_as<std::string>(table_, row, "first");
    const auto* last = value_as<std::string>(table_, row, "last");
    const std::string start = format_utc(utc_from_seconds(record.start));
    return first != nullptr && last != nullptr && *first <= start && start <= *last;
  }

  const ingest::Evidence& evidence_;
  const Interval& window_;
  const Rows& rows_;
  Table& table_;
  std::vector<TextList> found_;
};

}  // namespace

void list_all_records(ingest::Evidence& evidence, const Interval& window, const flowlog::ParquetReader& parquet,
                      output::Table& table) {
  const Rows rows = rows_by_key(evidence.symbols, table);
  Finder finder{evidence, window, rows, table};
  flowlog::ReadStats again;  // counted in the first pass
  flowlog::read_records(
      evidence.inventory, window.from, window.to, evidence.symbols,
      [&finder](const FlowRecord& record, const flowlog::RawRecord&) { finder.look_at(record); }, again, parquet);
  finder.write();
}

}  // namespace flowtrail::investigate
