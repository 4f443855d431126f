// Rows of single investigations, for the cases of truth.json. Each function answers for one window and the filters that
// the cases use.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sample/account.h"
#include "sample/ledger.h"

namespace flowtrail::sample {

/// NULL for an empty text.
[[nodiscard]] Json text_or_null(const std::string& text);
/// ISO time; NULL for bounds outside what is known.
[[nodiscard]] Json time_or_null(std::int64_t time);

struct AccessQuery {
  std::string fleet, instance, interface, group;  // exact ids or names; empty: any
  std::set<int> ports;                            // empty: any
  std::set<int> protocols{6, 17};                 // empty: any
  enum class By : std::uint8_t { kPeer, kInstance, kFleet } by = By::kPeer;
};
[[nodiscard]] Json access_rows(const Account& account, const Ledger& ledger, const Ledger::Window& window,
                               const AccessQuery& query);

struct ChangesQuery {
  Span window;
  bool include_failed = false;
  std::string opens_to, actor_arn, group;
  std::optional<int> port;
};
[[nodiscard]] Json change_rows(const Account& account, const ChangesQuery& query);

struct AttachmentsQuery {
  Span window;
  std::string group;
  bool changed_only = false;
};
[[nodiscard]] Json attachment_rows(const Account& account, const AttachmentsQuery& query);

struct UnusedGroupsQuery {
  Span window;
  std::int64_t snapshot_time = 0;
  std::int64_t least_observed = 7 * 86400;
  bool all = false;
};
[[nodiscard]] Json unused_group_rows(const Account& account, const UnusedGroupsQuery& query);

struct UnusedRulesQuery {
  Span window;
  bool all = false;
  std::string group;
  std::int64_t least_observed = 7 * 86400;
  double least_coverage = 0.9;
};
[[nodiscard]] Json unused_rule_rows(const Account& account, const Ledger& ledger, const Ledger::Window& window,
                                    const UnusedRulesQuery& query);

}  // namespace flowtrail::sample
