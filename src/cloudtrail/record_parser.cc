#include "cloudtrail/record_parser.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/text_hash.h"

namespace flowtrail::cloudtrail {

namespace {

constexpr std::string_view kOutOfRangeNumber = "number out of range";
constexpr std::size_t kSafeDigits = 18;  // any number of so many digits fits into 64 bits

using TextField = std::string Event::*;
using IdentityField = std::string Identity::*;

const std::unordered_map<std::string_view, TextField, TextHash>& text_fields() {
  static const std::unordered_map<std::string_view, TextField, TextHash> kFields = {
      {"eventVersion", &Event::version},
      {"eventSource", &Event::source},
      {"eventName", &Event::name},
      {"awsRegion", &Event::region},
      {"sourceIPAddress", &Event::source_ip},
      {"userAgent", &Event::user_agent},
      {"errorCode", &Event::error_code},
      {"errorMessage", &Event::error_message},
      {"eventID", &Event::event_id},
      {"requestID", &Event::request_id},
      {"eventType", &Event::event_type},
      {"eventCategory", &Event::event_category},
      {"apiVersion", &Event::api_version},
      {"sharedEventID", &Event::shared_event_id},
      {"vpcEndpointId", &Event::vpc_endpoint_id},
      {"recipientAccountId", &Event::account},
      {"userIdentity", &Event::identity_json},
      {"requestParameters", &Event::request_parameters},
      {"responseElements", &Event::response_elements},
      {"additionalEventData", &Event::additional_event_data},
      {"serviceEventDetails", &Event::service_event_details},
      {"resources", &Event::resources},
      {"tlsDetails", &Event::tls_details},
  };
  return kFields;
}

const std::unordered_map<std::string_view, IdentityField>& identity_fields() {
  static const std::unordered_map<std::string_view, IdentityField> kFields = {
      {"type", &Identity::type},
      {"principalId", &Identity::principal_id},
      {"arn", &Identity::arn},
      {"accountId", &Identity::account},
      {"accessKeyId", &Identity::access_key_id},
      {"userName", &Identity::user_name},
      {"invokedBy", &Identity::invoked_by},
  };
  return kFields;
}

/// Strings as their text, null as nothing, everything else as written.
std::string text_of(const simdjson::dom::element& value, std::string_view as_written) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  return value.is_null() ? std::string() : std::string(as_written);
}

/// For members that are scalars by contract: an object or array is no text.
std::string scalar_text(simdjson::dom::object object, std::string_view key) {
  simdjson::dom::element value;
  std::string_view text;
  bool flag = false;
  if (object.at_key(key).get(value) != simdjson::SUCCESS) return {};
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  if (value.get(flag) == simdjson::SUCCESS) return flag ? "true" : "false";
  return value.is_null() ? std::string() : std::string(simdjson::minify(value));
}

simdjson::dom::object object_at(simdjson::dom::object object, std::string_view key, bool& found) {
  simdjson::dom::object inner;
  found = object.at_key(key).get(inner) == simdjson::SUCCESS;
  return inner;
}

void take_session(simdjson::dom::object identity_object, Identity& identity) {
  bool found = false;
  const simdjson::dom::object session = object_at(identity_object, "sessionContext", found);
  if (!found) return;
  const simdjson::dom::object issuer = object_at(session, "sessionIssuer", found);
  if (found) {
    identity.issuer_arn = scalar_text(issuer, "arn");
    identity.issuer_user_name = scalar_text(issuer, "userName");
  }
  const simdjson::dom::object attributes = object_at(session, "attributes", found);
  if (found) identity.mfa_authenticated = scalar_text(attributes, "mfaAuthenticated");
}

void take_identity(const simdjson::dom::element& value, Identity& identity) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) return;
  for (const auto& [name, field] : identity_fields()) identity.*field = scalar_text(object, name);
  take_session(object, identity);
}

