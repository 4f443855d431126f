// Groups of resources that are no interfaces: databases, load balancers, functions, launch templates, endpoints and so
// on. One row of a table says how an event of a service names its resource and where its groups stand.
// Format: facts sheet, sections 3.2 (launch data), 3.3 (endpoints) and 3.4.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "cloudtrail/call.h"

namespace flowtrail::cloudtrail {

/// One event of one service.
///
/// A path is `rq.` or `rs.` (request, response) and member names with dots between; lists on the way stand for all
/// their elements; a `*` at the end means every group id anywhere below. `|` parts alternatives (the first that is
/// there counts), `+` joins. Names compare without regard to case.
struct ServiceEvent {
  enum class Effect : std::uint8_t {
    kCreated,    // the resource begins to exist with these groups
    kSet,        // these are its groups from now on; nothing happens where the event has none
    kAdded,      // these come in addition
    kChanged,    // `groups` come in addition, `removed` go
    kDeleted,    // the resource is gone
    kMentioned,  // something short-lived uses them, whose end is never told
  };
  static constexpr std::string_view kNowhere{};  // no path

  std::string_view service;  // eventSource without `.amazonaws.com`
  std::string_view event;    // without the date that some services append: CreateFunction20150331
  Effect effect = Effect::kSet;
  std::string_view kind;  // resources are called `<kind>/<name>`
  std::string_view names;
  std::string_view groups = kNowhere;
  std::string_view parent = kNowhere;      // `<kind>/<parent>/<name>`
  std::string_view interfaces = kNowhere;  // interfaces that the service says it made
  std::string_view removed = kNowhere;
};

/// The rows for one event (an event may speak of several resources); empty for events that are in no table.
[[nodiscard]] std::vector<const ServiceEvent*> find_service_events(std::string_view service, std::string_view event);
[[nodiscard]] bool has_service_events(std::string_view service, std::string_view event);

/// CreateFunction20150331, UpdateFunctionConfiguration20150331v2: the name without its date.
[[nodiscard]] std::string_view without_date(std::string_view event);

void interpret_service_event(const ServiceEvent& service_event, const Call& call, Changes& changes);

/// `rds` of `rds.amazonaws.com`.
[[nodiscard]] std::string_view service_of(std::string_view event_source);

}  // namespace flowtrail::cloudtrail
