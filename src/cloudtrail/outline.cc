#include "cloudtrail/outline.h"

#include <cstdint>
#include <cstring>

namespace flowtrail::cloudtrail {

namespace {

/// `name` is a literal as long as `key`.
template <std::size_t Size>
bool is_named(std::string_view key, const char (&name)[Size]) {
  return std::memcmp(key.data(), name, Size - 1) == 0;
}

class Outliner {
 public:
  explicit Outliner(bool has_escapes) : has_escapes_(has_escapes) {}

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
      case 7: return !is_named(key, "eventID") || (first(0) && take_text(value, outline_.event_id));
      case 8: return !is_named(key, "readOnly") || (first(1) && take_flag(value, outline_.read_only));
      case 9: return take_nine(key, value);
      case 11: return !is_named(key, "eventSource") || (first(6) && take_text(value, outline_.source));
      case 12: return !is_named(key, "userIdentity") || (first(7) && take_json(value, identity_));
      case 16: return !is_named(key, "responseElements") || (first(8) && take_json(value, outline_.response_elements));
      case 17:
        return !is_named(key, "requestParameters") || (first(9) && take_json(value, outline_.request_parameters));
      case 18: return !is_named(key, "recipientAccountId") || (first(10) && take_text(value, outline_.account));
      default: return true;
    }
  }

  bool take_nine(std::string_view key, std::string_view value) {
    if (is_named(key, "eventName")) return first(2) && take_text(value, outline_.name);
    if (is_named(key, "eventTime")) return first(3) && take_text(value, time_);
    if (is_named(key, "awsRegion")) return first(4) && take_text(value, outline_.region);
    if (is_named(key, "errorCode")) return first(5) && take_text(value, outline_.error_code);
    return true;
  }

  [[nodiscard]] bool is_escaped(std::string_view text) const {
    return has_escapes_ && text.find('\\') != std::string_view::npos;
  }

  /// A string's text, nothing for null. False for everything else.
  [[nodiscard]] bool take_text(std::string_view value, std::string_view& text) const {
    if (value.front() == 'n') {
      text = {};
      return value == "null";
    }
    if (value.size() < 2 || value.front() != '"') return false;
    text = value.substr(1, value.size() - 2);
    return !is_escaped(text);
  }

  /// Likewise; objects and arrays as they are written.
  [[nodiscard]] bool take_json(std::string_view value, std::string_view& text) const {
    if (value.front() == '{' || value.front() == '[') {
      text = value;
      return true;
    }
    return take_text(value, text);
  }

  [[nodiscard]] bool take_flag(std::string_view value, std::optional<bool>& flag) const {
    std::string_view text = value;
    if (value.front() == '"' && !take_text(value, text)) return false;
    if (text == "true") flag = true;
    if (text == "false") flag = false;
    return true;
  }

  /// userIdentity.accountId.
  [[nodiscard]] bool take_caller_account(std::string_view identity, std::string_view& account) const {
    if (!identity.starts_with('{')) return true;
    std::size_t position = skip_blanks(identity, 1);
    while (position < identity.size() && identity[position] != '}') {
      std::string_view key;
      if (cut_key(identity, position, key) != Cut::kWhole || is_escaped(key)) return false;
      const std::size_t start = position;
      if (cut_value(identity, position) != Cut::kWhole) return false;
      if (key == "accountId") return take_text(identity.substr(start, position - start), account);
      position = skip_blanks(identity, position);
      if (position < identity.size() && identity[position] == ',') position = skip_blanks(identity, position + 1);
    }
    return true;
  }

  bool first(unsigned member) {
    const std::uint32_t bit = 1U << member;
    const bool is_first = (seen_ & bit) == 0;
    seen_ |= bit;
    return is_first;
  }

  bool has_escapes_;
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

std::optional<EventOutline> outline_of(std::span<const CutMember> members, bool has_escapes) {
  return Outliner{has_escapes}.run(members);
}

}  // namespace flowtrail::cloudtrail
