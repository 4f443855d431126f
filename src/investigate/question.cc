#include "investigate/question.h"

#include <algorithm>

#include "base/name_match.h"
#include "output/display_text.h"

namespace flowtrail::investigate {

const std::vector<Question>& questions() {
  static const std::vector<Question> kAll{access_question(), sg_changes_question(), sg_attachments_question(),
                                          unused_groups_question(), unused_rules_question()};
  return kAll;
}

Result<const Question*> find_question(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Question& question : questions()) {
    if (question.name == name) return &question;
    names.push_back(question.name);
  }
  return std::unexpected(
      Error{ErrorCode::kUsage, fmt::format("no such question: {}", output::visible(name)), {}, name_hint(name, names)});
}

}  // namespace flowtrail::investigate
