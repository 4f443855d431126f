#include "investigate/remedy.h"

#include <fmt/format.h>

#include <cctype>

#include "output/display_text.h"

namespace flowtrail::investigate {
namespace {

using firewall::RuleSpec;
using firewall::SourceKind;

std::string protocol_argument(int protocol) {
  return protocol == firewall::kAllProtocols ? "-1" : firewall::protocol_name(protocol);
}

std::string_view direction_of(const RuleSpec& rule) {
  return firewall::direction_name(rule.direction);
}

/// `--region R`, since a group id belongs to one region only.
std::string region_argument(const history::Group& group) {
  return group.region.empty() ? std::string{} : " --region " + shell_quoted(group.region);
}

std::string resource_name(std::string_view text) {
  std::string name;
  for (const char c : text) name += (std::isalnum(static_cast<unsigned char>(c)) != 0) ? c : '_';
  return name;
}

std::string commented(std::string_view block) {
  std::string text;
  while (!block.empty()) {
    const std::size_t end = block.find('\n');
    text += fmt::format("# {}\n", block.substr(0, end));
    block.remove_prefix(end == std::string_view::npos ? block.size() : end + 1);
  }
  return text;
}

std::string undo_comment(std::string_view text) {
  return fmt::format("# undo: {}\n", text);
}

}  // namespace

std::string shell_quoted(std::string_view text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,@%+=";
  if (!text.empty() && text.front() != '-' && text.find_first_not_of(kPlain) == std::string_view::npos) {
    return std::string{text};
  }
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + '\'';
}

std::string hcl_quoted(std::string_view text) {
  std::string quoted = "\"";
  const std::string safe = output::visible(text);
  for (std::size_t i = 0; i < safe.size(); ++i) {
    const char c = safe[i];
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
    if ((c == '$' || c == '%') && i + 1 < safe.size() && safe[i + 1] == '{') quoted += c;
  }
  return quoted + '"';
}

std::string ip_permissions(const RuleSpec& rule, std::string_view description) {
  std::string json = fmt::format(R"([{{"IpProtocol":{})", output::json_string(protocol_argument(rule.protocol)));
  if (rule.from_port >= 0 || rule.to_port >= 0 || rule.protocol == 1 || rule.protocol == 58) {
    json += fmt::format(R"(,"FromPort":{},"ToPort":{})", rule.from_port, rule.to_port);
  }
  const std::string about =
      description.empty() ? std::string{} : fmt::format(R"(,"Description":{})", output::json_string(description));
  const std::string source = output::json_string(rule.source_text());
  switch (rule.source_kind) {
    case SourceKind::kCidrIpv4: json += fmt::format(R"(,"IpRanges":[{{"CidrIp":{}{}}}])", source, about); break;
    case SourceKind::kCidrIpv6: json += fmt::format(R"(,"Ipv6Ranges":[{{"CidrIpv6":{}{}}}])", source, about); break;
    case SourceKind::kPrefixList:
      json += fmt::format(R"(,"PrefixListIds":[{{"PrefixListId":{}{}}}])", source, about);
      break;
    case SourceKind::kGroup: {
      const std::string account = rule.source_account.empty()
                                      ? std::string{}
                                      : fmt::format(R"(,"UserId":{})", output::json_string(rule.source_account));
      json += fmt::format(R"(,"UserIdGroupPairs":[{{"GroupId":{}{}{}}}])", output::json_string(rule.source_id), account,
                          about);
      break;
    }
  }
  return shell_quoted(json + "}]");
}

std::string authorize_command(const history::Group& group, const RuleSpec& rule, std::string_view description) {
  return fmt::format("aws ec2 authorize-security-group-{}{} --group-id {} --ip-permissions {}", direction_of(rule),
                     region_argument(group), shell_quoted(group.group_id), ip_permissions(rule, description));
}

std::string revoke_command(const history::Group& group, const RuleSpec& rule, std::string_view rule_id) {
  const std::string what = rule_id.empty() ? "--ip-permissions " + ip_permissions(rule, {})
                                           : "--security-group-rule-ids " + shell_quoted(rule_id);
  return fmt::format("aws ec2 revoke-security-group-{}{} --group-id {} {}", direction_of(rule), region_argument(group),
                     shell_quoted(group.group_id), what);
}

std::string terraform_rule(const history::Group& group, const RuleSpec& rule, std::string_view description,
                           std::string_view label) {
  std::string text = fmt::format("resource \"aws_vpc_security_group_{}_rule\" {} {{\n", direction_of(rule),
                                 hcl_quoted(resource_name(label)));
  text += fmt::format("  security_group_id = {}\n", hcl_quoted(group.group_id));
  text += fmt::format("  ip_protocol       = {}\n", hcl_quoted(protocol_argument(rule.protocol)));
  if (rule.has_ports() || rule.protocol == 1 || rule.protocol == 58) {
    text += fmt::format("  from_port         = {}\n  to_port           = {}\n", rule.from_port, rule.to_port);
  }
  switch (rule.source_kind) {
    case SourceKind::kCidrIpv4: text += "  cidr_ipv4         = "; break;
    case SourceKind::kCidrIpv6: text += "  cidr_ipv6         = "; break;
    case SourceKind::kPrefixList: text += "  prefix_list_id    = "; break;
    case SourceKind::kGroup: text += "  referenced_security_group_id = "; break;
  }
  text += hcl_quoted(rule.source_text()) + '\n';
  if (!description.empty()) text += fmt::format("  description       = {}\n", hcl_quoted(description));
  return text + "}\n";
}

Remedy remove_rule(const history::History& history, std::uint32_t index, std::string why) {
  const history::Rule& rule = history.rules[index];
  const history::Group& group = history.groups[rule.group];
  Remedy remedy{std::move(why),
                revoke_command(group, rule.spec, rule.rule_id.value_or("")),
                authorize_command(group, rule.spec, rule.description),
                {}};
  remedy.terraform = fmt::format(
      "# Delete the block of this rule and apply. If Terraform does not manage it yet, import it first:\n"
      "# terraform import aws_vpc_security_group_{}_rule.{} {}\n",
      direction_of(rule.spec), resource_name(rule.label(group)), shell_quoted(rule.rule_id.value_or("RULE_ID")));
  remedy.terraform += undo_comment("put this block back and apply");
  remedy.terraform += commented(terraform_rule(group, rule.spec, rule.description, rule.label(group)));
  return remedy;
}

Remedy delete_group(const history::History& history, std::uint32_t index, UtcSeconds time, std::string why) {
  const history::Group& group = history.groups[index];
  Remedy remedy;
  remedy.why = std::move(why);
  remedy.cli = fmt::format("aws ec2 delete-security-group{} --group-id {}", region_argument(group),
                           shell_quoted(group.group_id));
  remedy.cli_undo = fmt::format(
      "GROUP_ID=$(aws ec2 create-security-group{} --group-name {} --description {}{} "
      "--query GroupId --output text)",
      region_argument(group), shell_quoted(group.name),
      shell_quoted(group.description.empty() ? group.name : group.description),
      group.vpc_id.empty() ? std::string{} : " --vpc-id " + shell_quoted(group.vpc_id));
  for (const std::uint32_t rule_index : history.rules_of_group(index)) {
    const history::Rule& rule = history.rules[rule_index];
    if (!rule.valid.contains(time) || rule.default_egress) continue;  // the default egress rule comes with the group
    remedy.cli_undo +=
        fmt::format("\naws ec2 authorize-security-group-{}{} --group-id \"$GROUP_ID\" --ip-permissions {}",
                    direction_of(rule.spec), region_argument(group), ip_permissions(rule.spec, rule.description));
  }
  remedy.terraform = fmt::format(
      "# Delete the block of this group and apply. If Terraform does not manage it yet, import it first:\n"
      "# terraform import aws_security_group.{} {}\n",
      resource_name(group.name.empty() ? group.group_id : group.name), shell_quoted(group.group_id));
  remedy.terraform += undo_comment("put the block back and apply; the new group has another id");
  return remedy;
}

Remedy revert_change(const history::History& history, const history::RuleChange& change, std::string why) {
  const history::Group& group = history.groups[change.group];
  const std::string id = change.rule_id.value_or("");
  Remedy remedy;
  remedy.why = std::move(why);
  using Kind = history::RuleChange::Kind;
  if (change.kind == Kind::kRuleAdded && change.after) {
    remedy.cli = revoke_command(group, *change.after, id);
    remedy.cli_undo = authorize_command(group, *change.after, change.after_description);
  } else if (change.kind == Kind::kRuleRemoved && change.before) {
    remedy.cli = authorize_command(group, *change.before, change.before_description);
    remedy.cli_undo = revoke_command(group, *change.before, {});
    remedy.terraform = terraform_rule(group, *change.before, change.before_description,
                                      id.empty() ? group.group_id + "_restored" : id);
    remedy.terraform += undo_comment("delete the block and apply");
  } else if (change.kind == Kind::kRuleModified && change.before && change.after) {
    // Two calls rather than one modify: it works whether or not the rule has an id.
    remedy.cli = authorize_command(group, *change.before, change.before_description) + '\n' +
                 revoke_command(group, *change.after, id);
    remedy.cli_undo = authorize_command(group, *change.after, change.after_description) + '\n' +
                      revoke_command(group, *change.before, {});
  }
  if (remedy.terraform.empty() && !remedy.cli.empty()) {
    remedy.terraform = "# Terraform puts back what its files say: run terraform plan, look, then terraform apply.\n" +
                       undo_comment(fmt::format("state {} in the files and apply",
                                                change.after ? change.after->to_string() : std::string{"the change"}));
  }
  return remedy;
}

Remedy narrow_rule(const history::History& history, std::uint32_t index, const std::vector<IpAddress>& peers) {
  const history::Rule& rule = history.rules[index];
  const history::Group& group = history.groups[rule.group];
  Remedy remedy;
  remedy.why = fmt::format("{} ({}) let {} in; admit just them", rule.label(group), rule.spec.to_string(),
                           peers.size() == 1 ? std::string{"1 peer"} : fmt::format("{} peers", peers.size()));
  for (const IpAddress& peer : peers) {
    RuleSpec narrow = rule.spec;
    narrow.cidr = Cidr{peer, peer.is_v4() ? 32 : 128};
    narrow.source_kind = peer.is_v4() ? SourceKind::kCidrIpv4 : SourceKind::kCidrIpv6;
    remedy.cli += authorize_command(group, narrow, rule.description) + '\n';
    remedy.cli_undo += '\n' + revoke_command(group, narrow, {});
    remedy.terraform += terraform_rule(group, narrow, rule.description, rule.label(group) + "_" + peer.to_string());
  }
  remedy.cli += revoke_command(group, rule.spec, rule.rule_id.value_or(""));
  remedy.cli_undo = authorize_command(group, rule.spec, rule.description) + remedy.cli_undo;
  remedy.terraform += undo_comment("delete these blocks, put the wide rule's block back, and apply");
  return remedy;
}

}  // namespace flowtrail::investigate
