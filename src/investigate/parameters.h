// What a question can be asked with: the parameters by name, their text forms, and their parsed values. The command
// line's options and `--param name=value` are the same parameters; names are accepted with `-` or `_`.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/ip_address.h"

namespace flowtrail::investigate {

enum class ParameterKind : std::uint8_t { kGlobs, kPorts, kProtocols, kChoice, kFlag, kNumber, kDuration, kRangeFiles };

struct ParameterInfo {
  std::string_view name;  // dashed, as the option is written
  ParameterKind kind;
  std::string_view value_name;     // GLOB, PORTS, ...; empty for flags
  std::string_view default_value;  // text form; empty: none
  std::string_view about;
  std::vector<std::string_view> choices = {};
};

/// Every parameter of every question, in the order in which help and JSON show them.
[[nodiscard]] const std::vector<ParameterInfo>& all_parameters();
[[nodiscard]] const ParameterInfo* find_parameter(std::string_view name);

struct WatchRange {
  Cidr range;
  std::string name;
};

using PortRange = std::pair<int, int>;  // inclusive

class Parameters {
 public:
  std::vector<std::string> fleet, instance, interface, group, account, region, actor, opens_to;
  std::vector<PortRange> ports;
  std::vector<int> protocols;  // IANA numbers; empty = every protocol
  std::string by = "peer";
  bool all = false, include_failed = false, changed_only = false;
  std::vector<WatchRange> watch;
  double min_coverage = 0.9;
  std::chrono::seconds min_observed = std::chrono::days{7};
  int scanner_targets = 8;

  /// Sets one parameter of the question that accepts `accepted`; a repeated one adds a value. Errors: kUsage for an
  /// unknown name or bad value (with the nearest name as hint), kNotFound or kCorrupt for a range file.
  [[nodiscard]] Status set(std::string_view name, std::string_view value, std::span<const std::string_view> accepted);

  /// Fills what was not given and has a default (protocols of `access`).
  void finish(std::span<const std::string_view> accepted);

  /// JSON object of the accepted parameters with the values used, defaults included; null where none.
  [[nodiscard]] std::string json(std::span<const std::string_view> accepted) const;

  /// The texts given for a parameter, in order.
  [[nodiscard]] const std::vector<std::string>& given(std::string_view name) const;
  [[nodiscard]] bool wants_port(int port) const;
  /// True if a rule over `from`..`to` meets a wanted port.
  [[nodiscard]] bool wants_ports(int from, int to) const;
  [[nodiscard]] bool wants_protocol(int protocol) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> given_;
};

/// `22`, `8000-8080`, `22,8000-8080`. Errors: kUsage.
[[nodiscard]] Result<std::vector<PortRange>> parse_ports(std::string_view text);

/// Lines `cidr,name`; blank lines, `#` comments and a header `cidr,name` are skipped. Errors: kCorrupt with the line.
[[nodiscard]] Result<std::vector<WatchRange>> parse_watch_ranges(std::string_view text, std::string_view where);

}  // namespace flowtrail::investigate
