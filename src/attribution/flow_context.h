// What many records have in common, kept once: which interface, account and instance they tell of, and which services
// they name. Records carry its number instead.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/code_table.h"
#include "flowlog/flow_record.h"

namespace flowtrail::attribution {

/// Symbols, as in FlowRecord.
struct FlowContext {
  std::uint32_t interface = 0, account = 0, instance = 0, src_service = 0, dst_service = 0;

  FlowContext() = default;
  explicit FlowContext(const flowlog::FlowRecord& record)
      : interface(record.interface),
        account(record.account),
        instance(record.instance),
        src_service(record.src_service),
        dst_service(record.dst_service) {}
  void put_into(flowlog::FlowRecord& record) const {
    record.interface = interface;
    record.account = account;
    record.instance = instance;
    record.src_service = src_service;
    record.dst_service = dst_service;
  }
  [[nodiscard]] std::size_t hash() const;

  friend bool operator==(const FlowContext&, const FlowContext&) = default;
};

/// Numbers contexts in the order in which they are met; 0 is the one of which nothing is known. Not thread-safe while
/// it grows.
class ContextBook {
 public:
  /// Cost: O(1).
  [[nodiscard]] std::uint32_t number_of(const FlowContext& context);
  [[nodiscard]] const FlowContext& at(std::uint32_t number) const { return contexts_[number]; }

 private:
  std::vector<FlowContext> contexts_{FlowContext{}};
  CodeTable<FlowContext> numbers_{256};
};

}  // namespace flowtrail::attribution
