// Commands that a person could run, each with the command that undoes it. Texts from logs are quoted for a POSIX shell
// (or as an HCL string); nothing here is ever executed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "investigate/question.h"

namespace flowtrail::investigate {

/// `'...'` where the shell could read anything but plain text.
[[nodiscard]] std::string shell_quoted(std::string_view text);
/// `"..."` as HCL (Terraform) writes strings; `${` and `%{` are escaped.
[[nodiscard]] std::string hcl_quoted(std::string_view text);

/// The `--ip-permissions` argument for one rule, as JSON, quoted.
[[nodiscard]] std::string ip_permissions(const firewall::RuleSpec& rule, std::string_view description);

/// `aws ec2 authorize-security-group-ingress ...` for the rule.
[[nodiscard]] std::string authorize_command(const history::Group& group, const firewall::RuleSpec& rule,
                                            std::string_view description);
/// `aws ec2 revoke-security-group-ingress ...`, by rule id where there is one.
[[nodiscard]] std::string revoke_command(const history::Group& group, const firewall::RuleSpec& rule,
                                         std::string_view rule_id);

/// A Terraform block that states the rule.
[[nodiscard]] std::string terraform_rule(const history::Group& group, const firewall::RuleSpec& rule,
                                         std::string_view description, std::string_view label);

[[nodiscard]] Remedy remove_rule(const history::History& history, std::uint32_t rule, std::string why);
[[nodiscard]] Remedy delete_group(const history::History& history, std::uint32_t group, UtcSeconds time,
                                  std::string why);
[[nodiscard]] Remedy revert_change(const history::History& history, const history::RuleChange& change, std::string why);
/// One rule per peer in the place of the wide one.
[[nodiscard]] Remedy narrow_rule(const history::History& history, std::uint32_t rule,
                                 const std::vector<IpAddress>& peers);

}  // namespace flowtrail::investigate
