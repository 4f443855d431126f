#include "trino/function.h"

#include <unordered_map>

namespace flowtrail::trino {
namespace {

std::unordered_map<std::string_view, const Function*> all_functions() {
  std::unordered_map<std::string_view, const Function*> map;
  for (const auto& list : {aggregate_functions(), array_functions(), binary_functions(), format_functions(),
                           general_functions(), json_functions(), number_functions(), regexp_functions(),
                           text_functions(), time_functions(), url_functions()}) {
    for (const Function& function : list) map.emplace(function.name, &function);
  }
  return map;
}

}  // namespace

const Function* find_function(std::string_view name) {
  static const auto kFunctions = all_functions();
  const auto found = kFunctions.find(name);
  return found == kFunctions.end() ? nullptr : found->second;
}

}  // namespace flowtrail::trino
