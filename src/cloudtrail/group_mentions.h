// Ids of security groups anywhere in an event's JSON, for events of services nobody listed and for launch data whose
// groups may stand in several places.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cloudtrail/json_dialect.h"

namespace flowtrail::cloudtrail {

/// The groups named at one place of the JSON: `requestParameters.vpcConfig.securityGroupIds` (positions left out).
struct GroupMention {
  std::string json_path;
  std::vector<std::string> group_ids;
};

/// Ids `sg-` + 8 to 17 hexadecimal digits inside `text`, in the order found, each once.
[[nodiscard]] std::vector<std::string> group_ids_in_text(std::string_view text);

/// Appends the mentions below `value`; ids that are mentioned already are left out.
void add_group_mentions(const Json& value, const std::string& path, std::vector<GroupMention>& mentions);

/// All ids below `value`, in the order found, each once.
[[nodiscard]] std::vector<std::string> group_ids_below(const Json& value);

}  // namespace flowtrail::cloudtrail
