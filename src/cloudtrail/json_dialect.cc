#include "cloudtrail/json_dialect.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/letters.h"

namespace flowtrail::cloudtrail {

namespace {

const Json& null_value() {
  static const Json kNull;
  return kNull;
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  return left.size() == right.size() && std::ranges::equal(left, right, {}, lower_letter, lower_letter);
}

bool is_list_wrapper(const Json& object) {
  if (object.members().size() != 1) return false;
  const std::string_view key = object.members().front().key;
  return equal_ignoring_case(key, "items") || equal_ignoring_case(key, "item") || equal_ignoring_case(key, "member");
}

void collect_addresses(const Json& value, std::vector<IpAddress>& addresses) {
  for (const JsonMember& inner : value.members()) collect_addresses(inner.value, addresses);
  for (const Json& inner : value.elements()) collect_addresses(inner, addresses);
  if (value.is_text()) {
    const auto address = IpAddress::parse(value.text());
    if (address && std::find(addresses.begin(), addresses.end(), *address) == addresses.end()) {
      addresses.push_back(*address);
    }
  }
}

}  // namespace

const Json& member(const Json& object, std::string_view name) {
  const auto members = object.members();
  const Json* alike = nullptr;
  for (const auto& [key, value] : members) {
    if (key.size() != name.size()) continue;
    if (key == name) return value;
    if (alike == nullptr && equal_ignoring_case(key, name)) alike = &value;
  }
  return alike == nullptr ? null_value() : *alike;
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

Json unwrap(const Json& value) {
  for (const auto& [key, inner] : value.members()) {
    const bool wraps = key.ends_with("Request") || key.ends_with("Response");
    if (wraps && inner.is_object() && key.size() > 8 && key.front() >= 'A' && key.front() <= 'Z') return inner;
  }
  return value;
}

std::vector<const Json*> as_list(const Json& value) {
  if (value.is_null() || (value.is_text() && value.text().empty())) return {};
  if (value.is_object()) {
    if (value.members().empty()) return {};
    if (is_list_wrapper(value)) return as_list(value.members().front().value);
    return {&value};
  }
  if (!value.is_array()) return {&value};
  std::vector<const Json*> elements;
  elements.reserve(value.elements().size());
  for (const Json& element : value.elements()) {
    if (!element.is_null()) elements.push_back(&element);
  }
  return elements;
}

std::string text_of(const Json& value) {
  if (value.is_text()) return std::string(value.text());
  if (value.is_boolean()) return value.flag() ? "true" : "false";
  if (value.is_unsigned()) return fmt::format("{}", value.unsigned_number());
  if (value.is_integer()) return fmt::format("{}", value.integer());
  if (value.is_float()) return fmt::format("{}", value.real());
  if (value.is_object()) {
    const Json& inner = member(value, {"content", "value"});
    if (!inner.is_object() && !inner.is_array()) return text_of(inner);
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
  if (value.is_integer()) return value.integer();
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
