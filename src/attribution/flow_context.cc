#include "attribution/flow_context.h"

namespace flowtrail::attribution {
namespace {

std::uint64_t hash_of(const FlowContext& context) {
  std::uint64_t mixed = 0;
  for (const std::uint32_t symbol :
       {context.interface, context.account, context.instance, context.src_service, context.dst_service}) {
    mixed = (mixed ^ symbol) * 0x9e3779b97f4a7c15U;
    mixed ^= mixed >> 32U;
  }
  return mixed;
}

}  // namespace

void FlowContext::put_into(flowlog::FlowRecord& record) const {
  record.interface = interface;
  record.account = account;
  record.instance = instance;
  record.src_service = src_service;
  record.dst_service = dst_service;
}

std::uint32_t ContextBook::number_of(const FlowContext& context) {
  if (context == FlowContext{}) return 0;
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash_of(context) & mask;
  for (; slots_[at] != 0; at = (at + 1) & mask) {
    if (contexts_[slots_[at]] == context) return slots_[at];
  }
  const auto number = static_cast<std::uint32_t>(contexts_.size());
  contexts_.push_back(context);
  slots_[at] = number;
  if (contexts_.size() * 2 > slots_.size()) grow();
  return number;
}

void ContextBook::grow() {
  slots_.assign(slots_.size() * 2, 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::uint32_t number = 1; number < contexts_.size(); ++number) {
    std::size_t at = hash_of(contexts_[number]) & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = number;
  }
}

}  // namespace flowtrail::attribution
