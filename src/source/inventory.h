// What lies where: every object below the given SOURCEs, with the kind and the partition values that its key tells.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bad_input.h"
#include "base/error.h"
#include "base/utc_time.h"

namespace flowtrail::source {

enum class ObjectKind : std::uint8_t {
  kFlowLogText,  // plain, gzip or zstd, any version, also exported from CloudWatch
  kFlowLogParquet,
  kTransitGatewayFlowLog,  // recognised and set aside
  kCloudTrail,             // any envelope
  kSnapshot,               // describe-*, get-managed-prefix-list-entries, AWS Config history or snapshot
  kSkipped,                // CloudTrail digest and Insight, truth.json, files of other tools
  kUnknown,                // nothing that flowtrail reads; reported
};

/// One object. `key` is what messages and evidence print: the path relative to its SOURCE (the file name when the
/// SOURCE is a file), with `/` between folders. Partition values are empty where the key does not tell them.
struct Object {
  std::string key;
  std::string path;  // no std::filesystem::path, which holds each folder of it once more
  ObjectKind kind = ObjectKind::kUnknown;
  std::string skip_reason;  // for kSkipped and kUnknown: "CloudTrail digest", "empty", "binary data", ...
  std::uint64_t size = 0;   // bytes as stored
  std::string account;      // from the key: the account that made the flow log or trail
  std::string region;
  std::string flow_log_id;              // fl-...
  std::optional<UtcSeconds> slot;       // time in the file's name
  std::optional<UtcSeconds> last_slot;  // of a file that stands for many (a lake's): the last time among their names
  UtcSeconds modified;                  // file's mtime
};

/// All objects, ordered by key (so that equal input gives equal output whatever the file system's order).
struct Inventory {
  std::vector<Object> objects;
  BadInput unreadable;  // folders and files that could not be opened, or whose damage hides what they are
};

/// Lists every SOURCE (folder or file; links are followed once, and a file that several links or SOURCEs reach is
/// listed once), classifies each object by key and, where the key says nothing, by its first bytes (after
/// decompression). `snapshots` are files given with `--snapshot`; they need no telling name. Reads at most 64 KB of an
/// object. Cost: one stat per object, one open per object whose key tells nothing. Errors: kNotFound if a SOURCE does
/// not exist; kDenied if it cannot be listed at all; kUnsupported for s3:// places.
[[nodiscard]] Result<Inventory> list(std::span<const std::string> sources, std::span<const std::string> snapshots);

}  // namespace flowtrail::source
