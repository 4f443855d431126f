#include "cloudtrail/json_dialect.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/letters.h"

namespace flowtrail::cloudtrail {

namespace {

constexpr int kMaxDepth = 200;

const Json& null_value() {
  static const Json kNull;
  return kNull;
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, lower_letter, lower_letter);
}

bool is_too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t index = 0; index < text.size(); ++index) {
    const char letter = text[index];
    if (in_string) {
      if (letter == '\\') ++index;
      if (letter == '"') in_string = false;
    } else if (letter == '"') {
      in_string = true;
    } else if (letter == '{' || letter == '[') {
      if (++depth > kMaxDepth) return true;
    } else if (letter == '}' || letter == ']') {
      --depth;
    }
  }
  return false;
}

bool is_list_wrapper(const Json& object) {
  if (object.size() != 1) return false;
  const std::string& key = object.begin().key();
  return equal_ignoring_case(key, "items") || equal_ignoring_case(key, "item") || equal_ignoring_case(key, "member");
}

void collect_addresses(const Json& value, std::vector<IpAddress>& addresses) {
  if (value.is_structured()) {
    for (const Json& inner : value) collect_addresses(inner, addresses);
  } else if (value.is_string()) {
    const auto address = IpAddress::parse(value.get_ref<const std::string&>());
    if (address && std::find(addresses.begin(), addresses.end(), *address) == addresses.end()) {
      addresses.push_back(*address);
    }
  }
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  if (text.empty()) return Json();
  if (is_too_deep(text)) return failure(ErrorCode::kCorrupt, "JSON nested too deeply");
  Json value = Json::parse(text, nullptr, false);
  if (value.is_discarded()) return failure(ErrorCode::kCorrupt, "not JSON");
  return value;
}

const Json& member(const Json& object, std::string_view name) {
  if (!object.is_object()) return null_value();
  if (const auto found = object.find(name); found != object.end()) return *found;
  for (auto inner = object.begin(); inner != object.end(); ++inner) {
    if (equal_ignoring_case(inner.key(), name)) return *inner;
  }
  return null_value();
}

const Json& member(const Json& object, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (const Json& found = member(object, name); !found.is_null()) return found;
  }
  return null_value();
}

bool has_member(const Json& object, std::string_view name) {
  return !member(object, name).is_null();
}

Json unwrap(Json value) {
  if (!value.is_object()) return value;
  for (auto inner = value.begin(); inner != value.end(); ++inner) {
    const std::string_view key = inner.key();
    const bool wraps = key.ends_with("Request") || key.ends_with("Response");
    if (wraps && inner->is_object() && key.size() > 8 && key.front() >= 'A' && key.front() <= 'Z') {
      Json unwrapped = std::move(*inner);
      return unwrapped;
    }
  }
  return value;
}

std::vector<const Json*> as_list(const Json& value) {
  if (value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty())) return {};
  if (value.is_object()) {
    if (value.empty()) return {};
    if (is_list_wrapper(value)) return as_list(*value.begin());
    return {&value};
  }
  if (!value.is_array()) return {&value};
  std::vector<const Json*> elements;
  elements.reserve(value.size());
  for (const Json& element : value) {
    if (!element.is_null()) elements.push_back(&element);
  }
  return elements;
}

std::string text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number_unsigned()) return fmt::format("{}", value.get<std::uint64_t>());
  if (value.is_number_integer()) return fmt::format("{}", value.get<std::int64_t>());
  if (value.is_number_float()) return fmt::format("{}", value.get<double>());
  if (value.is_object()) {
    const Json& inner = member(value, {"content", "value"});
    if (!inner.is_structured()) return text_of(inner);
  }
  return {};
}

std::string text_at(const Json& object, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (std::string text = text_of(member(object, name)); !text.empty()) return text;
  }
  return {};
}

std::optional<std::int64_t> number_of(const Json& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>();
  const std::string text = text_of(value);
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<bool> flag_of(const Json& value) {
  const std::string text = text_of(value);
  if (equal_ignoring_case(text, "true")) return true;
  if (equal_ignoring_case(text, "false")) return false;
  return std::nullopt;
}

std::vector<std::string> texts_of(const Json& list, std::initializer_list<std::string_view> names) {
  std::vector<std::string> texts;
  for (const Json* element : as_list(list)) {
    std::string text = text_at(*element, names);
    if (text.empty()) text = text_of(*element);
    if (!text.empty()) texts.push_back(std::move(text));
  }
  return texts;
}

std::vector<std::string> group_ids_of(const Json& list) {
  std::vector<std::string> ids = texts_of(list, {"groupId", "securityGroupId", "vpcSecurityGroupId"});
  std::erase_if(ids, [](const std::string& id) { return !id.starts_with("sg-"); });
  return ids;
}

std::vector<IpAddress> addresses_in(const Json& value) {
  std::vector<IpAddress> addresses;
  collect_addresses(value, addresses);
  return addresses;
}

}  // namespace flowtrail::cloudtrail
