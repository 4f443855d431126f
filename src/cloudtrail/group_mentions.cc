#include "cloudtrail/group_mentions.h"

#include <algorithm>

namespace flowtrail::cloudtrail {

namespace {

constexpr std::string_view kPrefix = "sg-";

bool is_hex(char letter) {
  return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
}

bool is_word(char letter) {
  return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         letter == '-';
}

bool is_mentioned(const std::vector<GroupMention>& mentions, const std::string& id) {
  return std::any_of(mentions.begin(), mentions.end(), [&id](const GroupMention& mention) {
    return std::find(mention.group_ids.begin(), mention.group_ids.end(), id) != mention.group_ids.end();
  });
}

}  // namespace

std::vector<std::string> group_ids_in_text(std::string_view text) {
  std::vector<std::string> ids;
  for (std::size_t start = text.find(kPrefix); start != std::string_view::npos; start = text.find(kPrefix, start + 1)) {
    std::size_t end = start + kPrefix.size();
    while (end < text.size() && is_hex(text[end])) ++end;
    const std::size_t digits = end - start - kPrefix.size();
    const bool alone = (start == 0 || !is_word(text[start - 1])) && (end == text.size() || !is_word(text[end]));
    if (!alone || digits < 8 || digits > 17) continue;
    std::string id(text.substr(start, end - start));
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(std::move(id));
  }
  return ids;
}

void add_group_mentions(const Json& value, const std::string& path, std::vector<GroupMention>& mentions) {
  for (const auto& [key, inner] : value.members()) {
    add_group_mentions(inner, std::string(path).append(".").append(key), mentions);
  }
  for (const Json& inner : value.elements()) add_group_mentions(inner, path, mentions);
  for (std::string& id : group_ids_in_text(value.text())) {
    if (is_mentioned(mentions, id)) continue;
    if (mentions.empty() || mentions.back().json_path != path) mentions.push_back({path, {}});
    mentions.back().group_ids.push_back(std::move(id));
  }
}

std::vector<std::string> group_ids_below(const Json& value) {
  std::vector<GroupMention> mentions;
  add_group_mentions(value, {}, mentions);
  std::vector<std::string> ids;
  for (GroupMention& mention : mentions) {
    std::move(mention.group_ids.begin(), mention.group_ids.end(), std::back_inserter(ids));
  }
  return ids;
}

}  // namespace flowtrail::cloudtrail
