#include "history/event_info.h"

#include <gtest/gtest.h>

namespace flowtrail::history {
namespace {

TEST(EventInfo, TheActorIsNamedAsPeopleKnowHim) {
  struct Case {
    const char* type;
    const char* principal;
    const char* user;
    const char* issuer;
    const char* invoked_by;
    const char* arn;
    const char* expected;
  };
  for (const Case& one : {
           Case{"IAMUser", "AIDAX", "alice", "", "", "arn:aws:iam::111122223333:user/alice", "alice"},
           Case{"IAMUser", "AIDAX", "", "", "", "arn:aws:iam::111122223333:user/ops/bob", "bob"},
           Case{"AssumedRole", "AROAX:carol@example.com", "", "Admin", "", "", "carol@example.com"},
           Case{"AssumedRole", "AROAX", "", "Admin", "", "", "Admin"},
           Case{"AssumedRole", "AROAX:", "", "Admin", "", "", "Admin"},
           Case{"Root", "111122223333", "shown-account-alias", "", "", "", "root"},
           Case{"AWSService", "", "", "", "autoscaling.amazonaws.com", "", "autoscaling.amazonaws.com"},
           Case{"", "", "", "", "elasticmapreduce.amazonaws.com", "", "elasticmapreduce.amazonaws.com"},
           Case{"FederatedUser", "1:dave", "", "", "", "arn:aws:sts::111122223333:federated-user/dave", "dave"},
           Case{"AWSAccount", "", "", "", "", "", ""},
       }) {
    cloudtrail::Identity identity;
    identity.type = one.type;
    identity.principal_id = one.principal;
    identity.user_name = one.user;
    identity.issuer_user_name = one.issuer;
    identity.invoked_by = one.invoked_by;
    identity.arn = one.arn;
    EXPECT_EQ(actor_name(identity), one.expected) << one.type << " " << one.principal;
  }
}

TEST(EventInfo, TheWayInIsReadFromAgentServiceAndConsoleMark) {
  struct Case {
    const char* agent;
    const char* invoked_by;
    const char* source_ip;
    bool console;
    const char* expected;
  };
  for (const Case& one : {
           Case{"autoscaling.amazonaws.com", "autoscaling.amazonaws.com", "autoscaling.amazonaws.com", false,
                "service:autoscaling"},
           Case{"", "cloudformation.amazonaws.com", "cloudformation.amazonaws.com", false, "cloudformation"},
           Case{"aws-sdk-go/1.44", "", "eks.amazonaws.com", false, "service:eks"},
           Case{"APN/1.0 HashiCorp/1.0 Terraform/1.5.0 aws-sdk-go-v2/1.17", "", "198.51.100.1", false, "terraform"},
           Case{"APN/1.0 OpenTofu/1.6 aws-sdk-go/1.44", "", "198.51.100.1", false, "terraform"},
           Case{"console.amazonaws.com", "", "198.51.100.1", false, "console"},
           Case{"console.ec2.amazonaws.com", "", "198.51.100.1", false, "console"},
           Case{"signin.amazonaws.com", "", "198.51.100.1", false, "console"},
           Case{"Mozilla/5.0", "", "198.51.100.1", true, "console"},
           Case{"AWS Internal", "", "198.51.100.1", true, "console"},
           Case{"AWS Internal", "", "AWS Internal", false, ""},
           Case{"aws-cli/2.15 Python/3.11 botocore/2.4", "", "198.51.100.1", false, "cli"},
           Case{"Boto3/1.26 Python/3.9 Botocore/1.29", "", "198.51.100.1", false, "sdk"},
           Case{"aws-sdk-java/1.12 Linux", "", "198.51.100.1", false, "sdk"},
           Case{"curl/8.0", "", "198.51.100.1", false, ""},
           Case{"", "", "", false, ""},
       }) {
    cloudtrail::Event event;
    event.user_agent = one.agent;
    event.identity.invoked_by = one.invoked_by;
    event.source_ip = one.source_ip;
    event.session_from_console = one.console;
    EXPECT_EQ(call_path(event), one.expected) << one.agent << " " << one.invoked_by;
  }
}

TEST(EventInfo, MfaIsUnknownUnlessTold) {
  SharedTexts texts;
  cloudtrail::Event event;
  EXPECT_EQ(event_info(event, texts).mfa, std::nullopt);
  event.identity.mfa_authenticated = "true";
  EXPECT_EQ(event_info(event, texts).mfa, true);
  event.identity.mfa_authenticated = "false";
  EXPECT_EQ(event_info(event, texts).mfa, false);
}

TEST(EventInfo, ErrorCodesOfCallsThatWorkedAreLeftOut) {
  SharedTexts texts;
  cloudtrail::Event event;
  event.error_code = "Success";
  EXPECT_EQ(event_info(event, texts).error_code, "");
  event.error_code = "Client.DryRunOperation";
  EXPECT_EQ(event_info(event, texts).error_code, "Client.DryRunOperation");
}

}  // namespace
}  // namespace flowtrail::history
