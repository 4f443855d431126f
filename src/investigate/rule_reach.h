// How far a rule opens a group: to the world, widely, to a range somebody watches for, or to some peer; and what kind
// of port it opens.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "history/history.h"
#include "investigate/parameters.h"

namespace flowtrail::investigate {

/// `all`, `admin`, `database`, `other`. Ranges take the first of these that one of their ports has.
[[nodiscard]] std::string_view port_class(const firewall::RuleSpec& rule);

/// True if the blocks of one family (of IPv4 if `v4`) leave no address of it out.
[[nodiscard]] bool covers_family(std::vector<Cidr> blocks, bool v4);

/// The blocks that a rule's source stands for at `time`: its CIDR, or the entries of the prefix list's version in force
/// (none if not known); none for a group.
[[nodiscard]] std::vector<Cidr> source_blocks(const history::History& history, const firewall::RuleSpec& rule,
                                              UtcSeconds time);

/// What `after` opens on `group` at `time`: `world`, `wide`, `listed:NAME` or `peer`; missing when `before` admits all
/// of it already. The rules in force on the group at `time` count too: the half that completes the world opens the
/// world.
[[nodiscard]] std::optional<std::string> opens_to(const history::History& history, std::uint32_t group,
                                                  const std::optional<firewall::RuleSpec>& before,
                                                  const firewall::RuleSpec& after, UtcSeconds time,
                                                  const std::vector<WatchRange>& watch);

}  // namespace flowtrail::investigate
