// GrokSerDe: the first match of input.format in the line. Columns take what is captured under their names; where no
// column has such a name, the captures of the format in their order. A line without a match is a row of NULLs, and
// counted.
// Source: Amazon Athena User Guide, "Grok SerDe".
#include <optional>
#include <utility>

#include "base/letters.h"
#include "scalar/regexp.h"
#include "serde/grok_pattern.h"
#include "serde/readers.h"

namespace flowtrail::serde {
namespace {

class GrokReader final : public LineRowReader {
 public:
  /// `groups`: of each wanted column, counted from 0.
  GrokReader(Setup setup, scalar::Regexp regexp, std::vector<std::vector<std::size_t>> groups, TextRules rules)
      : LineRowReader(std::move(setup)),
        regexp_(std::move(regexp)),
        groups_(std::move(groups)),
        rules_(std::move(rules)) {}

 private:
  Status read_line(std::string_view line, std::span<trino::Value> row) override {
    const auto texts = regexp_.groups_of(line, true);
    if (!texts || !*texts) {
      add_bad(texts ? "line that does not match input.format" : "input.format takes too long on the line");
      return {};
    }
    for (std::size_t i = 0; i < row.size(); ++i) {
      const trino::Type& type = setup().columns[setup().wanted[i]].type;
      for (const std::size_t group : groups_[i]) {
        const std::optional<std::string>& text = (**texts)[group];
        if (!text) continue;
        row[i] = value_of(*text, type, rules_).value_or(trino::Value{});
        break;
      }
    }
    return {};
  }

  scalar::Regexp regexp_;
  std::vector<std::vector<std::size_t>> groups_;
  TextRules rules_;
};

// By column: the groups of which the first that took part is its text.
std::vector<std::vector<std::size_t>> groups_by_name(const std::vector<Column>& columns, const GrokPattern& pattern) {
  std::vector<std::vector<std::size_t>> groups(columns.size());
  bool any = false;
  for (const GrokPattern::Capture& capture : pattern.captures) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (lower(columns[i].name) != lower(capture.name)) continue;
      groups[i].push_back(capture.group - 1);
      any = true;
    }
  }
  if (any) return groups;
  std::size_t column = 0;
  for (const GrokPattern::Capture& capture : pattern.captures) {
    if (capture.top_level && column < columns.size()) groups[column++].push_back(capture.group - 1);
  }
  return groups;
}

}  // namespace

MadeReader make_grok_reader(Setup setup) {
  FT_CHECK(setup.check_flat("GrokSerDe"));
  const std::string* const format = setup.property("input.format");
  if (format == nullptr) return failure(ErrorCode::kUsage, "GrokSerDe needs the property input.format");
  const std::string* const custom = setup.property("input.grokCustomPatterns");
  FT_TRY(const GrokPattern pattern, expand_grok(*format, custom == nullptr ? std::string_view{} : *custom));
  auto regexp = scalar::Regexp::compile(pattern.regex);
  if (!regexp) return failure(ErrorCode::kUsage, "input.format: {}", regexp.error().message);
  if (regexp->group_count() < static_cast<std::int64_t>(pattern.captures.size())) {
    return failure(ErrorCode::kUsage, "input.format has groups that cannot be told apart: {}", *format);
  }
  const auto by_column = groups_by_name(setup.columns, pattern);
  std::vector<std::vector<std::size_t>> groups;
  for (const std::size_t column : setup.wanted) groups.push_back(by_column[column]);
  FT_TRY(auto formats, setup.timestamp_formats());
  return std::make_unique<GrokReader>(std::move(setup), *std::move(regexp), std::move(groups),
                                      TextRules{Spelling::kJava, std::move(formats)});
}

}  // namespace flowtrail::serde
