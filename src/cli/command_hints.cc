#include "cli/command_hints.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <vector>

#include "base/name_match.h"

namespace flowtrail::cli {

const CLI::App* find_command(const CLI::App& app, std::string_view name) {
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == name) return command;
  }
  return nullptr;
}

std::string command_hint(const CLI::App& app, std::string_view name) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  return name_hint(name, views);
}

std::string option_hint(const CLI::App& app, std::string_view option) {
  const CLI::App* used = &app;
  for (const CLI::App* command : app.get_subcommands()) used = command;
  std::vector<std::string> names;
  for (const CLI::Option* known : used->get_options()) {
    for (const std::string& name : known->get_lnames()) names.push_back("--" + name);
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view nearest = nearest_name(option.substr(0, option.find('=')), views);
  return nearest.empty() ? std::string{} : fmt::format("did you mean {}?", nearest);
}

}  // namespace flowtrail::cli
