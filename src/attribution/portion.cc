#include "attribution/portion.h"

#include <algorithm>
#include <bit>

namespace flowtrail::attribution {
namespace {

using flowlog::FlowRecord;

// Optional facts that are no part of a record's identity.
void complete(Flow& kept, const Flow& copy) {
  FlowRecord& record = kept.record;
  const FlowRecord& other = copy.record;
  if (record.tcp_flags < 0) record.tcp_flags = other.tcp_flags;
  if (record.account == 0) record.account = other.account;
  if (record.instance == 0) record.instance = other.instance;
  if (record.src_service == 0) record.src_service = other.src_service;
  if (record.dst_service == 0) record.dst_service = other.dst_service;
  if (record.direction == flowlog::FlowDirection::kAbsent && other.direction != flowlog::FlowDirection::kAbsent) {
    record.direction = other.direction;
    kept.side = copy.side;
  }
}

// Of one conversation.
bool is_before(const Flow* a, const Flow* b) {
  if (const auto order = compare_identities(a->record, b->record); order != 0) return order < 0;
  return a->record.place < b->record.place;
}

bool is_before_anywhere(const Flow* a, const Flow* b) {
  if (const auto order = compare_conversations(a->record, b->record); order != 0) return order < 0;
  return is_before(a, b);
}

std::int64_t start_of(const Flow* flow) {
  return flow->record.start;
}

}  // namespace

void Portion::clear() {
  bytes_.clear();
  records_.clear();
  order_.clear();
}

void Portion::add(const StoredFlow& stored, const ContextBook& contexts) {
  const std::int64_t start = std::clamp<std::int64_t>(stored.start(), 0, UINT32_MAX);
  order_.push_back({stored.place(), static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(records_.size())});
  records_.push_back({bytes_.size(), &contexts});
  bytes_.insert(bytes_.end(), stored.bytes().begin(), stored.bytes().end());
}

// The upper bits of a place are those of a hash: they spread the records evenly over buckets of a few pairs each.
void Portion::sort() {
  const auto bits = static_cast<unsigned>(std::clamp(static_cast<int>(std::bit_width(order_.size() / 4)), 1, 20));
  const auto bucket_of = [&](const Position& position) { return position.place >> (64 - bits); };
  buckets_.assign((std::size_t{1} << bits) + 1, 0);
  for (const Position& position : order_) ++buckets_[bucket_of(position) + 1];
  for (std::size_t i = 1; i < buckets_.size(); ++i) buckets_[i] += buckets_[i - 1];
  unordered_.swap(order_);
  order_.resize(unordered_.size());
  for (const Position& position : unordered_) order_[buckets_[bucket_of(position)]++] = position;
  std::size_t begin = 0;
  for (const std::size_t end : std::span(buckets_).first(buckets_.size() - 1)) {
    std::ranges::sort(std::span(order_).subspan(begin, end - begin), [](const Position& a, const Position& b) {
      return a.place != b.place ? a.place < b.place : a.start < b.start;
    });
    begin = end;
  }
}

Status Portion::for_each_conversation(const std::function<Status(Conversation)>& visit) {
  sort();
  for (std::size_t begin = 0, end = 0; begin < order_.size(); begin = end) {
    for (end = begin + 1; end < order_.size() && order_[end].place == order_[begin].place;) ++end;
    decode(std::span(order_).subspan(begin, end - begin));
    FT_CHECK(visit_place(visit));
  }
  return {};
}

void Portion::decode(std::span<const Position> positions) {
  if (flows_.size() < positions.size()) flows_.resize(positions.size());
  ordered_.clear();
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const Record& record = records_[positions[i].index];
    StoredFlow(bytes_.data() + record.offset, *record.contexts).decode(flows_[i]);
    ordered_.push_back(&flows_[i]);
  }
}

Status Portion::visit_place(const std::function<Status(Conversation)>& visit) {
  const std::span all(ordered_);
  const FlowRecord& first = all.front()->record;
  const bool alike =
      std::ranges::all_of(all.subspan(1), [&](const Flow* flow) { return same_conversation(first, flow->record); });
  if (alike && std::ranges::is_sorted(all, {}, start_of)) return visit(distinct(all));
  // Several conversations of one place, or starts that the order of places cannot hold.
  std::ranges::sort(all, is_before_anywhere);
  for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
    for (end = begin + 1; end < all.size() && same_conversation(all[begin]->record, all[end]->record);) ++end;
    FT_CHECK(visit(distinct(all.subspan(begin, end - begin))));
  }
  return {};
}

Conversation Portion::distinct(std::span<Flow*> flows) {
  // They come by start; only those of the same start are still in no order.
  std::size_t kept = 0;
  for (std::size_t begin = 0, end = 0; begin < flows.size(); begin = end) {
    for (end = begin + 1; end < flows.size() && start_of(flows[end]) == start_of(flows[begin]);) ++end;
    if (end - begin > 1) std::ranges::sort(flows.subspan(begin, end - begin), is_before);
    for (std::size_t i = begin; i < end; ++i) {
      if (i > begin && compare_identities(flows[kept - 1]->record, flows[i]->record) == 0) {
        complete(*flows[kept - 1], *flows[i]);
      } else {
        flows[kept++] = flows[i];
      }
    }
  }
  copies_ += static_cast<std::int64_t>(flows.size() - kept);
  return flows.first(kept);
}

}  // namespace flowtrail::attribution
