// The tree as nlohmann::json understands the text.
#include <nlohmann/json.hpp>
#include <string>

#include "cloudtrail/json_tree.h"

namespace flowtrail::cloudtrail {

namespace {

constexpr int kMaxDepth = 200;

/// Deeper texts could make a recursive reader run out of stack.
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

Json tree_of(const nlohmann::json& value, JsonArena& arena) {
  if (value.is_boolean()) return Json(value.get<bool>());
  if (value.is_number_unsigned()) return Json(value.get<std::uint64_t>());
  if (value.is_number_integer()) return Json(value.get<std::int64_t>());
  if (value.is_number_float()) return Json(value.get<double>());
  if (value.is_string()) return Json(arena.copy(value.get_ref<const std::string&>()));
  if (value.is_array()) {
    const std::span elements(arena.room_for<Json>(value.size()), value.size());
    for (std::size_t index = 0; index < value.size(); ++index) elements[index] = tree_of(value[index], arena);
    return Json(elements);
  }
  if (!value.is_object()) return Json();
  const std::span members(arena.room_for<JsonMember>(value.size()), value.size());
  std::size_t index = 0;
  for (const auto& [key, inner] : value.items()) members[index++] = {arena.copy(key), tree_of(inner, arena)};
  return Json(members);
}

}  // namespace

Result<Json> parse_json_plainly(std::string_view text, JsonArena& arena) {
  if (text.empty()) return Json();
  if (is_too_deep(text)) return failure(ErrorCode::kCorrupt, "JSON nested too deeply");
  const nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded()) return failure(ErrorCode::kCorrupt, "not JSON");
  return tree_of(value, arena);
}

}  // namespace flowtrail::cloudtrail
