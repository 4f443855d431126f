#include "source/content_kind.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <span>
#include <vector>

#include "codec/input_stream.h"

namespace flowtrail::source {
namespace {

constexpr std::size_t kTextBytes = std::size_t{4} << 10U;
constexpr std::size_t kJsonBytes = std::size_t{64} << 10U;
constexpr std::string_view kNotALog = "not a log that flowtrail reads";

ContentKind unknown(std::string_view reason) {
  return {ObjectKind::kUnknown, std::string(reason)};
}

bool is_blank(char byte) {
  return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

std::string_view skip_blanks(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

bool is_json(std::string_view text) {
  text = skip_blanks(text);
  return text.starts_with('{') || text.starts_with('[');
}

// ---- JSON

using Names = std::set<std::string_view>;

/// Member names of a JSON text that may be cut anywhere, by depth of object: `outer` of the outermost object, `inner`
/// of the objects one level further in (the elements of a list, for example). A list at the top adds no level.
class MemberNames {
 public:
  explicit MemberNames(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
      const char byte = text[at];
      if (byte == '"') {
        at = string(text, at);
        continue;
      }
      if (byte == '{') ++depth_;
      if (byte == '}') --depth_;
      ++at;
    }
  }

  [[nodiscard]] bool outer(std::string_view name) const { return outer_.contains(name); }
  [[nodiscard]] bool inner(std::string_view name) const { return inner_.contains(name); }
  [[nodiscard]] std::size_t outer_count(std::span<const std::string_view> names) const { return count(outer_, names); }
  [[nodiscard]] std::size_t inner_count(std::span<const std::string_view> names) const { return count(inner_, names); }
  [[nodiscard]] bool has_inner() const { return !inner_.empty(); }

 private:
  static std::size_t count(const Names& found, std::span<const std::string_view> names) {
    return static_cast<std::size_t>(std::ranges::count_if(names, [&](auto name) { return found.contains(name); }));
  }

  /// Takes the string that begins at `begin`; returns the place behind it.
  std::size_t string(std::string_view text, std::size_t begin) {
    std::size_t end = begin + 1;
    while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
    if (end >= text.size()) return text.size();
    std::size_t after = end + 1;
    while (after < text.size() && is_blank(text[after])) ++after;
    if (after < text.size() && text[after] == ':') {
      const std::string_view name = text.substr(begin + 1, end - begin - 1);
      if (depth_ == 1) outer_.insert(name);
      if (depth_ == 2) inner_.insert(name);
    }
    return end + 1;
  }

  Names outer_, inner_;
  int depth_ = 0;
};

constexpr std::array<std::string_view, 10> kEventNames = {
    "eventVersion", "eventName",         "eventSource",      "eventTime", "eventID",
    "awsRegion",    "requestParameters", "responseElements", "eventType", "userIdentity"};
constexpr std::array<std::string_view, 14> kSnapshotNames = {"SecurityGroups",
                                                             "SecurityGroupRules",
                                                             "NetworkInterfaces",
                                                             "Reservations",
                                                             "FlowLogs",
                                                             "PrefixLists",
                                                             "NetworkAcls",
                                                             "SecurityGroupVpcAssociations",
                                                             "Vpcs",
                                                             "Subnets",
                                                             "VpcEndpoints",
                                                             "NatGateways",
                                                             "configurationItems",
                                                             "configSnapshotId"};

ContentKind kind_of_json(std::string_view text) {
  const MemberNames names(text);
  if (names.outer("digestS3Bucket")) return {ObjectKind::kSkipped, "CloudTrail digest"};
  if (names.outer_count(kEventNames) >= 2) return {ObjectKind::kCloudTrail, {}};
  if (names.outer("detail-type") || names.outer("CloudTrailEvent")) return {ObjectKind::kCloudTrail, {}};
  if (names.outer("Records") && (names.inner_count(kEventNames) > 0 || !names.has_inner())) {
    return {ObjectKind::kCloudTrail, {}};
  }
  if (names.outer("Events") && (names.inner("CloudTrailEvent") || !names.has_inner())) {
    return {ObjectKind::kCloudTrail, {}};
  }
  if (names.outer_count(kSnapshotNames) > 0) return {ObjectKind::kSnapshot, {}};
  if (names.outer("Entries") && (names.inner("Cidr") || !names.has_inner())) return {ObjectKind::kSnapshot, {}};
  return unknown("JSON that flowtrail does not read");
}

// ---- flow-log text

using Fields = std::vector<std::string_view>;

Fields split_fields(std::string_view line) {
  Fields fields;
  while (true) {
    while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
    if (line.empty()) return fields;
    const auto* const end = std::ranges::find_if(line, is_blank);
    const auto size = static_cast<std::size_t>(end - line.begin());
    fields.push_back(line.substr(0, size));
    line.remove_prefix(size);
  }
}

/// Names that tell a header; some of them are enough, so names of later versions need no entry.
constexpr std::array<std::string_view, 31> kTellingNames = {"version",
                                                            "account-id",
                                                            "interface-id",
                                                            "srcaddr",
                                                            "dstaddr",
                                                            "srcport",
                                                            "dstport",
                                                            "protocol",
                                                            "packets",
                                                            "bytes",
                                                            "start",
                                                            "end",
                                                            "action",
                                                            "log-status",
                                                            "vpc-id",
                                                            "subnet-id",
                                                            "instance-id",
                                                            "tcp-flags",
                                                            "type",
                                                            "pkt-srcaddr",
                                                            "pkt-dstaddr",
                                                            "region",
                                                            "az-id",
                                                            "sublocation-type",
                                                            "sublocation-id",
                                                            "pkt-src-aws-service",
                                                            "pkt-dst-aws-service",
                                                            "flow-direction",
                                                            "traffic-path",
                                                            "reject-reason",
                                                            "resource-id"};

std::string plain_name(std::string_view token) {
  if (token.starts_with("${") && token.ends_with('}')) token = token.substr(2, token.size() - 3);
  std::string name(token);
  std::ranges::replace(name, '_', '-');
  return name;
}

bool is_transit_gateway_header(const Fields& fields) {
  return std::ranges::any_of(fields, [](std::string_view field) {
    const std::string name = plain_name(field);
    return name.starts_with("tgw-") || name == "resource-type";
  });
}

bool is_header(const Fields& fields) {
  const auto is_name = [](std::string_view field) {
    return std::ranges::all_of(plain_name(field), [](char byte) {
      return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-';
    });
  };
  const auto tells = [](std::string_view field) {
    const std::string name = plain_name(field);
    return name.starts_with("tgw-") || std::ranges::find(kTellingNames, name) != kTellingNames.end();
  };
  if (fields.size() < 2 || !std::ranges::all_of(fields, is_name)) return false;
  const auto telling = static_cast<std::size_t>(std::ranges::count_if(fields, tells));
  return telling >= 4 || (telling >= 2 && telling * 2 >= fields.size());
}

bool is_iso_time(std::string_view field) {
  return field.size() >= 20 && field[4] == '-' && field[7] == '-' && field[10] == 'T' && field.back() == 'Z';
}

bool is_version(std::string_view field) {
  return (field.size() == 1 && field[0] >= '2' && field[0] <= '9') || field == "10" || field == "11";
}

ContentKind kind_of_line(std::string_view line) {
  Fields fields = split_fields(line);
  if (is_header(fields)) {
    return {is_transit_gateway_header(fields) ? ObjectKind::kTransitGatewayFlowLog : ObjectKind::kFlowLogText, {}};
  }
  if (!fields.empty() && is_iso_time(fields.front())) fields.erase(fields.begin());
  if (fields.size() > 2 && (fields[0] == "TransitGateway" || (fields[0] == "6" && fields[1] == "TransitGateway"))) {
    return {ObjectKind::kTransitGatewayFlowLog, {}};
  }
  const bool is_record = fields.size() == 14 && is_version(fields[0]) &&
                         (fields[2].starts_with("eni-") || fields[2] == "-") &&
                         (fields[13] == "OK" || fields[13] == "NODATA" || fields[13] == "SKIPDATA");
  return is_record ? ContentKind{ObjectKind::kFlowLogText, {}} : unknown(kNotALog);
}

/// The first line decides. A first line that is damaged (the log's head was cut off, say) is forgiven when both lines
/// after it are records; text that merely quotes a record further down is no flow log.
ContentKind kind_of_lines(std::string_view text) {
  std::vector<ContentKind> kinds;
  text = skip_blanks(text);
  while (!text.empty() && kinds.size() < 3) {
    const std::size_t end = text.find('\n');
    kinds.push_back(kind_of_line(text.substr(0, end)));
    if (kinds.front().kind != ObjectKind::kUnknown) return kinds.front();
    text = end == std::string_view::npos ? std::string_view{} : skip_blanks(text.substr(end));
  }
  const auto known = [](const ContentKind& kind) { return kind.kind != ObjectKind::kUnknown; };
  if (kinds.size() == 3 && known(kinds[1]) && known(kinds[2])) return kinds[1];
  return unknown(kNotALog);
}

// ---- other formats

ContentKind kind_of_binary(std::string_view text) {
  struct Magic {
    std::string_view bytes, name;
  };
  constexpr std::array<Magic, 7> kMagics = {{{"PK\x03\x04", "a zip archive"},
                                             {"BZh", "compressed with bzip2"},
                                             {"\xfd"
                                              "7zXZ",
                                              "compressed with xz"},
                                             {"\x04\x22\x4d\x18", "compressed with lz4"},
                                             {"ORC", "an ORC file"},
                                             {"Obj\x01", "an Avro file"},
                                             {"SQLite format 3", "an SQLite database"}}};
  for (const Magic& magic : kMagics) {
    if (text.starts_with(magic.bytes)) return unknown(fmt::format("{}, which flowtrail does not read", magic.name));
  }
  if (text.find('\0') != std::string_view::npos) return unknown("binary data");
  return {};
}

/// Column names stand as plain text in a Parquet file's footer; the last eight bytes are its length and `PAR1`.
ContentKind kind_of_parquet(const std::filesystem::path& path) {
  ContentKind unreadable{ObjectKind::kFlowLogParquet, {}};  // the reader says what is wrong with it
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const auto size = static_cast<std::streamoff>(file.tellg());
  if (!file || size < 12) return unreadable;
  const std::streamoff taken = std::min<std::streamoff>(size, kJsonBytes);
  std::string tail(static_cast<std::size_t>(taken), '\0');
  file.seekg(size - taken);
  if (!file.read(tail.data(), taken) || !tail.ends_with("PAR1")) return unreadable;
  const auto has = [&](std::string_view name) { return tail.find(name) != std::string::npos; };
  if (has("tgw_id") || has("tgw-id")) return {ObjectKind::kTransitGatewayFlowLog, {}};
  if (has("srcaddr") || has("interface_id") || has("interface-id")) return {ObjectKind::kFlowLogParquet, {}};
  return unknown("Parquet without columns of a flow log");
}

/// Reads on until `text` has `wanted` bytes, the content ends, or a fault (returned).
Status read_up_to(codec::InputStream& stream, std::size_t wanted, std::string& text) {
  while (text.size() < wanted) {
    const std::size_t before = text.size();
    text.resize(wanted);
    auto got = stream.read(std::span(text).subspan(before));
    text.resize(before + got.value_or(0));
    if (!got) return std::unexpected(std::move(got).error());
    if (*got == 0) return {};
  }
  return {};
}

}  // namespace

ContentKind kind_of_text(std::string_view text) {
  if (skip_blanks(text).empty()) return {ObjectKind::kSkipped, "empty"};
  ContentKind binary = kind_of_binary(text);
  if (!binary.reason.empty()) return binary;
  return is_json(text) ? kind_of_json(text) : kind_of_lines(text);
}

Result<ContentKind> kind_of_file(const std::filesystem::path& path) {
  FT_TRY(const auto stream, codec::InputStream::open(path));
  std::string text;
  Status fault = read_up_to(*stream, kTextBytes, text);
  if (fault && is_json(text)) fault = read_up_to(*stream, kJsonBytes, text);
  if (text.starts_with("PAR1") && stream->compression() == codec::Compression::kNone) return kind_of_parquet(path);
  ContentKind kind = kind_of_text(text);
  if (!fault && (kind.kind == ObjectKind::kUnknown || kind.kind == ObjectKind::kSkipped)) {
    return std::unexpected(std::move(fault).error());
  }
  return kind;
}

}  // namespace flowtrail::source
