// RegexSerDe: the whole line must match input.regex; its groups are the columns in their order. A line that does not
// match is a row of NULLs, and counted.
// Source: Amazon Athena User Guide, "Regex SerDe".
#include <optional>
#include <utility>

#include "scalar/regexp.h"
#include "serde/readers.h"

namespace flowtrail::serde {
namespace {

class RegexReader final : public LineRowReader {
 public:
  RegexReader(Setup setup, scalar::Regexp regexp, TextRules rules)
      : LineRowReader(std::move(setup)), regexp_(std::move(regexp)), rules_(std::move(rules)) {}

 private:
  Status read_line(std::string_view line, std::span<trino::Value> row) override {
    const auto groups = regexp_.groups_of(line);
    if (!groups || !*groups) {
      add_bad(groups ? "line that does not match input.regex" : "input.regex takes too long on the line");
      return {};
    }
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::size_t column = setup().wanted[i];
      const std::optional<std::string>& text = (**groups)[column];
      if (text) row[i] = value_of(*text, setup().columns[column].type, rules_).value_or(trino::Value{});
    }
    return {};
  }

  scalar::Regexp regexp_;
  TextRules rules_;
};

}  // namespace

MadeReader make_regex_reader(Setup setup) {
  FT_CHECK(setup.check_flat("RegexSerDe"));
  const std::string* const pattern = setup.property("input.regex");
  if (pattern == nullptr) return failure(ErrorCode::kUsage, "RegexSerDe needs the property input.regex");
  auto regexp = scalar::Regexp::compile(*pattern, setup.is_true("input.regex.case.insensitive"));
  if (!regexp) return failure(ErrorCode::kUsage, "input.regex: {}", regexp.error().message);
  if (regexp->group_count() < static_cast<std::int64_t>(setup.columns.size())) {
    return failure(ErrorCode::kUsage, "input.regex has {} groups for {} columns", regexp->group_count(),
                   setup.columns.size());
  }
  FT_TRY(auto formats, setup.timestamp_formats());
  return std::make_unique<RegexReader>(std::move(setup), *std::move(regexp),
                                       TextRules{Spelling::kJava, std::move(formats)});
}

}  // namespace flowtrail::serde
