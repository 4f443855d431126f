// Rules as requests and responses of EC2 spell them: `ipPermissions` (one permission = many rules), the flat form of
// old calls, `securityGroupRuleSet` of responses since July 2021, and the requests that name rules by id.
// Format: Amazon EC2 API, IpPermission, SecurityGroupRule, SecurityGroupRuleRequest; facts sheet, section 3.1.
#pragma once

#include <optional>
#include <vector>

#include "cloudtrail/change.h"
#include "cloudtrail/json_dialect.h"

namespace flowtrail::cloudtrail {

/// The rules of a list of permissions, one for each source. Permissions without a source give nothing.
[[nodiscard]] std::vector<RuleItem> rules_of_permissions(const Json& permissions, firewall::Direction direction);

/// The rules a request asks for: its `ipPermissions` and its flat form, together.
[[nodiscard]] std::vector<RuleItem> rules_of_request(const Json& request, firewall::Direction direction);

/// The rules of `securityGroupRuleSet`, `revokedSecurityGroupRuleSet`: with ids; `isEgress` beats `direction`.
[[nodiscard]] std::vector<RuleItem> rules_of_rule_set(const Json& rule_set, firewall::Direction direction);

/// One rule of either spelling with a single source; nothing where protocol or source are missing or unreadable.
[[nodiscard]] std::optional<firewall::RuleSpec> rule_of(const Json& rule, firewall::Direction direction);

}  // namespace flowtrail::cloudtrail
