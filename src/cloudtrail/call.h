// One call as the interpreters of changes see it: the event with its request and response parsed and unwrapped.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cloudtrail/change.h"
#include "cloudtrail/event.h"
#include "cloudtrail/json_dialect.h"

namespace flowtrail::cloudtrail {

struct Call {
  const Event& event;
  const Json& request;   // null where absent
  const Json& response;  // null where absent, and for failed calls
  JsonParser parse;      // for texts inside them, which are good for as long as the call is
  JsonArena& arena;
};

using Changes = std::vector<Change>;
using Interpreter = void (*)(const Call& call, Changes& changes);

}  // namespace flowtrail::cloudtrail
