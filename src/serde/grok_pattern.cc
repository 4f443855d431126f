#include "serde/grok_pattern.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace flowtrail::serde {
namespace {

struct LibraryPattern {
  std::string_view name;
  std::string_view text;
};

constexpr std::array kLibrary{
    // Words and texts.
    LibraryPattern{"USERNAME", R"([-\w.]+)"},
    LibraryPattern{"USER", "%{USERNAME}"},
    LibraryPattern{"EMAILLOCALPART", R"([A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)"},
    LibraryPattern{"EMAILADDRESS", "%{EMAILLOCALPART}@%{HOSTNAME}"},
    LibraryPattern{"WORD", R"(\b\w+\b)"},
    LibraryPattern{"NOTSPACE", R"(\S+)"},
    LibraryPattern{"SPACE", R"(\s*)"},
    LibraryPattern{"DATA", ".*?"},
    LibraryPattern{"GREEDYDATA", ".*"},
    LibraryPattern{"QUOTEDSTRING", R"("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)"},
    LibraryPattern{"QS", "%{QUOTEDSTRING}"},
    LibraryPattern{"UUID", "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"},
    LibraryPattern{"URN", R"(urn:[0-9A-Za-z][-0-9A-Za-z]{0,31}:[^\s"<>\\^`{|}]+)"},
    // Numbers.
    LibraryPattern{"INT", "[+-]?[0-9]+"},
    LibraryPattern{"BASE10NUM", R"((?<![0-9.+-])[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+))"},
    LibraryPattern{"NUMBER", "%{BASE10NUM}"},
    LibraryPattern{"BASE16NUM", "(?<![0-9A-Fa-f])[+-]?(?:0x)?[0-9A-Fa-f]+"},
    LibraryPattern{"BASE16FLOAT", R"((?<![0-9A-Fa-f.])[+-]?(?:0x)?(?:[0-9A-Fa-f]+(?:\.[0-9A-Fa-f]*)?|\.[0-9A-Fa-f]+))"},
    LibraryPattern{"POSINT", R"(\b[1-9][0-9]*\b)"},
    LibraryPattern{"NONNEGINT", R"(\b[0-9]+\b)"},
    // Networks.
    LibraryPattern{"CISCOMAC", "(?:[0-9A-Fa-f]{4}\\.){2}[0-9A-Fa-f]{4}"},
    LibraryPattern{"WINDOWSMAC", "(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}"},
    LibraryPattern{"COMMONMAC", "(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}"},
    LibraryPattern{"MAC", "(?:%{CISCOMAC}|%{WINDOWSMAC}|%{COMMONMAC})"},
    LibraryPattern{"IPV4OCTET", "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"},
    LibraryPattern{"IPV4", R"((?<![0-9.])%{IPV4OCTET}(?:\.%{IPV4OCTET}){3}(?![0-9]))"},
    LibraryPattern{"IPV6GROUP", "[0-9A-Fa-f]{1,4}"},
    // The longest forms first: whole, with an IPv4 tail, then with `::` behind ever fewer groups.
    LibraryPattern{"IPV6",
                   "(?<![0-9A-Fa-f:])(?:(?:%{IPV6GROUP}:){7}%{IPV6GROUP}|(?:%{IPV6GROUP}:){6}%{IPV4}"
                   "|(?:%{IPV6GROUP}(?::%{IPV6GROUP}){0,5})?::(?:(?:%{IPV6GROUP}:){0,5}%{IPV4}"
                   "|%{IPV6GROUP}(?::%{IPV6GROUP}){0,5})?)(?![0-9A-Fa-f:])(?:%[0-9A-Za-z]+)?"},
    LibraryPattern{"IP", "(?:%{IPV6}|%{IPV4})"},
    LibraryPattern{"HOSTLABEL", "[0-9A-Za-z](?:[-0-9A-Za-z]{0,61}[0-9A-Za-z])?"},
    LibraryPattern{"HOSTNAME", R"(\b%{HOSTLABEL}(?:\.%{HOSTLABEL})*(?:\.?|\b))"},
    LibraryPattern{"HOST", "%{HOSTNAME}"},
    LibraryPattern{"IPORHOST", "(?:%{IP}|%{HOSTNAME})"},
    LibraryPattern{"HOSTPORT", "%{IPORHOST}:%{POSINT}"},
    // Paths and addresses of pages.
    LibraryPattern{"UNIXPATH", R"((?:/[-\w%!$@:.,+~=]*)+)"},
    LibraryPattern{"WINPATH", R"((?:[A-Za-z]:|\\)(?:\\[^\\?*\s]*)+)"},
    LibraryPattern{"PATH", "(?:%{UNIXPATH}|%{WINPATH})"},
    LibraryPattern{"TTY", R"(/dev/(?:pts|tty[pq]?)(?:\w+)?/?[0-9]+)"},
    LibraryPattern{"URIPROTO", R"([A-Za-z][-A-Za-z0-9+.]*)"},
    LibraryPattern{"URIHOST", "%{IPORHOST}(?::%{POSINT})?"},
    LibraryPattern{"URIPATH", R"((?:/[-A-Za-z0-9$.+!*'(){},~:;=@#%&_]*)+)"},
    LibraryPattern{"URIPARAM", R"(\?[-A-Za-z0-9$.+!*'|(){},~@#%&/=:;_?\[\]<>]*)"},
    LibraryPattern{"URIPATHPARAM", "%{URIPATH}(?:%{URIPARAM})?"},
    LibraryPattern{"URI", "%{URIPROTO}://(?:%{USER}(?::[^@\\s]*)?@)?(?:%{URIHOST})?(?:%{URIPATHPARAM})?"},
    // Dates and times.
    LibraryPattern{"MONTH", R"(\b(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?)"
                            R"(|Sep(?:tember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b)"},
    LibraryPattern{"MONTHNUM", "(?:1[0-2]|0?[1-9])"},
    LibraryPattern{"MONTHNUM2", "(?:1[0-2]|0[1-9])"},
    LibraryPattern{"MONTHDAY", "(?:3[01]|[12][0-9]|0?[1-9])"},
    LibraryPattern{"DAY",
                   "(?:Mon(?:day)?|Tue(?:sday)?|Wed(?:nesday)?|Thu(?:rsday)?|Fri(?:day)?|Sat(?:urday)?"
                   "|Sun(?:day)?)"},
    LibraryPattern{"YEAR", "[0-9]{2}(?:[0-9]{2})?"},
    LibraryPattern{"HOUR", "(?:2[0-3]|[01]?[0-9])"},
    LibraryPattern{"MINUTE", "[0-5][0-9]"},
    LibraryPattern{"SECOND", "(?:60|[0-5]?[0-9])(?:[.,:][0-9]+)?"},
    LibraryPattern{"TIME", "(?<![0-9])%{HOUR}:%{MINUTE}(?::%{SECOND})?(?![0-9])"},
    LibraryPattern{"DATE_US", "%{MONTHNUM}[/-]%{MONTHDAY}[/-]%{YEAR}"},
    LibraryPattern{"DATE_EU", "%{MONTHDAY}[./-]%{MONTHNUM}[./-]%{YEAR}"},
    LibraryPattern{"DATE", "(?:%{DATE_US}|%{DATE_EU})"},
    LibraryPattern{"DATESTAMP", "%{DATE}[- ]%{TIME}"},
    LibraryPattern{"ISO8601_TIMEZONE", "(?:Z|[+-]%{HOUR}(?::?%{MINUTE})?)"},
    LibraryPattern{"ISO8601_SECOND", "%{SECOND}"},
    LibraryPattern{"TIMESTAMP_ISO8601",
                   "%{YEAR}-%{MONTHNUM}-%{MONTHDAY}[T ]%{HOUR}:?%{MINUTE}(?::?%{SECOND})?(?:%{ISO8601_TIMEZONE})?"},
    LibraryPattern{"TZ", "(?:[APMCE][SD]T|UTC|GMT)"},
    LibraryPattern{"DATESTAMP_RFC822", "%{DAY} %{MONTH} %{MONTHDAY} %{YEAR} %{TIME} %{TZ}"},
    LibraryPattern{"DATESTAMP_RFC2822", "%{DAY}, %{MONTHDAY} %{MONTH} %{YEAR} %{TIME} %{ISO8601_TIMEZONE}"},
    LibraryPattern{"DATESTAMP_OTHER", "%{DAY} %{MONTH} %{MONTHDAY} %{TIME} %{TZ} %{YEAR}"},
    LibraryPattern{"DATESTAMP_EVENTLOG", "%{YEAR}%{MONTHNUM2}%{MONTHDAY}%{HOUR}%{MINUTE}%{SECOND}"},
    LibraryPattern{"HTTPDATE", "%{MONTHDAY}/%{MONTH}/%{YEAR}:%{TIME} %{INT}"},
    // Lines of logs.
    LibraryPattern{"SYSLOGTIMESTAMP", "%{MONTH} +%{MONTHDAY} %{TIME}"},
    LibraryPattern{"PROG", R"([-\w./%]+)"},
    LibraryPattern{"SYSLOGPROG", R"(%{PROG:program}(?:\[%{POSINT:pid}\])?)"},
    LibraryPattern{"SYSLOGHOST", "%{IPORHOST}"},
    LibraryPattern{"SYSLOGFACILITY", "<%{NONNEGINT:facility}\\.%{NONNEGINT:priority}>"},
    LibraryPattern{"SYSLOGBASE",
                   "%{SYSLOGTIMESTAMP:timestamp} (?:%{SYSLOGFACILITY} )?%{SYSLOGHOST:logsource} %{SYSLOGPROG}:"},
    LibraryPattern{"LOGLEVEL",
                   "(?i:trace|debug|info(?:rmation)?|notice|warn(?:ing)?|err(?:or)?|crit(?:ical)?|fatal"
                   "|severe|alert|emerg(?:ency)?)"},
    LibraryPattern{"HTTPDUSER", "(?:%{EMAILADDRESS}|%{USER})"},
    LibraryPattern{"COMMONAPACHELOG",
                   R"re(%{IPORHOST:clientip} %{HTTPDUSER:ident} %{HTTPDUSER:auth} \[%{HTTPDATE:timestamp}\] )re"
                   R"re("(?:%{WORD:verb} %{NOTSPACE:request}(?: HTTP/%{NUMBER:httpversion})?|%{DATA:rawrequest})" )re"
                   R"re(%{NUMBER:response} (?:%{NUMBER:bytes}|-))re"},
    LibraryPattern{"COMBINEDAPACHELOG", "%{COMMONAPACHELOG} %{QS:referrer} %{QS:agent}"},
};

constexpr std::size_t kLongest = std::size_t{1} << 20U;
constexpr std::size_t kDeepest = 40;

bool is_name_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
         letter == '_';
}

class Expander {
 public:
  explicit Expander(std::string_view custom) { add_custom(custom); }

  Status expand(std::string_view text, std::size_t depth) {
    if (depth > kDeepest)
      return failure(ErrorCode::kUsage, "Grok patterns more than {} deep, or in a circle", kDeepest);
    bool in_class = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (pattern_.regex.size() > kLongest) return failure(ErrorCode::kUsage, "the Grok pattern grows beyond 1 MiB");
      const char letter = text[i];
      if (letter == '\\' && i + 1 < text.size()) {
        pattern_.regex += letter;
        pattern_.regex += text[++i];
      } else if (in_class) {
        in_class = letter != ']';
        pattern_.regex += letter;
      } else if (letter == '[') {
        in_class = true;
        // A bracket right at the beginning of a class belongs to it.
        pattern_.regex += letter;
        if (text.substr(i + 1).starts_with('^')) pattern_.regex += text[++i];
        if (text.substr(i + 1).starts_with(']')) {
          pattern_.regex += "\\]";
          ++i;
        }
      } else if (letter == '(') {
        i += open_group(text.substr(i));
      } else if (letter == '%' && text.substr(i + 1).starts_with('{')) {
        const std::size_t close = text.find('}', i);
        if (close == std::string_view::npos)
          return failure(ErrorCode::kUsage, "Grok pattern without its end: {}", text);
        FT_CHECK(reference(text.substr(i + 2, close - i - 2), depth));
        i = close;
      } else {
        pattern_.regex += letter;
      }
    }
    return {};
  }

  GrokPattern take() { return std::move(pattern_); }

 private:
  void add_custom(std::string_view custom) {
    while (!custom.empty()) {
      std::size_t end = custom.find('\n');
      std::size_t skipped = 1;
      // A line break may still be written as an escape. Not so the n of an escaped backslash.
      for (std::size_t at = custom.find("\\n"); at != std::string_view::npos && at < end;
           at = custom.find("\\n", at + 2)) {
        const std::size_t rest = at + 2;
        if (is_definition(custom.substr(rest))) {
          end = at;
          skipped = 2;
          break;
        }
      }
      end = std::min(end, custom.size());
      std::string_view line = custom.substr(0, end);
      custom.remove_prefix(std::min(end + skipped, custom.size()));
      while (line.starts_with(' ') || line.starts_with('\t')) line.remove_prefix(1);
      while (line.ends_with('\r')) line.remove_suffix(1);
      const std::size_t blank = line.find_first_of(" \t");
      if (blank == std::string_view::npos || line.starts_with('#')) continue;
      std::string_view body = line.substr(blank);
      body.remove_prefix(std::min(body.find_first_not_of(" \t"), body.size()));
      custom_.insert_or_assign(std::string{line.substr(0, blank)}, std::string{body});
    }
  }

  // `NAME expression`
  static bool is_definition(std::string_view text) {
    std::size_t size = 0;
    while (size < text.size() && is_name_letter(text[size])) ++size;
    return size > 0 && text.substr(size).starts_with(' ');
  }

  // At an opening parenthesis: counts the group if it captures, and gives plain ones for named ones, whose names the
  // engine might not take. Returns how many characters behind the parenthesis are dealt with.
  std::size_t open_group(std::string_view text) {
    pattern_.regex += '(';
    if (!text.starts_with("(?")) {
      ++groups_;
      return 0;
    }
    const bool named = text.starts_with("(?<") && text.size() > 3 && text[3] != '=' && text[3] != '!';
    const std::size_t close = text.find('>');
    if (!named || close == std::string_view::npos) {
      pattern_.regex += '?';
      return 1;
    }
    pattern_.captures.push_back({std::string{text.substr(3, close - 3)}, ++groups_, false});
    return close;
  }

  // `NAME`, `NAME:field` or `NAME:field:type`. The type is the column's to tell.
  Status reference(std::string_view text, std::size_t depth) {
    const std::size_t colon = std::min(text.find(':'), text.size());
    const std::string_view name = text.substr(0, colon);
    std::string_view field = text.substr(std::min(colon + 1, text.size()));
    field = field.substr(0, field.find(':'));
    const std::string_view* const body = find(name);
    if (body == nullptr) return failure(ErrorCode::kUsage, "unknown Grok pattern: {}", name);
    const bool top_level = depth == 0;
    if (field.empty() && !top_level) {
      pattern_.regex += "(?:";
    } else {
      pattern_.regex += '(';
      pattern_.captures.push_back({std::string{field.empty() ? name : field}, ++groups_, top_level});
    }
    const std::string_view expression = *body;
    FT_CHECK(expand(expression, depth + 1));
    pattern_.regex += ')';
    return {};
  }

  const std::string_view* find(std::string_view name) {
    if (const auto own = custom_.find(name); own != custom_.end()) {
      found_ = own->second;
      return &found_;
    }
    const auto* const known = std::ranges::find(kLibrary, name, &LibraryPattern::name);
    return known == kLibrary.end() ? nullptr : &known->text;
  }

  std::map<std::string, std::string, std::less<>> custom_;
  std::string_view found_;
  GrokPattern pattern_;
  std::size_t groups_ = 0;
};

}  // namespace

Result<GrokPattern> expand_grok(std::string_view format, std::string_view custom) {
  Expander expander(custom);
  FT_CHECK(expander.expand(format, 0));
  return expander.take();
}

}  // namespace flowtrail::serde
