// The CloudTrail side of the simulated account: who calls, and how a call becomes a record in a delivered file.
// Files are named by delivery time; delivery is late now and then, records inside a file are in no order, and some
// records are delivered twice (facts sheet, section 2.1).
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "sample/object_writer.h"
#include "sample/random.h"

namespace flowtrail::sample {

using Json = nlohmann::ordered_json;

/// A caller, with what the answers are expected to say about it.
struct Actor {
  Json identity;  // userIdentity
  std::string arn, type, name, via;
  std::optional<bool> mfa;
  std::string source_ip, user_agent;
  bool console = false;  // sessionCredentialFromConsole
};

/// People and machines of the sample. `account` is twelve digits.
struct Cast {
  explicit Cast(const std::string& account);
  Actor alice;           // IAM user in the console, with MFA
  Actor bob;             // IAM user with the command line and long-lived keys
  Actor carol;           // assumed role, SDK
  Actor dave;            // assumed role in the console, no MFA
  Actor terraform;       // assumed role of the pipeline
  Actor cloudformation;  // role used by CloudFormation
  Actor autoscaling, load_balancing, database, lambda, spot;
};

/// One event as the rest of the sample remembers it.
struct EventRecord {
  std::int64_t time = 0;
  std::string id, name;
  const Actor* actor = nullptr;
};

struct Call {
  std::int64_t time = 0;
  const Actor* actor = nullptr;
  std::string name;
  Json request, response;
  std::string source = "ec2.amazonaws.com";
  std::string error_code{}, error_message{};
  bool read_only = false;
};

class Trail {
 public:
  Trail(ObjectWriter& writer, std::string account, std::string region, std::uint64_t seed);

  /// Records the call and returns its index in `events()`.
  int add(const Call& call);
  /// Writes every file delivered before `time`.
  [[nodiscard]] Status flush(std::int64_t time);

  [[nodiscard]] const EventRecord& event(int index) const { return events_[static_cast<std::size_t>(index)]; }
  [[nodiscard]] const std::vector<EventRecord>& events() const { return events_; }
  [[nodiscard]] std::uint64_t objects() const { return objects_; }
  /// The raw records in the order of their calls, for statements over all of them; only kept when asked for.
  void keep_records() { keep_records_ = true; }
  void set_duplicates(int per_thousand) { duplicates_per_thousand_ = per_thousand; }
  [[nodiscard]] const std::vector<Json>& records() const { return records_; }

 private:
  ObjectWriter& writer_;
  std::string account_, region_;
  Random random_;
  std::vector<EventRecord> events_;
  std::map<std::int64_t, std::vector<std::string>> pending_;  // delivery time -> records
  std::uint64_t objects_ = 0;
  bool keep_records_ = false;
  int duplicates_per_thousand_ = 10;
  std::vector<Json> records_;
};

}  // namespace flowtrail::sample
