#include "investigate/all_records.h"

#include <algorithm>
#include <compare>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/sort_key.h"
#include "firewall/security_rule.h"
#include "investigate/cells.h"

namespace flowtrail::investigate {
namespace {

using flowlog::FlowRecord;
using output::Row;
using output::TextList;

struct Key {
  std::uint32_t interface = 0;
  IpAddress peer;
  int protocol = 0;
  int port = -1;  // the responder's; -1: none, or not known
  friend auto operator<=>(const Key&, const Key&) = default;
};

/// Rows may share a key: an interface that changed its owner. They differ by time then.
struct Wanted {
  Key key;
  std::uint64_t row = 0;
  std::int64_t first = 0, last = 0;  // seconds since 1970
};

/// Ordered by key, then by row.
Result<std::vector<Wanted>> rows_by_key(const flowlog::SymbolTable& symbols, const output::Rows& rows) {
  std::vector<Wanted> all;
  const auto at = [&](std::string_view column) { return column_index(rows.columns(), column); };
  const std::size_t interface_at = at("interface_id"), peer_at = at("peer_address"), protocol_at = at("protocol"),
                    port_at = at("service_port"), first_at = at("first"), last_at = at("last");
  const auto cursor = rows.open();
  for (std::uint64_t number = 0;; ++number) {
    FT_TRY(const Row* const row, cursor->next());
    if (row == nullptr) break;
    const auto text_at = [row](std::size_t column) { return std::get_if<std::string>(&(*row)[column]); };
    const auto *interface = text_at(interface_at), *peer = text_at(peer_at), *protocol = text_at(protocol_at),
               *first = text_at(first_at), *last = text_at(last_at);
    const auto* port = std::get_if<std::int64_t>(&(*row)[port_at]);
    if (interface == nullptr || peer == nullptr || protocol == nullptr || first == nullptr || last == nullptr) continue;
    const auto address = IpAddress::parse(*peer);
    const auto from = parse_utc(*first), to = parse_utc(*last);
    if (!address || !from || !to) continue;
    all.push_back({{symbols.find(*interface), *address, firewall::parse_protocol(*protocol),
                    port == nullptr ? -1 : static_cast<int>(*port)},
                   number,
                   to_seconds(*from),
                   to_seconds(*to)});
  }
  std::ranges::stable_sort(all, {}, &Wanted::key);
  return all;
}

/// Finds the rows of records and gathers the places by row.
class Finder {
 public:
  Finder(const Interval& window, std::vector<Wanted> rows, const SpillOptions& spill)
      : window_(window), rows_(std::move(rows)), places_(spill) {}

  void look_at(const FlowRecord& record) {
    if (record.status != flowlog::LogStatus::kOk || !window_.contains(utc_from_seconds(record.start))) return;
    // The peer may be either side; its service port is then the port of the other, or its own when the key's port is
    // not known.
    if (!look_for(record, record.pkt_src, record.dst_port)) look_for(record, record.pkt_dst, record.src_port);
  }

  /// Each with the number of its row as key. Errors: kIo when a place could not be put away.
  [[nodiscard]] Result<SortedRecords> places() {
    FT_CHECK(status_);
    std::vector<RecordSorter> parts;
    parts.push_back(std::move(places_));
    return SortedRecords{std::move(parts)};
  }

 private:
  bool look_for(const FlowRecord& record, const IpAddress& peer, int port) {
    bool any = false;
    for (const int wanted : {port, -1}) {
      const Key key{record.interface, peer, record.protocol, wanted};
      for (const Wanted& row : std::ranges::equal_range(rows_, key, {}, &Wanted::key)) {
        if (record.start < row.first || row.last < record.start) continue;
        keep(row.row, record.place);
        any = true;
      }
      if (any) break;
    }
    return any;
  }

  void keep(std::uint64_t row, const SourcePlace& place) {
    if (!status_) return;
    key_.clear();
    key_.put(row);
    status_ = places_.add(key_.bytes(), std::as_bytes(std::span{&place, 1}));
  }

  const Interval& window_;
  std::vector<Wanted> rows_;
  RecordSorter places_;
  SortKey key_;
  Status status_;
};

class RowsWithRecords : public output::Rows {
 public:
  RowsWithRecords(std::unique_ptr<const output::Rows> rows, SortedRecords places, const source::Inventory& inventory)
      : rows_(std::move(rows)), places_(std::move(places)), inventory_(inventory) {}
  [[nodiscard]] const std::vector<output::Column>& columns() const override { return rows_->columns(); }
  [[nodiscard]] std::uint64_t size() const override { return rows_->size(); }
  [[nodiscard]] std::unique_ptr<output::RowCursor> open() const override { return std::make_unique<Cursor>(*this); }

 private:
  class Cursor : public output::RowCursor {
   public:
    explicit Cursor(const RowsWithRecords& of)
        : of_(of),
          evidence_(column_index(of.columns(), "evidence")),
          rows_(of.rows_->open()),
          places_(of.places_.open()) {}

    Result<const Row*> next() override {
      FT_TRY(const Row* const row, rows_->next());
      if (row == nullptr) return nullptr;
      key_.clear();
      key_.put(number_++);
      FT_TRY(TextList places, places_of_row());
      if (places.empty()) return row;
      row_ = *row;
      row_[evidence_] = std::move(places);
      return &row_;
    }

   private:
    Result<TextList> places_of_row() {
      TextList places;
      if (!started_) {
        FT_TRY(place_, places_.next());
        started_ = true;
      }
      while (place_ != nullptr && std::ranges::equal(place_->key, key_.bytes())) {
        SourcePlace place;
        std::memcpy(&place, place_->value.data(), sizeof place);
        places.push_back(ingest::place_text(of_.inventory_, place));
        FT_TRY(place_, places_.next());
      }
      return places;
    }

    const RowsWithRecords& of_;
    std::size_t evidence_;
    std::unique_ptr<output::RowCursor> rows_;
    SortedRecords::Cursor places_;
    const SortedRecords::Record* place_ = nullptr;  // the next one, of this row or a later one
    bool started_ = false;
    std::uint64_t number_ = 0;
    SortKey key_;
    Row row_;
  };

  std::unique_ptr<const output::Rows> rows_;
  SortedRecords places_;
  const source::Inventory& inventory_;
};

}  // namespace

Result<std::unique_ptr<const output::Rows>> with_all_records(std::unique_ptr<const output::Rows> rows,
                                                             ingest::Evidence& evidence, const Interval& window,
                                                             const flowlog::ParquetReader& parquet,
                                                             const SpillOptions& spill) {
  FT_TRY(std::vector<Wanted> wanted, rows_by_key(evidence.symbols, *rows));
  Finder finder{window, std::move(wanted), spill};
  flowlog::ReadStats again;  // counted in the first pass
  flowlog::read_records(
      evidence.inventory, window.from, window.to, evidence.symbols,
      [&finder](const FlowRecord& record, const flowlog::RawRecord&) { finder.look_at(record); }, again, parquet);
  FT_TRY(SortedRecords places, finder.places());
  return std::make_unique<RowsWithRecords>(std::move(rows), std::move(places), evidence.inventory);
}

}  // namespace flowtrail::investigate
