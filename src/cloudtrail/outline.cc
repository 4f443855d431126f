#include "cloudtrail/outline.h"

#include <cstdint>

namespace flowtrail::cloudtrail {

namespace {

bool has_escapes(std::string_view text) {
  return text.find('\\') != std::string_view::npos;
}

/// A string's text, nothing for null. False for everything else.
bool take_text(std::string_view value, std::string_view& text) {
  if (value == "null") {
    text = {};
    return true;
  }
  if (value.size() < 2 || value.front() != '"') return false;
  text = value.substr(1, value.size() - 2);
  return !has_escapes(text);
}

/// Likewise; objects and arrays as they are written.
bool take_json(std::string_view value, std::string_view& text) {
  if (value.starts_with('{') || value.starts_with('[')) {
    text = value;
    return true;
  }
  return take_text(value, text);
}

bool take_flag(std::string_view value, std::optional<bool>& flag) {
  std::string_view text = value;
  if (value.starts_with('"') && !take_text(value, text)) return false;
  if (text == "true") flag = true;
  if (text == "false") flag = false;
  return true;
}

/// userIdentity.accountId.
bool take_caller_account(std::string_view identity, std::string_view& account) {
  if (!identity.starts_with('{')) return true;
  std::size_t position = skip_blanks(identity, 1);
  while (position < identity.size() && identity[position] != '}') {
    std::string_view key;
    if (cut_key(identity, position, key) != Cut::kWhole || has_escapes(key)) return false;
    const std::size_t start = position;
    if (cut_value(identity, position) != Cut::kWhole) return false;
    if (key == "accountId") return take_text(identity.substr(start, position - start), account);
    position = skip_blanks(identity, position);
    if (position < identity.size() && identity[position] == ',') position = skip_blanks(identity, position + 1);
  }
  return true;
}

class Outliner {
 public:
  std::optional<EventOutline> run(std::span<const CutMember> members) {
    for (const auto& [key, value] : members) {
      if (!take(key, value)) return std::nullopt;
    }
    if (outline_.name.empty() || time_.empty()) return std::nullopt;
    const auto time = parse_utc(time_);
    if (!time) return std::nullopt;
    outline_.time = *time;
    if (outline_.account.empty() && !take_caller_account(identity_, outline_.account)) return std::nullopt;
    return outline_;
  }

 private:
  bool take(std::string_view key, std::string_view value) {
    switch (key.size()) {
      case 7: return key != "eventID" || (first(0) && take_text(value, outline_.event_id));
      case 8: return key != "readOnly" || (first(1) && take_flag(value, outline_.read_only));
      case 9: return take_nine(key, value);
      case 11: return key != "eventSource" || (first(6) && take_text(value, outline_.source));
      case 12: return key != "userIdentity" || (first(7) && take_json(value, identity_));
      case 16: return key != "responseElements" || (first(8) && take_json(value, outline_.response_elements));
      case 17: return key != "requestParameters" || (first(9) && take_json(value, outline_.request_parameters));
      case 18: return key != "recipientAccountId" || (first(10) && take_text(value, outline_.account));
      default: return true;
    }
  }

  bool take_nine(std::string_view key, std::string_view value) {
    if (key == "eventName") return first(2) && take_text(value, outline_.name);
    if (key == "eventTime") return first(3) && take_text(value, time_);
    if (key == "awsRegion") return first(4) && take_text(value, outline_.region);
    if (key == "errorCode") return first(5) && take_text(value, outline_.error_code);
    return true;
  }

  bool first(unsigned member) {
    const std::uint32_t bit = 1U << member;
    const bool is_first = (seen_ & bit) == 0;
    seen_ |= bit;
    return is_first;
  }

  EventOutline outline_;
  std::string_view time_, identity_;
  std::uint32_t seen_ = 0;
};

}  // namespace

EventOutline outline_of(const Event& event) {
  return {.time = event.time,
          .source = event.source,
          .name = event.name,
          .region = event.region,
          .account = event.account,
          .event_id = event.event_id,
          .error_code = event.error_code,
          .request_parameters = event.request_parameters,
          .response_elements = event.response_elements,
          .read_only = event.read_only};
}

std::optional<EventOutline> outline_of(std::span<const CutMember> members) {
  return Outliner{}.run(members);
}

}  // namespace flowtrail::cloudtrail
