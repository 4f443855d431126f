#include "source/key_layout.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <vector>

namespace flowtrail::source {
namespace {

using Parts = std::vector<std::string_view>;

Parts split(std::string_view text, char separator) {
  Parts parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char byte) { return byte >= '0' && byte <= '9'; });
}

bool is_account(std::string_view text) {
  return text.size() == 12 && all_digits(text);
}

/// `eu-west-1`, `us-gov-east-1`: lower-case words, a number last.
bool is_region(std::string_view text) {
  const Parts parts = split(text, '-');
  if (parts.size() < 3 || !all_digits(parts.back())) return false;
  return std::all_of(parts.begin(), parts.end() - 1, [](std::string_view part) {
    return !part.empty() && std::ranges::all_of(part, [](char byte) { return byte >= 'a' && byte <= 'z'; });
  });
}

bool is_flow_log_id(std::string_view text) {
  if (!text.starts_with("fl-") || text.size() < 4) return false;
  return std::ranges::all_of(text.substr(3), [](char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
  });
}

int number(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

/// `20260301T1005Z`.
std::optional<UtcSeconds> parse_slot(std::string_view text) {
  if (text.size() != 14 || text[8] != 'T' || text[13] != 'Z') return std::nullopt;
  if (!all_digits(text.substr(0, 8)) || !all_digits(text.substr(9, 4))) return std::nullopt;
  using namespace std::chrono;
  const year_month_day date{year{number(text.substr(0, 4))}, month{static_cast<unsigned>(number(text.substr(4, 2)))},
                            day{static_cast<unsigned>(number(text.substr(6, 2)))}};
  const int hour_number = number(text.substr(9, 2));
  const int minute_number = number(text.substr(11, 2));
  if (!date.ok() || hour_number > 23 || minute_number > 59) return std::nullopt;
  return UtcSeconds{sys_days{date} + hours{hour_number} + minutes{minute_number}};
}

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> endings) {
  return std::ranges::any_of(endings, [&](std::string_view ending) { return text.ends_with(ending); });
}

void skip(KeyFacts& facts, std::string_view reason) {
  facts.kind = ObjectKind::kSkipped;
  facts.skip_reason = reason;
}

/// The names that AWS gives to files.
void read_name(std::string_view name, KeyFacts& facts) {
  const Parts parts = split(name, '_');
  if (parts.size() < 5 || !is_account(parts[0]) || !is_region(parts[2])) return;
  facts.account = parts[0];
  facts.region = parts[2];
  if (parts[1] == "vpcflowlogs" && is_flow_log_id(parts[3])) {
    facts.flow_log_id = parts[3];
    facts.slot = parse_slot(parts[4]);
    if (name.ends_with(".parquet")) {
      facts.kind = ObjectKind::kFlowLogParquet;
    } else if (ends_with_any(name, {".log.gz", ".log", ".log.zst"})) {
      facts.kind = ObjectKind::kFlowLogText;
    }
  } else if (parts[1] == "CloudTrail") {
    facts.slot = parse_slot(parts[3]);
    if (ends_with_any(name, {".json.gz", ".json", ".json.zst"})) facts.kind = ObjectKind::kCloudTrail;
  } else if (parts[1] == "CloudTrail-Digest") {
    skip(facts, "CloudTrail digest");
  } else if (parts[1] == "CloudTrail-Insight") {
    skip(facts, "CloudTrail Insight");
  } else if (parts[1] == "Config" && (parts[3] == "ConfigHistory" || parts[3] == "ConfigSnapshot")) {
    facts.kind = ObjectKind::kSnapshot;
  }
}

/// Values of the folders; the file's own name goes before them.
void read_folders(const Parts& folders, KeyFacts& facts) {
  std::string account, region;
  for (std::size_t i = 0; i < folders.size(); ++i) {
    const std::string_view folder = folders[i];
    if (folder.starts_with("aws-account-id=")) account = folder.substr(15);
    if (folder.starts_with("aws-region=")) region = folder.substr(11);
    if (folder != "vpcflowlogs" && !folder.starts_with("CloudTrail") && folder != "Config") continue;
    if (i > 0 && is_account(folders[i - 1])) account = folders[i - 1];
    if (i + 1 < folders.size() && is_region(folders[i + 1])) region = folders[i + 1];
  }
  if (facts.account.empty()) facts.account = account;
  if (facts.region.empty()) facts.region = region;
}

/// Folders that hold nothing but one kind of file.
void read_special_folders(const Parts& folders, KeyFacts& facts) {
  for (const std::string_view folder : folders) {
    if (folder == "CloudTrail-Digest") skip(facts, "CloudTrail digest");
    if (folder == "CloudTrail-Insight") skip(facts, "CloudTrail Insight");
    if ((folder == "ConfigHistory" || folder == "ConfigSnapshot") && !facts.kind) facts.kind = ObjectKind::kSnapshot;
  }
}

/// A flow log's id in a name that is not quite AWS's: a piece between `_` and `.`.
std::string loose_flow_log_id(std::string_view name) {
  for (const std::string_view part : split(name, '_')) {
    const std::string_view piece = part.substr(0, part.find('.'));
    if (piece.size() >= 11 && is_flow_log_id(piece)) return std::string(piece);
  }
  return {};
}

constexpr std::string_view kAccountFolder = "aws_account_id=";
constexpr std::string_view kRegionFolder = "aws_region=";
constexpr std::string_view kDayFolder = "day=";

/// A Parquet file of a lake. A value that its objects' keys did not tell is Hive's NULL, which is no account or region.
void read_lake_file(const Parts& folders, std::string_view name, KeyFacts& facts) {
  if (folders.size() < 3 || !name.ends_with(".parquet")) return;
  const std::string_view account = folders[folders.size() - 3];
  const std::string_view region = folders[folders.size() - 2];
  const std::string_view day = folders.back();
  const bool is_lake =
      account.starts_with(kAccountFolder) && region.starts_with(kRegionFolder) && day.starts_with(kDayFolder);
  if (!is_lake) return;
  facts.kind = ObjectKind::kFlowLogParquet;
  facts.flow_log_id = name.substr(0, name.rfind('_'));
  if (is_account(account.substr(kAccountFolder.size()))) facts.account = account.substr(kAccountFolder.size());
  if (is_region(region.substr(kRegionFolder.size()))) facts.region = region.substr(kRegionFolder.size());
  std::string date(day.substr(kDayFolder.size()));
  std::erase(date, '-');
  facts.slot = parse_slot(date + "T0000Z");
  facts.last_slot = parse_slot(date + "T2359Z");
}

}  // namespace

KeyFacts read_key(std::string_view key) {
  KeyFacts facts;
  Parts folders = split(key, '/');
  const std::string_view name = folders.back();
  folders.pop_back();
  read_name(name, facts);
  read_folders(folders, facts);
  read_special_folders(folders, facts);
  if (facts.flow_log_id.empty()) facts.flow_log_id = loose_flow_log_id(name);
  read_lake_file(folders, name, facts);
  if (!folders.empty() && folders.front() == "_flowtrail") skip(facts, "manifest of a lake");
  if (name == "truth.json") skip(facts, "answers of flowtrail sample");
  if (name == "ConfigWritabilityCheckFile") skip(facts, "AWS Config check file");
  if (name == "aws-logs-write-test") skip(facts, "CloudWatch Logs export check");
  return facts;
}

}  // namespace flowtrail::source
