// Who an interface belonged to at a record's time: the instance it was attached to and the Name of that.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "attribution/attribution.h"
#include "attribution/spans.h"
#include "flowlog/flow_record.h"
#include "history/history.h"

namespace flowtrail::attribution {

/// The Name of `instance_id` (empty: none) at `time`, else of `interface_id`; empty when neither is known.
[[nodiscard]] std::string fleet_name(const history::History& history, std::string_view instance_id,
                                     std::string_view interface_id, UtcSeconds time);

class OwnerBook {
 public:
  OwnerBook(const history::History& history, const flowlog::SymbolTable& symbols);

  /// The owner at `time`, as an index into `owners()`. `interface` is a symbol; `recorded_instance` the record's
  /// instance_id (symbol), which counts when history knows none. Cost: O(log of changes).
  [[nodiscard]] std::uint32_t owner(std::uint32_t interface, std::uint32_t recorded_instance, std::int64_t time);

  [[nodiscard]] const std::vector<Owner>& owners() const { return owners_; }

 private:
  // Between two neighbouring changes the owner is the same.
  struct Timeline {
    std::vector<std::int64_t> changes;
    std::vector<std::optional<std::uint32_t>> owners;  // one more than `changes`; filled when asked for
  };

  [[nodiscard]] Timeline make_timeline(std::uint32_t interface, std::uint32_t recorded_instance) const;
  [[nodiscard]] Owner look_up(std::uint32_t interface, std::uint32_t recorded_instance, UtcSeconds time) const;
  void add_name_changes(std::string_view resource_id, std::vector<std::int64_t>& to) const;

  const history::History& history_;
  const flowlog::SymbolTable& symbols_;
  std::unordered_map<std::uint64_t, Timeline> timelines_;  // by interface and recorded instance; the latest ones
  std::map<std::pair<std::string, std::string>, std::uint32_t> index_;
  std::vector<Owner> owners_;
  // The latest answer and where it holds: records of a pair of addresses mostly ask the same again.
  std::uint64_t last_key_ = 0;  // no interface has the symbol 0
  Span last_span_{0, 0};
  std::uint32_t last_owner_ = 0;
};

}  // namespace flowtrail::attribution
