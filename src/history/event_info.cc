#include "history/event_info.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/letters.h"

namespace flowtrail::history {
namespace {

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

std::string after_last(std::string_view text, char separator) {
  const std::size_t at = text.rfind(separator);
  return std::string(at == std::string_view::npos ? text : text.substr(at + 1));
}

/// `autoscaling` of `autoscaling.amazonaws.com`; empty for anything that is not a service's DNS name.
std::string service_name(std::string_view text) {
  for (const std::string_view suffix : {".amazonaws.com", ".amazonaws.com.cn"}) {
    if (text.size() > suffix.size() && text.ends_with(suffix)) {
      return std::string(text.substr(0, text.size() - suffix.size()));
    }
  }
  return {};
}

bool is_console_name(std::string_view name) {
  return has_any(name, {"console", "signin"});
}

}  // namespace

std::string actor_name(const cloudtrail::Identity& identity) {
  if (identity.type == "Root") return "root";
  if (identity.type == "AWSService") return identity.invoked_by;
  if (identity.type == "AssumedRole") {
    const std::size_t colon = identity.principal_id.find(':');
    if (colon != std::string::npos && colon + 1 < identity.principal_id.size()) {
      return identity.principal_id.substr(colon + 1);
    }
    if (!identity.issuer_user_name.empty()) return identity.issuer_user_name;
  }
  if (!identity.user_name.empty()) return identity.user_name;
  if (!identity.arn.empty()) return after_last(identity.arn, '/');
  return identity.invoked_by;
}

std::string call_path(const cloudtrail::Event& event) {
  const std::string agent = lower(event.user_agent);
  for (const std::string& text : {lower(event.identity.invoked_by), lower(event.source_ip), agent}) {
    const std::string service = service_name(text);
    if (service.empty()) continue;
    if (is_console_name(service)) return "console";
    return service == "cloudformation" ? service : "service:" + service;
  }
  if (has_any(agent, {"terraform", "hashicorp", "opentofu"})) return "terraform";
  if (event.session_from_console || is_console_name(agent)) return "console";
  if (has_any(agent, {"aws-cli"})) return "cli";
  if (has_any(agent, {"boto", "aws-sdk", "aws_sdk", "apn/", "awspowershell"})) return "sdk";
  return {};
}

EventInfo event_info(const cloudtrail::Event& event, SharedTexts& texts) {
  EventInfo info;
  info.event_id = texts.keep(event.event_id);
  info.event_name = texts.share(event.name);
  info.event_source = texts.share(event.source);
  info.account = texts.share(event.account.empty() ? event.identity.account : event.account);
  info.region = texts.share(event.region);
  info.time = event.time;
  info.actor_arn = texts.share(event.identity.arn);
  info.actor_type = texts.share(event.identity.type);
  info.actor_name = texts.share(actor_name(event.identity));
  info.via = texts.share(call_path(event));
  if (event.identity.mfa_authenticated == "true") info.mfa = true;
  if (event.identity.mfa_authenticated == "false") info.mfa = false;
  info.source_ip = texts.share(event.source_ip);
  info.user_agent = texts.share(event.user_agent);
  if (event.failed()) info.error_code = texts.share(event.error_code);
  info.place = event.place;
  return info;
}

}  // namespace flowtrail::history
