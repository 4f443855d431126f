// The texts of `flowtrail help TOPIC`.
#pragma once

#include <string_view>
#include <vector>

namespace flowtrail::cli {

struct HelpTopic {
  std::string_view name, title, text;
};

[[nodiscard]] const std::vector<HelpTopic>& help_topics();

}  // namespace flowtrail::cli
