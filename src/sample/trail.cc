#include "sample/trail.h"

#include <algorithm>
#include <utility>

#include "base/utc_time.h"

namespace flowtrail::sample {
namespace {

constexpr std::int64_t kDeliveryStep = 300;

constexpr const char* kBrowser =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36";
constexpr const char* kTerraformAgent =
    "APN/1.0 HashiCorp/1.0 Terraform/1.7.4 (+https://www.terraform.io) terraform-provider-aws/5.40.0 "
    "(+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.25.2 os/linux lang/go#1.21.6 "
    "md/GOOS#linux md/GOARCH#amd64 api/ec2#1.149.1";

Actor iam_user(const std::string& account, const std::string& name) {
  Actor actor;
  actor.arn = "arn:aws:iam::" + account + ":user/" + name;
  actor.type = "IAMUser";
  actor.name = name;
  actor.identity = Json{{"type", "IAMUser"},    {"principalId", "AIDAEXAMPLE" + name}, {"arn", actor.arn},
                        {"accountId", account}, {"accessKeyId", "AKIAEXAMPLE"},        {"userName", name}};
  return actor;
}

Json session_context(const std::string& account, const std::string& role, const char* mfa) {
  Json context{{"sessionIssuer", Json::object()},
               {"webIdFederationData", Json::object()},
               {"attributes", {{"creationDate", "2026-03-01T00:00:00Z"}, {"mfaAuthenticated", mfa}}}};
  if (!role.empty()) {
    context["sessionIssuer"] = Json{{"type", "Role"},
                                    {"principalId", "AROAEXAMPLE" + role},
                                    {"arn", "arn:aws:iam::" + account + ":role/" + role},
                                    {"accountId", account},
                                    {"userName", role}};
  }
  return context;
}

Actor assumed_role(const std::string& account, const std::string& role, const std::string& session) {
  Actor actor;
  actor.arn = "arn:aws:sts::" + account + ":assumed-role/" + role + "/" + session;
  actor.type = "AssumedRole";
  actor.name = session;
  actor.mfa = false;
  actor.identity = Json{{"type", "AssumedRole"},
                        {"principalId", "AROAEXAMPLE" + role + ":" + session},
                        {"arn", actor.arn},
                        {"accountId", account},
                        {"accessKeyId", "ASIAEXAMPLE"},
                        {"sessionContext", session_context(account, role, "false")}};
  return actor;
}

Actor service_role(const std::string& account, const std::string& role, const std::string& session,
                   const std::string& service) {
  Actor actor = assumed_role(account, role, session);
  actor.identity["invokedBy"] = service + ".amazonaws.com";
  actor.source_ip = service + ".amazonaws.com";
  actor.user_agent = service + ".amazonaws.com";
  actor.via = "service:" + service;
  return actor;
}

}  // namespace

Cast::Cast(const std::string& account) {
  alice = iam_user(account, "alice");
  alice.identity["sessionContext"] = session_context(account, "", "true");
  alice.mfa = true;
  alice.console = true;
  alice.via = "console";
  alice.source_ip = "203.0.113.10";
  alice.user_agent = kBrowser;

  bob = iam_user(account, "bob");
  bob.via = "cli";
  bob.source_ip = "203.0.113.11";
  bob.user_agent = "aws-cli/2.15.30 Python/3.11.8 Linux/6.1.0-18-amd64 exe/x86_64.debian.12 prompt/off command/ec2";

  carol = assumed_role(account, "NetworkAdmin", "carol");
  carol.via = "sdk";
  carol.source_ip = "198.51.100.20";
  carol.user_agent = "Boto3/1.34.51 md/Botocore#1.34.51 ua/2.0 os/linux#6.1.0 md/arch#x86_64 lang/python#3.11.8";

  dave = assumed_role(account, "Operations", "dave");
  dave.via = "console";
  dave.console = true;
  dave.source_ip = "198.51.100.21";
  dave.user_agent = kBrowser;

  terraform = assumed_role(account, "Pipeline", "terraform");
  terraform.via = "terraform";
  terraform.source_ip = "192.0.2.40";
  terraform.user_agent = kTerraformAgent;

  cloudformation = assumed_role(account, "StackDeploy", "AWSCloudFormation");
  cloudformation.identity["invokedBy"] = "cloudformation.amazonaws.com";
  cloudformation.via = "cloudformation";
  cloudformation.source_ip = "cloudformation.amazonaws.com";
  cloudformation.user_agent = "cloudformation.amazonaws.com";

  autoscaling = service_role(account, "AWSServiceRoleForAutoScaling", "AutoScaling", "autoscaling");
  load_balancing =
      service_role(account, "AWSServiceRoleForElasticLoadBalancing", "ElasticLoadBalancing", "elasticloadbalancing");
  database = service_role(account, "AWSServiceRoleForRDS", "RDS", "rds");
  lambda = service_role(account, "LambdaVpcAccess", "awslambda", "lambda");
  spot = service_role(account, "AWSServiceRoleForEC2Spot", "SpotService", "spot");
}

Trail::Trail(ObjectWriter& writer, std::string account, std::string region, std::uint64_t seed)
    : writer_(writer), account_(std::move(account)), region_(std::move(region)), random_(seed ^ 0x7261696cU) {}

int Trail::add(const Call& call) {
  const Actor& actor = *call.actor;
  EventRecord event{call.time, random_.uuid(), call.name, call.actor};
  Json record{{"eventVersion", "1.11"},
              {"userIdentity", actor.identity},
              {"eventTime", format_utc(utc_from_seconds(call.time))},
              {"eventSource", call.source},
              {"eventName", call.name},
              {"awsRegion", region_},
              {"sourceIPAddress", actor.source_ip},
              {"userAgent", actor.user_agent}};
  if (!call.error_code.empty()) {
    record["errorCode"] = call.error_code;
    record["errorMessage"] = call.error_message;
  }
  record["requestParameters"] = call.request;
  record["responseElements"] = call.error_code.empty() && !call.read_only ? call.response : Json(nullptr);
  record["requestID"] = random_.uuid();
  record["eventID"] = event.id;
  record["readOnly"] = call.read_only;
  record["eventType"] = "AwsApiCall";
  record["managementEvent"] = true;
  record["recipientAccountId"] = account_;
  record["eventCategory"] = "Management";
  if (actor.console) record["sessionCredentialFromConsole"] = "true";

  const std::int64_t delay = random_.chance(40) ? random_.between(1200, 2400) : random_.between(60, 420);
  const std::int64_t delivered = (call.time + delay + kDeliveryStep - 1) / kDeliveryStep * kDeliveryStep;
  std::string text = record.dump();
  if (random_.chance(duplicates_per_thousand_))
    pending_[delivered + kDeliveryStep * random_.between(1, 4)].push_back(text);
  pending_[delivered].push_back(std::move(text));
  if (keep_records_) records_.push_back(std::move(record));
  events_.push_back(std::move(event));
  return static_cast<int>(events_.size()) - 1;
}

Status Trail::flush(std::int64_t time) {
  while (!pending_.empty() && pending_.begin()->first < time) {
    auto& [delivered, records] = *pending_.begin();
    for (std::size_t i = records.size(); i > 1; --i) {
      std::swap(records[i - 1],
                records[static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(i) - 1))]);
    }
    std::string text = "{\"Records\":[";
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (i > 0) text += ',';
      text += records[i];
    }
    text += "]}";
    const std::string moment = format_utc(utc_from_seconds(delivered));  // 2026-03-01T10:05:00Z
    const std::string day = moment.substr(0, 4) + "/" + moment.substr(5, 2) + "/" + moment.substr(8, 2);
    const std::string stamp = moment.substr(0, 4) + moment.substr(5, 2) + moment.substr(8, 2) + "T" +
                              moment.substr(11, 2) + moment.substr(14, 2) + "Z";
    const std::string key = "AWSLogs/" + account_ + "/CloudTrail/" + region_ + "/" + day + "/" + account_ +
                            "_CloudTrail_" + region_ + "_" + stamp + "_" + random_.hex(16) + ".json.gz";
    FT_CHECK(writer_.write_gzip(key, text));
    ++objects_;
    pending_.erase(pending_.begin());
  }
  return {};
}

}  // namespace flowtrail::sample
