// Reads snapshots: what `aws ec2 describe-*` prints, get-managed-prefix-list-entries, and AWS Config items (CLI output,
// S3 history and snapshot files). Config writes the same members with a small first letter, and `configuration` as an
// object or as JSON text.
// Format: Amazon EC2 API; AWS Config Developer Guide, "Example configuration item".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bad_input.h"
#include "history/replay.h"

namespace flowtrail::history {

/// What the reader of one file has to know besides its text.
struct SnapshotFile {
  std::string path;                      // object key, for messages and evidence
  std::string account, region;           // from the key; used where the listing does not tell
  std::optional<UtcSeconds> given_time;  // the user's word
  UtcSeconds modified;                   // the file's mtime
};

/// Appends what the file says: one SnapshotInfo, and its facts (several for AWS Config). The time of a listing is its
/// own member `SnapshotTime` or `CaptureTime`, else `given_time`, else `modified`; Config items carry theirs. Bad text
/// or items are counted in `bad` (line = 1-based number of the item in its list, 0 = the whole file); JSON that is
/// nested more than 200 levels deep is bad. A listing with a bad rule is not taken as that group's complete set.
void read_snapshot(std::string_view text, const SnapshotFile& file, std::vector<SnapshotInfo>& infos,
                   std::vector<SnapshotFacts>& facts, BadInput& bad);

}  // namespace flowtrail::history
