// The SQL of a question: its text from name.sql with {placeholders} replaced by literals and conditions.
//
//   {in_window COLUMN}        COLUMN lies in the window
//   {meets FROM TO}           the interval meets the window; NULL ends are open
//   {at_end FROM TO}          the interval holds the window's last second
//   {first_of LIST}           the list's first element, NULL if it has none
//   {match COLUMN PARAMETER}  COLUMN matches one of the parameter's globs
//   {ports COLUMN}            COLUMN is a wanted port;  {ports FROM TO}: the range meets one
//   {protocols COLUMN}        COLUMN (a number) is a wanted protocol
//   {flag PARAMETER}          TRUE or FALSE
//   {number PARAMETER}        a number
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "investigate/report.h"

namespace flowtrail::investigate {
namespace {

std::string literal(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return quoted + '\'';
}

std::string like_pattern(std::string_view glob) {
  std::string pattern;
  for (const char c : glob) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c == '*' ? '%' : c == '?' ? '_' : c;
  }
  return pattern;
}

std::string timestamp(UtcSeconds time) {
  std::string text = format_utc(time);  // 2026-03-01T10:00:05Z
  text[text.find('T')] = ' ';
  text.pop_back();
  return fmt::format("TIMESTAMP '{}'", text);
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::string any_of(const std::vector<std::string>& conditions) {
  if (conditions.empty()) return "TRUE";
  return fmt::format("({})", fmt::join(conditions, " OR "));
}

class SqlText {
 public:
  SqlText(const Parameters& parameters, const std::optional<Interval>& window, bool trino)
      : parameters_(parameters), window_(window), trino_(trino) {}

  [[nodiscard]] std::string fill(std::string_view text) const {
    std::string result;
    while (true) {
      const std::size_t open = text.find('{');
      const std::size_t close = text.find('}', open == std::string_view::npos ? 0 : open);
      if (open == std::string_view::npos || close == std::string_view::npos) return result.append(text);
      result += text.substr(0, open);
      result += replacement(words_of(text.substr(open + 1, close - open - 1)));
      text.remove_prefix(close + 1);
    }
  }

 private:
  [[nodiscard]] std::string replacement(const std::vector<std::string>& words) const {
    if (words.size() == 2 && words[0] == "in_window") return in_window(words[1]);
    if (words.size() == 3 && words[0] == "meets") return meets(words[1], words[2]);
    if (words.size() == 3 && words[0] == "at_end") return at_end(words[1], words[2]);
    if (words.size() == 2 && words[0] == "first_of") {
      return fmt::format(fmt::runtime(trino_ ? "element_at({}, 1)" : "{}[1]"), words[1]);
    }
    if (words.size() == 3 && words[0] == "match") return match(words[1], words[2]);
    if (words.size() >= 2 && words[0] == "ports") return ports(words[1], words.back());
    if (words.size() == 2 && words[0] == "protocols") return protocols(words[1]);
    if (words.size() == 2 && words[0] == "flag") return flag(words[1]) ? "TRUE" : "FALSE";
    if (words.size() == 2 && words[0] == "number") return number(words[1]);
    return fmt::format("{{{}}}", fmt::join(words, " "));  // a mistake in name.sql: left for the tests to see
  }

  [[nodiscard]] std::string in_window(const std::string& column) const {
    if (!window_) return "TRUE";
    return fmt::format("({0} >= {1} AND {0} < {2})", column, timestamp(*window_->from), timestamp(*window_->to));
  }

  [[nodiscard]] std::string meets(const std::string& from, const std::string& to) const {
    if (!window_) return "TRUE";
    return fmt::format("(({0} IS NULL OR {0} < {1}) AND ({2} IS NULL OR {2} >= {3}))", from, timestamp(*window_->to),
                       to, timestamp(*window_->from));
  }

  [[nodiscard]] std::string at_end(const std::string& from, const std::string& to) const {
    if (!window_) return fmt::format("{} IS NULL", to);
    return fmt::format("(({0} IS NULL OR {0} < {1}) AND ({2} IS NULL OR {2} >= {1}))", from, timestamp(*window_->to),
                       to);
  }

  [[nodiscard]] std::string match(const std::string& column, const std::string& parameter) const {
    std::vector<std::string> conditions;
    for (const std::string& glob : parameters_.given(parameter)) {
      conditions.push_back(glob.find_first_of("*?") == std::string::npos
                               ? fmt::format("{} = {}", column, literal(glob))
                               : fmt::format("{} LIKE {} ESCAPE '\\'", column, literal(like_pattern(glob))));
    }
    return any_of(conditions);
  }

  [[nodiscard]] std::string ports(const std::string& from, const std::string& to) const {
    std::vector<std::string> conditions;
    for (const PortRange& range : parameters_.ports) {
      conditions.push_back(fmt::format("({} <= {} AND {} >= {})", from, range.second, to, range.first));
    }
    return any_of(conditions);
  }

  [[nodiscard]] std::string protocols(const std::string& column) const {
    if (parameters_.protocols.empty()) return "TRUE";
    return fmt::format("{} IN ({})", column, fmt::join(parameters_.protocols, ", "));
  }

  [[nodiscard]] bool flag(std::string_view name) const {
    return name == "all"            ? parameters_.all
           : name == "changed-only" ? parameters_.changed_only
                                    : parameters_.include_failed;
  }

  [[nodiscard]] std::string number(std::string_view name) const {
    if (name == "min-coverage") return fmt::format("{}", parameters_.min_coverage);
    if (name == "min-observed") return fmt::format("{}", parameters_.min_observed.count());
    return fmt::format("{}", parameters_.scanner_targets);
  }

  const Parameters& parameters_;
  const std::optional<Interval>& window_;
  bool trino_;
};

}  // namespace

Sql sql_of(const Question& question, const Parameters& parameters, const std::optional<Interval>& window) {
  return {SqlText{parameters, window, true}.fill(question.sql), SqlText{parameters, window, false}.fill(question.sql)};
}

}  // namespace flowtrail::investigate
