#include "shell/line_source.h"

namespace flowtrail::shell {

Line StreamLines::next(std::string_view /*prompt*/, std::string_view /*unended*/) {
  Line line;
  if (!std::getline(stream_, line.text)) return {};
  if (line.text.ends_with('\r')) line.text.pop_back();
  line.kind = Line::Kind::kText;
  return line;
}

}  // namespace flowtrail::shell