std::optional<bool> as_bool(const simdjson::dom::element& value) {
  bool flag = false;
  std::string_view text;
  if (value.get(flag) == simdjson::SUCCESS) return flag;
  if (value.get(text) != simdjson::SUCCESS) return std::nullopt;
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

std::unexpected<Error> bad(std::string_view reason) {
  return failure(ErrorCode::kCorrupt, "{}", reason);
}

/// What follows from all members together. Returns what makes the record none, or nothing.
std::string_view complete(Event& event, std::string_view time_text) {
  if (event.name.empty() && time_text.empty()) return "not a CloudTrail record";
  if (event.name.empty()) return "event without eventName";
  if (time_text.empty()) return "event without eventTime";
  const auto time = parse_utc(time_text);
  if (!time) return "unreadable eventTime";
  event.time = *time;
  if (event.account.empty()) event.account = event.identity.account;
  return {};
}

// ---- values without escapes, as they are written ------------------------------------------------------------------

/// As `text_of`.
std::string_view plain_text(std::string_view value) {
  if (value.starts_with('"')) return value.substr(1, value.size() - 2);
  return value == "null" ? std::string_view() : value;
}

/// As `as_bool`.
std::optional<bool> plain_flag(std::string_view value) {
  const std::string_view text = plain_text(value);
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

/// As `take_identity`, in one way through the text.
class PlainIdentity {
 public:
  PlainIdentity(std::string_view text, Identity& identity) : text_(text), identity_(identity) {}

  /// False where a parser is needed. The text is an object.
  bool read() { return read_object(Level::kIdentity); }

 private:
  enum class Level : std::uint8_t { kIdentity, kSession, kIssuer, kAttributes };
  struct Text {
    Level level;
    std::string_view key;
    IdentityField field;
  };
  struct Inner {
    Level level;
    std::string_view key;
    Level inside;
  };
  static constexpr std::array<Text, 10> kTexts{{
      {Level::kIdentity, "type", &Identity::type},
      {Level::kIdentity, "principalId", &Identity::principal_id},
      {Level::kIdentity, "arn", &Identity::arn},
      {Level::kIdentity, "accountId", &Identity::account},
      {Level::kIdentity, "accessKeyId", &Identity::access_key_id},
      {Level::kIdentity, "userName", &Identity::user_name},
      {Level::kIdentity, "invokedBy", &Identity::invoked_by},
      {Level::kIssuer, "arn", &Identity::issuer_arn},
      {Level::kIssuer, "userName", &Identity::issuer_user_name},
      {Level::kAttributes, "mfaAuthenticated", &Identity::mfa_authenticated},
  }};
  static constexpr std::array<Inner, 3> kInners{{
      {Level::kIdentity, "sessionContext", Level::kSession},
      {Level::kSession, "sessionIssuer", Level::kIssuer},
      {Level::kSession, "attributes", Level::kAttributes},
  }};

  bool read_object(Level level) {
    position_ = skip_blanks(text_, position_ + 1);
    while (position_ < text_.size() && text_[position_] != '}') {
      std::string_view key;
      if (cut_key(text_, position_, key) != Cut::kWhole || !read_member(level, key)) return false;
      position_ = skip_blanks(text_, position_);
      if (position_ < text_.size() && text_[position_] == ',') position_ = skip_blanks(text_, position_ + 1);
    }
    ++position_;
    return true;
  }

  bool read_member(Level level, std::string_view key) {
    const auto is_it = [level, key](const auto& known) { return known.level == level && known.key == key; };
    const auto inner = std::ranges::find_if(kInners, is_it);
    if (inner != kInners.end() && is_first(kTexts.size() + static_cast<std::size_t>(inner - kInners.begin())) &&
        text_[position_] == '{') {
      return read_object(inner->inside);
    }
    const std::size_t start = position_;
    if (cut_value(text_, position_) != Cut::kWhole) return false;
    const auto text = std::ranges::find_if(kTexts, is_it);
    if (text == kTexts.end() || !is_first(static_cast<std::size_t>(text - kTexts.begin()))) return true;
    return take_scalar(text_.substr(start, position_ - start), identity_.*(text->field));
  }

  /// Of equal keys the first one counts.
  bool is_first(std::size_t member) { return !std::exchange(seen_.at(member), true); }

  /// As `scalar_text`. False for what that writes anew: numbers, objects and arrays.
  static bool take_scalar(std::string_view value, std::string& text) {
    text = plain_text(value);
    return value.front() == '"' || value == "null" || value == "true" || value == "false";
  }

  std::string_view text_;
  Identity& identity_;
  std::size_t position_ = 0;
  std::array<bool, kTexts.size() + kInners.size()> seen_{};
};

std::string_view reason_of(simdjson::error_code code) {
  switch (code) {
    case simdjson::DEPTH_ERROR: return "nested too deeply";
    case simdjson::UTF8_ERROR: return "invalid UTF-8";
    case simdjson::STRING_ERROR: return "bad escape in a string";
    case simdjson::NUMBER_ERROR: return kOutOfRangeNumber;
    case simdjson::CAPACITY: return "record too large";
    default: return "not JSON";
  }
}

bool is_number_letter(char letter) {
  return (letter >= '0' && letter <= '9') || letter == '+' || letter == '-' || letter == '.' || letter == 'e' ||
         letter == 'E';
}

/// Puts quotes around numbers that no 64-bit type holds.
std::string quote_long_numbers(std::string_view record) {
  std::string result;
  result.reserve(record.size() + 16);
  std::size_t position = 0;
  while (position < record.size()) {
    const std::size_t start = position;
    const char letter = record[position];
    if (letter == '"') {
      if (cut_string(record, position) != Cut::kWhole) position = record.size();
    } else if (letter == '-' || (letter >= '0' && letter <= '9')) {
      while (position < record.size() && is_number_letter(record[position])) ++position;
    } else {
      ++position;
    }
    const std::string_view piece = record.substr(start, position - start);
    const bool exponent = letter != '"' && piece.size() > 1 && piece.find_first_of("eE") != std::string_view::npos;
    const bool quote = letter != '"' && (piece.size() > kSafeDigits || exponent);
    if (quote) result += '"';
    result += piece;
    if (quote) result += '"';
  }
  return result;
}

}  // namespace

simdjson::error_code RecordParser::load(std::string_view text, simdjson::dom::element& root) {
  padded_.assign(text);
  padded_.append(simdjson::SIMDJSON_PADDING, ' ');
  return parser_.parse(padded_.data(), text.size(), false).get(root);
}

Result<std::string> RecordParser::unescape(std::string_view quoted) {
  simdjson::dom::element root;
  std::string_view text;
  if (const auto code = load(quoted, root); code != simdjson::SUCCESS) return bad(reason_of(code));
  if (root.get(text) != simdjson::SUCCESS) return bad("not JSON");
  return std::string(text);
}

Result<Event> RecordParser::parse(std::string_view record, std::span<const CutMember> members) {
  simdjson::dom::element root;
  simdjson::dom::object object;
  const auto code = load(record, root);
  if (code == simdjson::NUMBER_ERROR) return parse_with_quoted_numbers(record);
  if (code != simdjson::SUCCESS) return bad(reason_of(code));
  if (root.get(object) != simdjson::SUCCESS) return bad("not a CloudTrail record");
  return take_members(object, members);
}

Result<Event> RecordParser::parse_with_quoted_numbers(std::string_view record) {
  const std::string rewritten = quote_long_numbers(record);
  simdjson::dom::element root;
  simdjson::dom::object object;
  if (const auto code = load(rewritten, root); code != simdjson::SUCCESS) return bad(reason_of(code));
  if (root.get(object) != simdjson::SUCCESS) return bad("not a CloudTrail record");
  const std::vector<CutMember> members = cut_members(rewritten);
  return take_members(object, members);
}

Result<Event> RecordParser::take_members(simdjson::dom::object object, std::span<const CutMember> members) {
  Event event;
  std::string time_text;
  std::size_t index = 0;
  for (const auto [dom_key, value] : object) {
    if (index >= members.size()) return bad("not JSON");
    const auto& [key, as_written] = members[index++];
    if (const auto field = text_fields().find(key); field != text_fields().end()) {
      event.*(field->second) = text_of(value, as_written);
      if (key == "userIdentity") take_identity(value, event.identity);
    } else if (key == "eventTime") {
      time_text = text_of(value, as_written);
    } else if (key == "readOnly") {
      event.read_only = as_bool(value);
    } else if (key == "sessionCredentialFromConsole") {
      event.session_from_console = as_bool(value).value_or(false);
    }
  }
  if (const std::string_view fault = complete(event, time_text); !fault.empty()) return bad(fault);
  return event;
}

std::optional<Event> RecordParser::parse_plain(std::span<const CutMember> members) {
  std::optional<Event> result(std::in_place);
  Event& event = *result;
  std::string_view time_text;
  bool has_identity = false;
  for (const auto& [key, value] : members) {
    if (const auto field = text_fields().find(key); field != text_fields().end()) {
      event.*(field->second) = plain_text(value);
      if (key != "userIdentity") continue;
      if (std::exchange(has_identity, true)) return std::nullopt;
      if (value.starts_with('{') && !PlainIdentity(value, event.identity).read()) return std::nullopt;
    } else if (key == "eventTime") {
      time_text = plain_text(value);
    } else if (key == "readOnly") {
      event.read_only = plain_flag(value);
    } else if (key == "sessionCredentialFromConsole") {
      event.session_from_console = plain_flag(value).value_or(false);
    }
  }
  if (!complete(event, time_text).empty()) result.reset();
  return result;
}

}  // namespace flowtrail::cloudtrail
