// Parts of URLs, as RFC 3986 names them; what is no URL has none.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "trino/function.h"
#include "trino/valid_text.h"

namespace flowtrail::trino {
namespace {

using scalar::invalid_argument;

struct Url {
  std::string_view scheme, host, path, query, fragment;
  std::optional<std::int64_t> port;
};

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Letters that java.net.URI takes; others beyond ASCII are taken, too.
bool is_legal(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
      continue;
    }
    const bool plain = static_cast<unsigned char>(c) >= 0x80 || is_letter(c) || is_digit(c) ||
                       std::string_view{"-._~!$&'()*+,;=:@/?[]#"}.find(c) != std::string_view::npos;
    if (!plain) return false;
  }
  return true;
}

std::optional<Url> parse(std::string_view text) {
  if (!is_legal(text)) return std::nullopt;
  Url url;
  if (const std::size_t hash = text.find('#'); hash != std::string_view::npos) {
    url.fragment = text.substr(hash + 1);
    if (url.fragment.find('#') != std::string_view::npos) return std::nullopt;
    text = text.substr(0, hash);
  }
  const std::size_t colon = text.find_first_of(":/?");
  if (colon != std::string_view::npos && text[colon] == ':') {
    url.scheme = text.substr(0, colon);
    if (url.scheme.empty() || !is_letter(url.scheme[0])) return std::nullopt;
    for (const char c : url.scheme) {
      if (!is_letter(c) && !is_digit(c) && c != '+' && c != '-' && c != '.') return std::nullopt;
    }
    text.remove_prefix(colon + 1);
    if (text.empty()) return std::nullopt;
    if (text[0] != '/') return url;  // opaque: mailto:a@b
  }
  if (const std::size_t mark = text.find('?'); mark != std::string_view::npos) {
    url.query = text.substr(mark + 1);
    text = text.substr(0, mark);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const std::size_t slash = text.find('/');
    std::string_view authority = text.substr(0, slash);
    text = slash == std::string_view::npos ? std::string_view{} : text.substr(slash);
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);
    std::size_t end = authority.find(':');
    if (authority.starts_with('[')) {
      end = authority.find(']');
      if (end == std::string_view::npos) return std::nullopt;
      ++end;
    }
    url.host = authority.substr(0, end);
    if (end != std::string_view::npos && end < authority.size() && authority[end] == ':') {
      const std::string_view digits = authority.substr(end + 1);
      std::int64_t port = 0;
      const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
      if (digits.empty()) {
        // No port.
      } else if (error != std::errc{} || stop != digits.data() + digits.size()) {
        url.host = {};  // an authority by registry: no host, no port
      } else {
        url.port = port;
      }
    }
    if (url.host.find('_') != std::string_view::npos || url.host.find('%') != std::string_view::npos) url.host = {};
  }
  url.path = text;
  return url;
}

/// What escapes say; nothing if one of them is none.
std::optional<std::string> decoded(std::string_view text, bool plus_is_blank) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return std::nullopt;
      unsigned byte = 0;
      std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16);
      result += static_cast<char>(byte);
      i += 2;
    } else {
      result += plus_is_blank && text[i] == '+' ? ' ' : text[i];
    }
  }
  return valid_text(result);
}

template <std::string_view Url::* Part, bool Decoded>
Answer part(const Call& call) {
  const auto url = parse(call.text(0));
  if (!url) return Value{};
  if (Decoded) return Value{decoded((*url).*Part, false).value_or(std::string{(*url).*Part})};
  return Value{std::string{(*url).*Part}};
}

Answer port(const Call& call) {
  const auto url = parse(call.text(0));
  return url && url->port ? Value{*url->port} : Value{};
}

Answer parameter(const Call& call) {
  const auto url = parse(call.text(0));
  if (!url) return Value{};
  std::string_view rest = url->query;
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    const std::size_t equals = pair.find('=');
    if (decoded(pair.substr(0, equals), true) == call.text(1)) {
      if (equals == std::string_view::npos) return Value{std::string{}};
      return Value{decoded(pair.substr(equals + 1), true).value_or(std::string{pair.substr(equals + 1)})};
    }
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return Value{};
}

Answer encode(const Call& call) {
  std::string result;
  for (const char c : call.text(0)) {
    if (is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.' || c == '*') {
      result += c;
    } else if (c == ' ') {
      result += '+';
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return Value{std::move(result)};
}

/// What is wrong with the first escape that is no byte, as Java tells it.
std::string escape_fault(std::string_view text) {
  for (std::size_t i = text.find('%'); i != std::string_view::npos; i = text.find('%', i + 3)) {
    if (i + 2 >= text.size()) return "URLDecoder: Incomplete trailing escape (%) pattern";
    for (const std::size_t at : {i + 1, i + 2}) {
      if (is_hex(text[at])) continue;
      const std::string rest = valid_text(text.substr(at));
      return fmt::format(
          "URLDecoder: Illegal hex characters in escape (%) pattern - not a hexadecimal digit: \"{}\" = {}",
          first_letter(rest), first_code_point(rest));
    }
  }
  return {};
}

Answer decode(const Call& call) {
  auto text = decoded(call.text(0), true);
  if (!text) return invalid_argument(escape_fault(call.text(0)));
  return Value{*std::move(text)};
}

constexpr auto kFunctions = std::to_array<Function>({
    {"url_extract_protocol", part<&Url::scheme, false>},
    {"url_extract_host", part<&Url::host, false>},
    {"url_extract_path", part<&Url::path, true>},
    {"url_extract_query", part<&Url::query, true>},
    {"url_extract_fragment", part<&Url::fragment, true>},
    {"url_extract_port", port},
    {"url_extract_parameter", parameter},
    {"url_encode", encode},
    {"url_decode", decode},
});

}  // namespace

std::span<const Function> url_functions() {
  return kFunctions;
}

}  // namespace flowtrail::trino
