// One CloudTrail record, whatever envelope it came in. Scalars are text exactly as AWS wrote them; empty = absent or
// null. `requestParameters`, `responseElements` and the other nested fields stay JSON text: only the events that a
// question needs are parsed further.
// Format: AWS CloudTrail User Guide, "CloudTrail record contents" (eventVersion 1.0 to 1.11).
#pragma once

#include <optional>
#include <string>

#include "base/source_place.h"
#include "base/utc_time.h"

namespace flowtrail::cloudtrail {

struct Identity {
  std::string type;  // Root, IAMUser, AssumedRole, AWSService, ...; may be missing
  std::string principal_id;
  std::string arn;
  std::string account;
  std::string access_key_id;
  std::string user_name;
  std::string invoked_by;  // the AWS service that acted
  std::string issuer_arn;  // sessionContext.sessionIssuer
  std::string issuer_user_name;
  std::string mfa_authenticated;  // sessionContext.attributes.mfaAuthenticated: "true", "false" or empty
};

struct Event {
  UtcSeconds time;  // eventTime: when the request completed
  std::string version, source, name, region, source_ip, user_agent, error_code, error_message;
  std::string event_id, request_id, event_type, event_category, api_version, shared_event_id, vpc_endpoint_id;
  std::string account;                // recipientAccountId, else userIdentity.accountId, else the key's account
  std::optional<bool> read_only;      // missing in old records
  bool session_from_console = false;  // sessionCredentialFromConsole (a boolean or the text "true")
  Identity identity;
  std::string identity_json;       // userIdentity as JSON text
  std::string request_parameters;  // JSON text; empty where absent or null
  std::string response_elements;   // JSON text; empty where absent or null
  std::string additional_event_data, service_event_details, resources, tls_details;  // JSON text
  SourcePlace place;

  /// errorCode present and not "Success": the call changed nothing (design, counting rule 1).
  [[nodiscard]] bool failed() const { return !error_code.empty() && error_code != "Success"; }
};

}  // namespace flowtrail::cloudtrail
