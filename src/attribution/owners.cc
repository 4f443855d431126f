#include "attribution/owners.h"

#include <algorithm>

namespace flowtrail::attribution {
namespace {

// Records come interface by interface, more or less, so that what was asked long ago is seldom asked again.
constexpr std::size_t kMostTimelines = 4096;

}  // namespace

std::string fleet_name(const history::History& history, std::string_view instance_id, std::string_view interface_id,
                       UtcSeconds time) {
  const history::SharedText* name = instance_id.empty() ? nullptr : history.name_of(instance_id, time);
  if (name == nullptr) name = history.name_of(interface_id, time);
  return name == nullptr ? std::string{} : std::string(*name);
}

OwnerBook::OwnerBook(const history::History& history, const flowlog::SymbolTable& symbols)
    : history_(history), symbols_(symbols) {}

std::uint32_t OwnerBook::owner(std::uint32_t interface, std::uint32_t recorded_instance, std::int64_t time) {
  const std::uint64_t key = std::uint64_t{interface} << 32U | recorded_instance;
  if (key == last_key_ && last_span_.first <= time && time < last_span_.second) return last_owner_;
  auto place = timelines_.find(key);
  if (place == timelines_.end()) {
    if (timelines_.size() == kMostTimelines) timelines_.clear();
    place = timelines_.emplace(key, make_timeline(interface, recorded_instance)).first;
  }
  Timeline& timeline = place->second;
  const auto segment =
      static_cast<std::size_t>(std::ranges::upper_bound(timeline.changes, time) - timeline.changes.begin());
  std::optional<std::uint32_t>& known = timeline.owners[segment];
  if (!known) {
    Owner owner = look_up(interface, recorded_instance, utc_from_seconds(time));
    const auto [entry, is_new] =
        index_.try_emplace({owner.instance_id, owner.fleet}, static_cast<std::uint32_t>(owners_.size()));
    if (is_new) owners_.push_back(std::move(owner));
    known = entry->second;
  }
  last_key_ = key;
  last_span_ = {segment == 0 ? INT64_MIN : timeline.changes[segment - 1],
                segment == timeline.changes.size() ? INT64_MAX : timeline.changes[segment]};
  last_owner_ = *known;
  return *known;
}

OwnerBook::Timeline OwnerBook::make_timeline(std::uint32_t interface, std::uint32_t recorded_instance) const {
  const std::string& interface_id = symbols_.text(interface);
  Timeline timeline;
  add_name_changes(interface_id, timeline.changes);
  if (recorded_instance != 0) add_name_changes(symbols_.text(recorded_instance), timeline.changes);
  if (const auto known = history_.find_interface(interface_id)) {
    for (const std::uint32_t index : history_.attachments_of_interface(*known)) {
      const history::InstanceAttachment& attachment = history_.attachments[index];
      const Span valid = span_of(attachment.valid);
      timeline.changes.push_back(valid.first);
      timeline.changes.push_back(valid.second);
      add_name_changes(history_.instances[attachment.instance].instance_id, timeline.changes);
    }
  }
  std::ranges::sort(timeline.changes);
  timeline.owners.resize(timeline.changes.size() + 1);
  return timeline;
}

Owner OwnerBook::look_up(std::uint32_t interface, std::uint32_t recorded_instance, UtcSeconds time) const {
  const std::string& interface_id = symbols_.text(interface);
  Owner owner;
  const auto known = history_.find_interface(interface_id);
  const auto instance = known ? history_.instance_of(*known, time) : std::nullopt;
  if (instance) {
    owner.instance_id = history_.instances[*instance].instance_id;
  } else if (recorded_instance != 0) {
    owner.instance_id = symbols_.text(recorded_instance);
  }
  owner.fleet = fleet_name(history_, owner.instance_id, interface_id, time);
  return owner;
}

void OwnerBook::add_name_changes(std::string_view resource_id, std::vector<std::int64_t>& to) const {
  for (const std::uint32_t name : history_.names_of(resource_id)) {
    const Span valid = span_of(history_.names[name].valid);
    to.insert(to.end(), {valid.first, valid.second});
  }
}

}  // namespace flowtrail::attribution
