#include "bench/events.h"

#include "bench/account.h"
#include "bench/files.h"

namespace flowtrail::bench {
namespace {

constexpr std::uint32_t kCallers = 40;

struct Agent {
  const char* text;
  bool console;
};
constexpr std::array kAgents = {
    Agent{"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",
          true},
    Agent{"aws-cli/2.15.30 Python/3.11.8 Linux/6.1.0-18-amd64 exe/x86_64.debian.12 prompt/off command/ec2", false},
    Agent{"Boto3/1.34.51 md/Botocore#1.34.51 ua/2.0 os/linux#6.1.0 md/arch#x86_64 lang/python#3.11.8", false},
    Agent{"APN/1.0 HashiCorp/1.0 Terraform/1.7.4 (+https://www.terraform.io) terraform-provider-aws/5.40.0 "
          "(+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.25.2 os/linux lang/go#1.21.6 "
          "md/GOOS#linux md/GOARCH#amd64 api/ec2#1.149.1",
          false}};

std::string identity(std::uint32_t caller, std::int64_t time) {
  const std::string account = kAccount, number = std::to_string(caller);
  const std::string key = "ASIAEXAMPLE" + number;
  if (caller % 4 == 0) {
    return R"({"type":"IAMUser","principalId":"AIDAEXAMPLE)" + number + R"(","arn":"arn:aws:iam::)" + account +
           ":user/person-" + number + R"(","accountId":")" + account + R"(","accessKeyId":")" + key +
           R"(","userName":"person-)" + number + "\"}";
  }
  const std::string role = "Operations-" + number;
  return R"({"type":"AssumedRole","principalId":"AROAEXAMPLE)" + number + ":session-" + number +
         R"(","arn":"arn:aws:sts::)" + account + ":assumed-role/" + role + "/session-" + number + R"(","accountId":")" +
         account + R"(","accessKeyId":")" + key +
         R"(","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE)" + number +
         R"(","arn":"arn:aws:iam::)" + account + ":role/" + role + R"(","accountId":")" + account +
         R"(","userName":")" + role + R"("},"webIdFederationData":{},"attributes":{"creationDate":")" +
         utc_text(time / 3600 * 3600) + R"(","mfaAuthenticated":"false"}}})";
}

}  // namespace

std::string event_text(const Event& event, Random& random) {
  const std::uint32_t caller = random.below(kCallers);
  const Agent& agent = kAgents[caller % kAgents.size()];
  std::string text = R"({"eventVersion":"1.11","userIdentity":)" + identity(caller, event.time) + R"(,"eventTime":")" +
                     utc_text(event.time) + R"(","eventSource":")" + event.source + R"(","eventName":")" + event.name +
                     R"(","awsRegion":")" + kRegion + R"(","sourceIPAddress":"203.0.113.)" +
                     std::to_string(caller + 1) + R"(","userAgent":")" + agent.text + "\"";
  if (!event.error_code.empty()) {
    text += R"(,"errorCode":")" + event.error_code + R"(","errorMessage":"The request was refused.")";
  }
  text +=
      R"(,"requestParameters":)" + event.request + R"(,"responseElements":)" + event.response + R"(,"requestID":")" +
      random.uuid() + R"(","eventID":")" + random.uuid() + R"(","readOnly":)" + (event.read_only ? "true" : "false") +
      R"(,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":")" + kAccount +
      R"(","eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256",)"
      R"("clientProvidedHostHeader":")" +
      event.source + "\"}";
  if (agent.console) text += R"(,"sessionCredentialFromConsole":"true")";
  return text + "}";
}

std::string trail_key(std::int64_t delivered, std::uint64_t unique) {
  Random random(unique);
  return std::string("AWSLogs/") + kAccount + "/CloudTrail/" + kRegion + "/" + day_folder(delivered) + "/" + kAccount +
         "_CloudTrail_" + kRegion + "_" + key_stamp(delivered) + "_" + random.hex(16) + ".json.gz";
}

}  // namespace flowtrail::bench
