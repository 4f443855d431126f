#include "shell/dot_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/name_match.h"
#include "output/display_text.h"

namespace flowtrail::shell {
namespace {

enum class Need : std::uint8_t { kNone, kOptional, kRequired, kOnOrOff };

struct Entry {
  std::string_view name;
  DotKind kind;
  Need need;
  std::string_view argument;  // as the help shows it
  std::string_view about;     // one line
  std::string_view details;   // more lines, each ended by a line feed
};

constexpr auto kEntries = std::to_array<Entry>({
    {".exit", DotKind::kQuit, Need::kNone, "", "leave", "The same as .quit.\n"},
    {".explain", DotKind::kExplain, Need::kRequired, "STATEMENT", "show how a statement would run", ""},
    {".help", DotKind::kHelp, Need::kOptional, "[COMMAND]", "tell the commands, or more about one", ""},
    {".inspect", DotKind::kInspect, Need::kRequired, "TABLE", "list the columns of a table and their types", ""},
    {".mode", DotKind::kMode, Need::kOptional, "[FORMAT]", "choose how answers are printed, or tell how",
     "FORMAT is table, csv, tsv, json, ndjson (or jsonl) or markdown.\n"},
    {".pager", DotKind::kPager, Need::kOnOrOff, "on|off", "page answers that are longer than the screen",
     "On at first, on a terminal. The program is $PAGER, or less -SRFX.\n"},
    {".quit", DotKind::kQuit, Need::kNone, "", "leave", "Ctrl-D does the same.\n"},
    {".read", DotKind::kRead, Need::kRequired, "FILE", "run the statements and commands of a file",
     "It ends at the first error, unless the shell was started with --keep-going.\n"},
    {".tables", DotKind::kTables, Need::kOptional, "[PATTERN]", "list tables and views",
     "PATTERN is a part of the name, or a whole one with * and ?.\n"},
    {".timer", DotKind::kTimer, Need::kOnOrOff, "on|off", "tell how long each statement took",
     "Off at first. Time is that of the clock on the wall, in seconds.\n"},
});

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trim(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(kBlanks), text.size());
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && (text.front() == '\'' || text.front() == '"') && text.back() == text.front();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

std::string usage(const Entry& entry) {
  return fmt::format("{}{}{}", entry.name, entry.argument.empty() ? "" : " ", entry.argument);
}

Result<const Entry*> find_entry(std::string_view name) {
  const auto* const found = std::ranges::find(kEntries, name, &Entry::name);
  if (found != kEntries.end()) return found;
  return std::unexpected(Error{ErrorCode::kUsage,
                               fmt::format("no such command: {}", output::visible(name)),
                               {},
                               name_hint(name, dot_command_names())});
}

std::unexpected<Error> wrong_use(const Entry& entry, std::string_view what) {
  return std::unexpected(
      Error{ErrorCode::kUsage, fmt::format("{} {}", entry.name, what), {}, fmt::format("usage: {}", usage(entry))});
}

}  // namespace

bool is_dot_command(std::string_view line) {
  return trim(line).starts_with('.');
}

Result<DotCommand> parse_dot_command(std::string_view line) {
  line = trim(line);
  while (line.ends_with(';')) line = trim(line.substr(0, line.size() - 1));
  const std::size_t name_end = std::min(line.find_first_of(kBlanks), line.size());
  FT_TRY(const Entry* const entry, find_entry(line.substr(0, name_end)));
  const std::string_view written = trim(line.substr(name_end));
  const std::string_view argument = entry->kind == DotKind::kExplain ? written : unquoted(written);
  switch (entry->need) {
    case Need::kNone:
      if (!argument.empty()) return wrong_use(*entry, "takes no argument");
      break;
    case Need::kRequired:
      if (argument.empty()) return wrong_use(*entry, "needs an argument");
      break;
    case Need::kOnOrOff:
      if (argument != "on" && argument != "off") return wrong_use(*entry, "is on or off");
      break;
    case Need::kOptional: break;
  }
  return DotCommand{entry->kind, std::string{argument}};
}

std::vector<std::string_view> dot_command_names() {
  std::vector<std::string_view> names;
  for (const Entry& entry : kEntries) names.push_back(entry.name);
  return names;
}

Result<std::string> dot_command_help(std::string_view name) {
  if (!name.empty()) {
    FT_TRY(const Entry* const entry, find_entry(name.starts_with('.') ? std::string{name} : fmt::format(".{}", name)));
    return fmt::format("{}: {}\n{}", usage(*entry), entry->about, entry->details);
  }
  std::string text =
      "A statement ends with ; and may take several lines. Ctrl-C drops it, or cancels it while it runs.\n\n";
  for (const Entry& entry : kEntries) text += fmt::format("  {:<20} {}\n", usage(entry), entry.about);
  return text;
}

}  // namespace flowtrail::shell
