#include "attribution/flow_context.h"

namespace flowtrail::attribution {
std::size_t FlowContext::hash() const {
  std::uint64_t mixed = 0;
  for (const std::uint32_t symbol : {interface, account, instance, src_service, dst_service}) {
    mixed = (mixed ^ symbol) * 0x9e3779b97f4a7c15U;
    mixed ^= mixed >> 32U;
  }
  return mixed;
}

std::uint32_t ContextBook::number_of(const FlowContext& context) {
  if (context == FlowContext{}) return 0;
  return numbers_.code(context, [&] {
    contexts_.push_back(context);
    return static_cast<std::uint32_t>(contexts_.size() - 1);
  });
}

}  // namespace flowtrail::attribution
