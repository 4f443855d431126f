#include "attribution/portion.h"

#include <algorithm>
#include <cstring>

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
  used_ = 0;
  sources_.clear();
  order_.clear();
}

void Portion::add(const StoredFlow& stored, const ContextBook& contexts) {
  const std::span<const std::byte> bytes = stored.bytes();
  if (sources_.empty() || sources_.back().contexts != &contexts) sources_.push_back({used_, &contexts});
  const std::int64_t start = std::clamp<std::int64_t>(stored.start(), 0, UINT32_MAX);
  order_.push_back({stored.place(), static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(used_ / kUnit)});
  if (used_ + bytes.size() > bytes_.size()) bytes_.resize(std::max(2 * bytes_.size(), used_ + bytes.size()));
  if (bytes.size() == StoredFlow::kUsualBytes) {
    std::memcpy(bytes_.data() + used_, bytes.data(), StoredFlow::kUsualBytes);
  } else {
    std::memcpy(bytes_.data() + used_, bytes.data(), bytes.size());
  }
  used_ += bytes.size();
}

// The upper bits of a place are those of a hash.
void Portion::sort() {
  sorter_.sort(
      order_, [](const Position& position) { return position.place; },
      [](const Position& a, const Position& b) { return a.place != b.place ? a.place < b.place : a.start < b.start; });
}

std::span<Flow*> Portion::decode(std::span<const Position> positions) {
  if (flows_.size() < positions.size()) {
    flows_.resize(std::max(2 * flows_.size(), positions.size()));
    ordered_.resize(flows_.size());
  }
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const std::size_t offset = positions[i].at * kUnit;
    std::size_t source = sources_.size() - 1;
    while (sources_[source].begin > offset) --source;
    StoredFlow(bytes_.data() + offset, *sources_[source].contexts).decode(flows_[i]);
    ordered_[i] = &flows_[i];
  }
  return std::span(ordered_).first(positions.size());
}

bool Portion::is_one_conversation(std::span<Flow* const> flows) {
  for (std::size_t i = 1; i < flows.size(); ++i) {
    if (start_of(flows[i]) < start_of(flows[i - 1])) return false;
    if (!same_conversation(flows.front()->record, flows[i]->record)) return false;
  }
  return true;
}

void Portion::sort_mixed(std::span<Flow*> flows) {
  std::ranges::sort(flows, is_before_anywhere);
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
