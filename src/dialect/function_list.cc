#include "dialect/function_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "dialect/signature.h"

namespace flowtrail::dialect {
namespace {

using Types = std::vector<std::string>;

struct Form {
  std::string_view name;
  FunctionKind kind = FunctionKind::kScalar;
  std::vector<Types> parameters;
  Types results;
};

std::string shown_type(std::string_view pattern) {
  if (pattern.ends_with('!')) pattern.remove_suffix(1);
  if (pattern == "text") return "varchar";
  if (pattern == "text...") return "varchar...";
  if (pattern == "timestamptz") return "timestamp with time zone";
  return std::string{pattern};
}

/// The family of a result that is reckoned from the arguments (signature.h).
std::string reckoned_family(std::string_view name, const std::vector<Types>& parameters) {
  constexpr std::array<std::string_view, 6> kTexts{"text",    "replaced", "regexp_replaced",
                                                   "encoded", "iso",      "iso_zoned"};
  if (std::ranges::find(kTexts, name) != kTexts.end()) return "varchar";
  if (name == "char_sum") return "char";
  if (name == "zoned") return "timestamp with time zone";
  if (name == "second") return parameters[1].front();
  if (name == "third") return parameters[2].front();
  return "decimal";
}

std::string shown_result(std::string_view result, const std::vector<Types>& parameters) {
  if (result == "=") return parameters[0].front();
  if (result.starts_with('$')) return reckoned_family(result.substr(1), parameters);
  const Pattern pattern = split_pattern(result);
  if (pattern.parts.empty() || result.find_first_of("=$") == std::string_view::npos) return std::string{result};
  Types parts;
  for (const std::string_view part : pattern.parts) parts.push_back(shown_result(part, parameters));
  return fmt::format("{}({})", pattern.name, fmt::join(parts, ", "));
}

Form form_of(const Signature& signature) {
  Form form{signature.name, signature.kind, {}, {}};
  if (!signature.parameters.empty()) {
    for (const std::string_view parameter : split_list(signature.parameters, ';')) {
      form.parameters.push_back({shown_type(parameter)});
    }
  }
  form.results.push_back(shown_result(signature.result, form.parameters));
  return form;
}

/// The one place where both differ; nothing: there is none, or more than one.
std::optional<std::size_t> only_difference(const Form& a, const Form& b) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < a.parameters.size(); ++i) {
    if (a.parameters[i] == b.parameters[i]) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

/// Adds `other`, of a single signature, to `form` if that leaves one form.
bool merge(Form& form, const Form& other) {
  if (form.name != other.name || form.kind != other.kind || form.parameters.size() != other.parameters.size()) {
    return false;
  }
  if (form.parameters == other.parameters && form.results == other.results) return true;
  const auto place = only_difference(form, other);
  if (!place) return false;
  Types& types = form.parameters[*place];
  const Types& added = other.parameters[*place];
  const bool follows = form.results == types && other.results == added;
  if (!follows && form.results != other.results) return false;
  if (follows) form.results.push_back(other.results.front());
  types.push_back(added.front());
  return true;
}

FunctionForm shown(const Form& form) {
  Types parameters;
  for (const Types& types : form.parameters) parameters.push_back(fmt::format("{}", fmt::join(types, "/")));
  return {form.name, form.kind, fmt::format("{}", fmt::join(parameters, ", ")),
          fmt::format("{}", fmt::join(form.results, "/"))};
}

}  // namespace

std::string FunctionForm::text() const {
  return fmt::format("{}({}) -> {}", name, arguments, result);
}

std::string_view kind_name(FunctionKind kind) {
  switch (kind) {
    case FunctionKind::kScalar: return "scalar";
    case FunctionKind::kAggregate: return "aggregate";
    case FunctionKind::kWindow: return "window";
  }
  return {};
}

std::vector<FunctionForm> function_list() {
  std::vector<Form> forms;
  for (const Signature& signature : signatures()) {
    const Form form = form_of(signature);
    if (std::ranges::none_of(forms, [&form](Form& known) { return merge(known, form); })) forms.push_back(form);
  }
  std::ranges::stable_sort(forms, {}, [](const Form& form) { return std::pair{form.kind, form.name}; });
  std::vector<FunctionForm> list;
  list.reserve(forms.size());
  for (const Form& form : forms) list.push_back(shown(form));
  return list;
}

}  // namespace flowtrail::dialect
