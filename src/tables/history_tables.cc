#include "tables/history_tables.h"

namespace flowtrail::tables {
namespace {

using history::History;
using ingest::Evidence;

std::string_view baseline_name(history::Baseline baseline) {
  switch (baseline) {
    case history::Baseline::kCreated: return "created";
    case history::Baseline::kSnapshot: return "snapshot";
    case history::Baseline::kUnknown: break;
  }
  return "unknown";
}

MemoryTable groups() {
  using Row = history::Group;
  return MemoryTableBuilder<Row>("security_groups", false,
                                 [](const Evidence& e) -> const auto& { return e.history.groups; })
      .text("group_id", [](const Row& r, const Evidence&) -> const auto& { return r.group_id; })
      .text("group_name", [](const Row& r, const Evidence&) -> const auto& { return r.name; })
      .text("description", [](const Row& r, const Evidence&) -> const auto& { return r.description; })
      .text("account_id", [](const Row& r, const Evidence&) -> const auto& { return r.account; })
      .text("region", [](const Row& r, const Evidence&) -> const auto& { return r.region; })
      .text("vpc_id", [](const Row& r, const Evidence&) -> const auto& { return r.vpc_id; })
      .interval(&Row::life)
      .timestamp("first_known", [](const Row& r, const Evidence&) { return r.first_known; })
      .text("rules_baseline", [](const Row& r, const Evidence&) { return baseline_name(r.rules_baseline); })
      .text("attachments_baseline", [](const Row& r, const Evidence&) { return baseline_name(r.attachments_baseline); })
      .boolean("is_default", [](const Row& r, const Evidence&) { return r.is_default; })
      .text("managed_by", [](const Row& r, const Evidence&) -> const auto& { return r.managed_by; })
      .list("associated_vpcs", [](const Row& r, const Evidence&) -> const auto& { return r.associated_vpcs; })
      .proofs(&Row::created, &Row::deleted)
      .build();
}

const history::Group& group_of(const Evidence& e, std::uint32_t group) {
  return e.history.groups[group];
}

MemoryTable rules() {
  using Row = history::Rule;
  return MemoryTableBuilder<Row>("security_group_rules", false,
                                 [](const Evidence& e) -> const auto& { return e.history.rules; })
      .text("rule_id", [](const Row& r, const Evidence&) { return r.rule_id.value_or(std::string{}); })
      .text("rule", [](const Row& r, const Evidence& e) { return r.label(group_of(e, r.group)); })
      .text("group_id", [](const Row& r, const Evidence& e) -> const auto& { return group_of(e, r.group).group_id; })
      .text("group_name", [](const Row& r, const Evidence& e) -> const auto& { return group_of(e, r.group).name; })
      .text("account_id", [](const Row& r, const Evidence& e) -> const auto& { return group_of(e, r.group).account; })
      .text("region", [](const Row& r, const Evidence& e) -> const auto& { return group_of(e, r.group).region; })
      .text("vpc_id", [](const Row& r, const Evidence& e) -> const auto& { return group_of(e, r.group).vpc_id; })
      .text("direction", [](const Row& r, const Evidence&) { return firewall::direction_name(r.spec.direction); })
      .integer("protocol", [](const Row& r, const Evidence&) { return r.spec.protocol; })
      .integer("from_port", [](const Row& r, const Evidence&) { return port_or_null(r.spec.from_port); })
      .integer("to_port", [](const Row& r, const Evidence&) { return port_or_null(r.spec.to_port); })
      .text("source_kind", [](const Row& r, const Evidence&) { return firewall::source_kind_name(r.spec.source_kind); })
      .text("source", [](const Row& r, const Evidence&) { return r.spec.source_text(); })
      .text("source_account", [](const Row& r, const Evidence&) -> const auto& { return r.spec.source_account; })
      .text("description", [](const Row& r, const Evidence&) -> const auto& { return r.description; })
      .text("text", [](const Row& r, const Evidence&) { return r.spec.to_string(); })
      .boolean("default_egress", [](const Row& r, const Evidence&) { return r.default_egress; })
      .interval(&Row::valid)
      .proofs(&Row::from, &Row::to)
      .build();
}

const history::Interface& interface_of(const Evidence& e, std::uint32_t interface) {
  return e.history.interfaces[interface];
}

std::vector<std::string> addresses_of(const history::Interface& interface, const Evidence& e) {
  std::vector<std::string> addresses;
  const auto index = static_cast<std::uint32_t>(&interface - e.history.interfaces.data());
  for (const std::uint32_t address : e.history.addresses_of_interface(index)) {
    addresses.push_back(e.history.addresses[address].address.to_string());
  }
  return addresses;
}

MemoryTable interfaces() {
  using Row = history::Interface;
  return MemoryTableBuilder<Row>("interfaces", false,
                                 [](const Evidence& e) -> const auto& { return e.history.interfaces; })
      .text("interface_id", [](const Row& r, const Evidence&) -> const auto& { return r.interface_id; })
      .text("account_id", [](const Row& r, const Evidence&) -> const auto& { return r.account; })
      .text("region", [](const Row& r, const Evidence&) -> const auto& { return r.region; })
      .text("vpc_id", [](const Row& r, const Evidence&) -> const auto& { return r.vpc_id; })
      .text("subnet_id", [](const Row& r, const Evidence&) -> const auto& { return r.subnet_id; })
      .text("interface_type", [](const Row& r, const Evidence&) -> const auto& { return r.type; })
      .text("description", [](const Row& r, const Evidence&) -> const auto& { return r.description; })
      .text("requester_id", [](const Row& r, const Evidence&) -> const auto& { return r.requester_id; })
      .boolean("requester_managed", [](const Row& r, const Evidence&) { return r.requester_managed; })
      .list("addresses", addresses_of)
      .interval(&Row::life)
      .timestamp("first_known", [](const Row& r, const Evidence&) { return r.first_known; })
      .boolean("groups_known", [](const Row& r, const Evidence&) { return r.groups_known; })
      .timestamp("groups_known_from", [](const Row& r, const Evidence&) { return r.groups_known_from; })
      .proofs(&Row::created, &Row::deleted)
      .build();
}

MemoryTable addresses() {
  using Row = history::Address;
  return MemoryTableBuilder<Row>("interface_addresses", false,
                                 [](const Evidence& e) -> const auto& { return e.history.addresses; })
      .text("interface_id",
            [](const Row& r, const Evidence& e) -> const auto& { return interface_of(e, r.interface).interface_id; })
      .text("address", [](const Row& r, const Evidence&) { return r.address.to_string(); })
      .boolean("is_primary", [](const Row& r, const Evidence&) { return r.primary; })
      .interval(&Row::valid)
      .build();
}

MemoryTable memberships() {
  using Row = history::Membership;
  return MemoryTableBuilder<Row>("interface_security_groups", false,
                                 [](const Evidence& e) -> const auto& { return e.history.memberships; })
      .text("interface_id",
            [](const Row& r, const Evidence& e) -> const auto& { return interface_of(e, r.interface).interface_id; })
      .text("group_id", [](const Row& r, const Evidence& e) -> const auto& { return group_of(e, r.group).group_id; })
      .text("group_name", [](const Row& r, const Evidence& e) -> const auto& { return group_of(e, r.group).name; })
      .text("account_id",
            [](const Row& r, const Evidence& e) -> const auto& { return interface_of(e, r.interface).account; })
      .text("region",
            [](const Row& r, const Evidence& e) -> const auto& { return interface_of(e, r.interface).region; })
      .interval(&Row::valid)
      .proofs(&Row::from, &Row::to)
      .build();
}

MemoryTable interface_instances() {
  using Row = history::InstanceAttachment;
  return MemoryTableBuilder<Row>("interface_instances", false,
                                 [](const Evidence& e) -> const auto& { return e.history.attachments; })
      .text("interface_id",
            [](const Row& r, const Evidence& e) -> const auto& { return interface_of(e, r.interface).interface_id; })
      .text("instance_id",
            [](const Row& r, const Evidence& e) -> const auto& { return e.history.instances[r.instance].instance_id; })
      .integer("device_index", [](const Row& r, const Evidence&) { return port_or_null(r.device_index); })
      .interval(&Row::valid)
      .build();
}

std::vector<std::string> interfaces_of(const history::Instance& instance, const Evidence& e) {
  std::vector<std::string> ids;
  const auto index = static_cast<std::uint32_t>(&instance - e.history.instances.data());
  for (const std::uint32_t attachment : e.history.attachments_of_instance(index)) {
    ids.emplace_back(interface_of(e, e.history.attachments[attachment].interface).interface_id);
  }
  return ids;
}

/// The Name at the end of its life, or the latest known.
std::string_view latest_name(const history::Instance& instance, const Evidence& e) {
  const UtcSeconds when = instance.life.to ? *instance.life.to - std::chrono::seconds{1} : UtcSeconds::max();
  const history::SharedText* name = e.history.name_of(instance.instance_id, when);
  return name == nullptr ? std::string_view{} : name->text();
}

MemoryTable instances() {
  using Row = history::Instance;
  return MemoryTableBuilder<Row>("instances", false,
                                 [](const Evidence& e) -> const auto& { return e.history.instances; })
      .text("instance_id", [](const Row& r, const Evidence&) -> const auto& { return r.instance_id; })
      .text("name", latest_name)
      .text("account_id", [](const Row& r, const Evidence&) -> const auto& { return r.account; })
      .text("region", [](const Row& r, const Evidence&) -> const auto& { return r.region; })
      .text("vpc_id", [](const Row& r, const Evidence&) -> const auto& { return r.vpc_id; })
      .text("subnet_id", [](const Row& r, const Evidence&) -> const auto& { return r.subnet_id; })
      .list("interface_ids", interfaces_of)
      .interval(&Row::life)
      .proofs(&Row::launched, &Row::terminated)
      .build();
}

MemoryTable name_tags() {
  using Row = history::NameTag;
  return MemoryTableBuilder<Row>("name_tags", false, [](const Evidence& e) -> const auto& { return e.history.names; })
      .text("resource_id", [](const Row& r, const Evidence&) -> const auto& { return r.resource_id; })
      .text("name", [](const Row& r, const Evidence&) -> const auto& { return r.name; })
      .interval(&Row::valid)
      .build();
}

std::vector<std::string> entries_of(const history::PrefixListVersion& version, const Evidence&) {
  std::vector<std::string> entries;
  for (const Cidr& entry : version.entries) entries.push_back(entry.to_string());
  return entries;
}

MemoryTable prefix_lists() {
  using Row = history::PrefixListVersion;
  return MemoryTableBuilder<Row>("prefix_lists", false,
                                 [](const Evidence& e) -> const auto& { return e.history.prefix_lists; })
      .text("prefix_list_id", [](const Row& r, const Evidence&) -> const auto& { return r.prefix_list_id; })
      .list("entries", entries_of)
      .boolean("complete", [](const Row& r, const Evidence&) { return r.complete; })
      .interval(&Row::valid)
      .build();
}

}  // namespace

std::optional<std::int32_t> port_or_null(int port) {
  if (port < 0) return std::nullopt;
  return port;
}

std::vector<MemoryTable> history_tables() {
  std::vector<MemoryTable> tables;
  tables.push_back(groups());
  tables.push_back(rules());
  tables.push_back(interfaces());
  tables.push_back(addresses());
  tables.push_back(interface_instances());
  tables.push_back(memberships());
  tables.push_back(instances());
  tables.push_back(name_tags());
  tables.push_back(prefix_lists());
  return tables;
}

}  // namespace flowtrail::tables
