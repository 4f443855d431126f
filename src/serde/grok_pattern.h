// Grok: a regular expression with named pieces, `%{IP:client} %{NUMBER:bytes:int}`, from a library of usual patterns
// and the table's own. Source: Amazon Athena User Guide, "Grok SerDe"; the names of Logstash's patterns, their
// expressions written anew.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace flowtrail::serde {

struct GrokPattern {
  struct Capture {
    std::string name;
    std::size_t group = 0;   // of `regex`, from 1
    bool top_level = false;  // written in the format itself, not inside a pattern
  };
  std::string regex;
  std::vector<Capture> captures;  // in the order of their groups
};

/// `custom`: lines of `NAME expression`, which go before the library's. A pattern without a name that stands in the
/// format itself captures under the pattern's own name. Errors: kUsage for an unknown pattern, one inside itself, or an
/// expression that grows beyond 1 MiB.
[[nodiscard]] Result<GrokPattern> expand_grok(std::string_view format, std::string_view custom);

}  // namespace flowtrail::serde
