// What an object's key tells without opening it: AWS's layouts in S3 (plain, hourly, Hive, organization trails, AWS
// Config) and AWS's file names. Sources: VPC User Guide "Flow log files", CloudTrail User Guide "Log file names".
//
//   [prefix/]AWSLogs/[o-.../]<account>/vpcflowlogs|CloudTrail|Config/<region>/<year>/<month>/<day>/[<hour>/]
//   [prefix/]AWSLogs/aws-account-id=<account>/aws-service=vpcflowlogs/aws-region=<region>/year=.../month=.../day=.../
//   <account>_vpcflowlogs_<region>_<fl-id>_<YYYYMMDD>T<HHmm>Z_<hash>.log.gz | .log.parquet
//   <account>_CloudTrail_<region>_<YYYYMMDD>T<HHmm>Z_<random>.json.gz
//
// and of flowtrail's own lakes (lake/sync.h):
//
//   flow_logs/aws_account_id=<account>/aws_region=<region>/day=<YYYY-MM-DD>/<flow log>_<number>.parquet
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "source/inventory.h"

namespace flowtrail::source {

/// Everything that is missing in the key stays empty; `kind` is missing when only the content can tell it.
struct KeyFacts {
  std::optional<ObjectKind> kind;
  std::string skip_reason;
  std::string account, region, flow_log_id;
  std::optional<UtcSeconds> slot, last_slot;
};

/// `key` has `/` between folders. Never fails; bytes that are not UTF-8 are fine.
[[nodiscard]] KeyFacts read_key(std::string_view key);

}  // namespace flowtrail::source
