#include "investigate/parameters.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>

#include "base/name_match.h"
#include "base/utc_time.h"
#include "firewall/security_rule.h"
#include "output/display_text.h"
#include "output/result_table.h"

namespace flowtrail::investigate {
namespace {

using Kind = ParameterKind;

std::string dashed(std::string_view name) {
  std::string text{name};
  std::ranges::replace(text, '_', '-');
  return text;
}

std::string underscored(std::string_view name) {
  std::string text{name};
  std::ranges::replace(text, '-', '_');
  return text;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(trimmed(text.substr(0, at)));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::unexpected<Error> bad_value(std::string_view name, std::string_view value, std::string hint) {
  return std::unexpected(Error{
      ErrorCode::kUsage, fmt::format("bad value for --{}: {}", name, output::visible(value)), {}, std::move(hint)});
}

Result<int> parse_port(std::string_view text) {
  const auto port = number<int>(text);
  if (!port || *port < 0 || *port > 65535) return failure(ErrorCode::kUsage, "not a port: {}", output::visible(text));
  return *port;
}

Result<std::vector<int>> parse_protocols(std::string_view text) {
  std::vector<int> protocols;
  for (const std::string_view part : split(text, ',')) {
    const int protocol = firewall::parse_protocol(part);
    if (protocol < -1 || protocol > 255) return bad_value("protocol", part, "tcp, udp, icmp, icmpv6, all, or a number");
    protocols.push_back(protocol);
  }
  return protocols;
}

Result<std::string> read_text_file(std::string_view path) {
  std::ifstream file{std::string{path}, std::ios::binary};
  if (!file) return std::unexpected(Error{ErrorCode::kNotFound, "cannot open the file", std::string{path}, {}});
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string json_list(const std::vector<std::string>& texts) {
  return output::json_value(output::TextList{texts});
}

}  // namespace

const std::vector<ParameterInfo>& all_parameters() {
  static const std::vector<ParameterInfo> kParameters{
      {"fleet", Kind::kGlobs, "GLOB", "", "instances (or interfaces without one) by Name tag, as it was at the time"},
      {"instance", Kind::kGlobs, "GLOB", "", "instance id"},
      {"interface", Kind::kGlobs, "GLOB", "", "network interface id"},
      {"group", Kind::kGlobs, "GLOB", "", "security group, by id or name"},
      {"port", Kind::kPorts, "PORTS", "", "service ports and ranges, as 22,8000-8080"},
      {"protocol", Kind::kProtocols, "NAME", "", "tcp, udp, icmp, icmpv6, all, or a number"},
      {"account", Kind::kGlobs, "GLOB", "", "account id"},
      {"region", Kind::kGlobs, "GLOB", "", "region"},
      {"by",
       Kind::kChoice,
       "WHAT",
       "peer",
       "one row per peer, or the peers of an instance or fleet together",
       {"peer", "instance", "fleet"}},
      {"opens-to", Kind::kGlobs, "GLOB", "", "rows that open to world, wide, peer, listed (any list) or listed:NAME"},
      {"actor", Kind::kGlobs, "GLOB", "", "who did it: ARN or name"},
      {"watch", Kind::kRangeFiles, "FILE", "", "ranges to look for, one `cidr,name` a line"},
      {"include-failed", Kind::kFlag, "", "false", "calls that were refused too"},
      {"changed-only", Kind::kFlag, "", "false", "leave out interfaces and resources created with their groups"},
      {"all", Kind::kFlag, "", "false", "every row, not only the unused"},
      {"min-coverage", Kind::kNumber, "SHARE", "0.9", "least share of logged time for a verdict on use"},
      {"min-observed", Kind::kDuration, "TIME", "7d", "least age inside the window for a verdict on use"},
      {"scanner-targets", Kind::kNumber, "N", "8", "different targets that make a peer a scanner"},
  };
  return kParameters;
}

const ParameterInfo* find_parameter(std::string_view name) {
  const std::string wanted = dashed(name);
  const auto& all = all_parameters();
  const auto found = std::ranges::find(all, wanted, &ParameterInfo::name);
  return found == all.end() ? nullptr : &*found;
}

Status Parameters::set(std::string_view name, std::string_view value, std::span<const std::string_view> accepted) {
  const ParameterInfo* info = find_parameter(name);
  if (info == nullptr || std::ranges::find(accepted, info->name) == accepted.end()) {
    return std::unexpected(Error{ErrorCode::kUsage,
                                 fmt::format("this question has no parameter {}", output::visible(dashed(name))),
                                 {},
                                 name_hint(dashed(name), accepted)});
  }
  auto& texts = given_[std::string{info->name}];
  const auto once = [&texts](std::string_view text) { texts.assign(1, std::string{text}); };
  switch (info->kind) {
    case Kind::kGlobs: {
      if (value.empty()) return bad_value(info->name, value, "a name, id or glob");
      texts.emplace_back(value);
      std::vector<std::string>* lists[] = {&fleet, &instance, &interface, &group, &account, &region, &opens_to, &actor};
      const std::string_view names[] = {"fleet",   "instance", "interface", "group",
                                        "account", "region",   "opens-to",  "actor"};
      *lists[std::ranges::find(names, info->name) - std::begin(names)] = texts;
      break;
    }
    case Kind::kPorts: {
      FT_TRY(const std::vector<PortRange> more, parse_ports(value));
      ports.insert(ports.end(), more.begin(), more.end());
      texts.emplace_back(value);
      break;
    }
    case Kind::kProtocols: {
      FT_TRY(const std::vector<int> more, parse_protocols(value));
      protocols.insert(protocols.end(), more.begin(), more.end());
      texts.emplace_back(value);
      break;
    }
    case Kind::kChoice:
      if (std::ranges::find(info->choices, value) == info->choices.end()) {
        return bad_value(info->name, value, name_hint(value, info->choices));
      }
      by = value;
      once(value);
      break;
    case Kind::kFlag: {
      if (value != "true" && value != "false" && !value.empty()) return bad_value(info->name, value, "true or false");
      const bool on = value != "false";
      if (info->name == "include-failed") include_failed = on;
      if (info->name == "changed-only") changed_only = on;
      if (info->name == "all") all = on;
      once(on ? "true" : "false");
      break;
    }
    case Kind::kNumber:
      if (info->name == "min-coverage") {
        const auto share = number<double>(value);
        if (!share || !(*share >= 0 && *share <= 1)) return bad_value(info->name, value, "a share between 0 and 1");
        min_coverage = *share;
      } else {
        const auto count = number<int>(value);
        if (!count || *count < 1) return bad_value(info->name, value, "a number from 1 up");
        scanner_targets = *count;
      }
      once(value);
      break;
    case Kind::kDuration: {
      const auto duration = parse_duration(value);
      if (!duration) return bad_value(info->name, value, "for example 36h or 7d");
      min_observed = *duration;
      once(value);
      break;
    }
    case Kind::kRangeFiles: {
      FT_TRY(const std::string text, read_text_file(value));
      FT_TRY(const std::vector<WatchRange> more, parse_watch_ranges(text, value));
      watch.insert(watch.end(), more.begin(), more.end());
      texts.emplace_back(value);
      break;
    }
  }
  return {};
}

void Parameters::finish(std::span<const std::string_view> accepted) {
  // Only questions about traffic ask for peers by protocol; the others take every rule.
  const bool of_traffic = std::ranges::find(accepted, std::string_view{"by"}) != accepted.end();
  if (of_traffic && given("protocol").empty()) {
    protocols = {6, 17};
    given_["protocol"] = {"tcp", "udp"};
  }
  if (std::ranges::find(protocols, firewall::kAllProtocols) != protocols.end()) protocols.clear();
}

std::string Parameters::json(std::span<const std::string_view> accepted) const {
  std::string text = "{";
  for (const ParameterInfo& info : all_parameters()) {
    if (std::ranges::find(accepted, info.name) == accepted.end()) continue;
    if (text.size() > 1) text += ',';
    text += output::json_string(underscored(info.name)) + ':';
    const auto& texts = given(info.name);
    switch (info.kind) {
      case Kind::kGlobs:
      case Kind::kPorts:
      case Kind::kProtocols:
      case Kind::kRangeFiles: text += json_list(texts); break;
      case Kind::kFlag: text += texts.empty() ? std::string{info.default_value} : texts.front(); break;
      case Kind::kNumber:
        text += info.name == "min-coverage" ? output::json_value(output::Decimal{min_coverage, 6})
                                            : fmt::format("{}", scanner_targets);
        break;
      case Kind::kChoice:
      case Kind::kDuration:
        text += output::json_string(texts.empty() ? std::string{info.default_value} : texts.front());
        break;
    }
  }
  return text + '}';
}

const std::vector<std::string>& Parameters::given(std::string_view name) const {
  static const std::vector<std::string> kNone;
  const auto found = given_.find(name);
  return found == given_.end() ? kNone : found->second;
}

bool Parameters::wants_port(int port) const {
  return wants_ports(port, port);
}

bool Parameters::wants_ports(int from, int to) const {
  return ports.empty() ||
         std::ranges::any_of(ports, [&](const PortRange& range) { return range.first <= to && from <= range.second; });
}

bool Parameters::wants_protocol(int protocol) const {
  return protocols.empty() || std::ranges::find(protocols, protocol) != protocols.end();
}

Result<std::vector<PortRange>> parse_ports(std::string_view text) {
  std::vector<PortRange> ranges;
  for (const std::string_view part : split(text, ',')) {
    const std::size_t dash = part.find('-');
    FT_TRY(const int first, parse_port(part.substr(0, dash)));
    int last = first;
    if (dash != std::string_view::npos) {
      FT_TRY(last, parse_port(part.substr(dash + 1)));
    }
    if (last < first) return failure(ErrorCode::kUsage, "port range runs backwards: {}", part);
    ranges.emplace_back(first, last);
  }
  return ranges;
}

Result<std::vector<WatchRange>> parse_watch_ranges(std::string_view text, std::string_view where) {
  std::vector<WatchRange> ranges;
  std::size_t line_number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++line_number;
    if (line.empty() || line.front() == '#' || line.starts_with("cidr,")) continue;
    const std::size_t comma = line.find(',');
    const auto range = Cidr::parse(trimmed(line.substr(0, comma)));
    if (!range || comma == std::string_view::npos || trimmed(line.substr(comma + 1)).empty()) {
      return std::unexpected(Error{ErrorCode::kCorrupt, fmt::format("not a range: {}", output::visible(line)),
                                   fmt::format("{}:{}", where, line_number), "a line is `cidr,name`"});
    }
    // Further columns (source, date) may follow, as in the list of scanners.
    const std::string_view rest = line.substr(comma + 1);
    ranges.push_back({*range, std::string{trimmed(rest.substr(0, rest.find(',')))}});
  }
  return ranges;
}

}  // namespace flowtrail::investigate
