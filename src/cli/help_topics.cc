#include "cli/help_topics.h"

#include <fmt/format.h>

#include <string>

#include "dialect/function_list.h"

namespace flowtrail::cli {
namespace {

std::string functions_text() {
  std::string text =
      "  A capital letter is any type, `...` one or more of the last argument; types with / between them are\n"
      "  alternatives, and those of a result are in the order of the argument's.\n";
  std::string_view kind;
  for (const dialect::FunctionForm& form : dialect::function_list()) {
    if (kind != dialect::kind_name(form.kind)) {
      kind = dialect::kind_name(form.kind);
      text += fmt::format("\n{}\n", kind);
    }
    text += fmt::format("  {}\n", form.text());
  }
  return text;
}

}  // namespace

const std::vector<HelpTopic>& help_topics() {
  static const std::string kFunctions = functions_text();
  static const std::vector<HelpTopic> kTopics{
      {"exit-codes", "what the exit code of flowtrail says",
       "  0    done\n"
       "  1    failed: a source or file does not exist, holds no logs, or could not be read or written\n"
       "  2    usage: the command line is wrong; nothing was read\n"
       "  3    findings: --fail-on was given and a row has it. Only when all input could be read\n"
       "  4    access denied\n"
       "  5    done, but part of the input was bad and is missing from the answer; the warnings say what and\n"
       "       where. It wins over 3: findings over partial input are not the whole truth\n"
       "  130  interrupted\n"},
      {"formats", "how answers are printed",
       "  --output FORMAT[=FILE]   may be repeated; without FILE it goes to standard output. A FILE that exists is\n"
       "                           never overwritten without --force\n\n"
       "  table     for people, the default: the answer, a few columns, what was read, what is missing; 50 rows\n"
       "            (--limit 0 for all)\n"
       "  json      one object: investigation, parameters, window, coverage, columns, rows, warnings, sql\n"
       "  ndjson    one row as a JSON object a line\n"
       "  csv, tsv  with a header line; lists are joined by a blank; RFC 4180 quoting\n"
       "  markdown  a table\n\n"
       "NULL (empty in csv) means \"not known from these logs\"; an empty list means none. Integers above 2^53 are "
       "text\n"
       "in JSON. Rows have a fixed order: equal input gives equal bytes. Only results go to standard output; notes\n"
       "and errors go to standard error.\n"},
      {"windows", "which records and events count",
       "  --from T --to T   from T on, up to and without T. UTC, ISO 8601: 2026-03-01 or 2026-03-01T10:00\n"
       "  --last 24h        the time before the end of what the sources cover; 90s, 15m, 24h, 7d, 2w\n\n"
       "Default: all that the sources cover. A window is half open and filters flow records by their start, events by\n"
       "their time. History before the window is always read, since the state at its begin comes from it.\n"},
      {"functions", "the functions of Athena's SQL, with their types", kFunctions},
      {"environment", "variables that flowtrail looks at",
       "  NO_COLOR         any value: no colour (https://no-color.org)\n"
       "  CLICOLOR_FORCE   not 0: colour even when the output is no terminal\n"
       "  TERM             dumb: no colour\n"
       "  PAGER            what shows answers of `shell` that are longer than the screen (less -SRFX)\n"
       "  XDG_CONFIG_HOME  flowtrail/config.toml below it has defaults of options (~/.config)\n"
       "  XDG_STATE_HOME   `shell` keeps its history in flowtrail/history below it (~/.local/state)\n"
       "  TMPDIR           where records are kept while they are sorted out, when they do not fit in memory\n\n"
       "--color always|never wins over all of them.\n"},
  };
  return kTopics;
}

}  // namespace flowtrail::cli
