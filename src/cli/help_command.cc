// `flowtrail help [TOPIC | COMMAND | investigate NAME]`.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/name_match.h"
#include "cli/command_hints.h"
#include "cli/commands.h"
#include "cli/help_topics.h"
#include "cli/print.h"
#include "cli/question_help.h"
#include "investigate/question.h"

namespace flowtrail::cli {
namespace {

std::string overview(const CLI::App& app) {
  std::string text = app.help();
  text += "\nTopics:\n";
  for (const HelpTopic& topic : help_topics()) text += fmt::format("  help {:<13} {}\n", topic.name, topic.title);
  return text;
}

Result<std::string> help_text(const CLI::App& app, const std::vector<std::string>& words) {
  if (words.empty()) return overview(app);
  if (words.size() == 2 && words[0] == "investigate") {
    FT_TRY(const investigate::Question* question, investigate::find_question(words[1]));
    return question_help(*question);
  }
  for (const HelpTopic& topic : help_topics()) {
    if (topic.name == words[0]) return fmt::format("{}: {}\n\n{}", topic.name, topic.title, topic.text);
  }
  if (const CLI::App* command = find_command(app, words[0])) return command->help();
  if (const auto question = investigate::find_question(words[0])) return question_help(**question);
  std::vector<std::string> names;
  for (const HelpTopic& topic : help_topics()) names.emplace_back(topic.name);
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  return std::unexpected(Error{ErrorCode::kUsage, "no help on: " + words[0], {}, name_hint(words[0], views)});
}

}  // namespace

void add_help_command(CLI::App& app, int& exit_code) {
  auto words = std::make_shared<std::vector<std::string>>();
  CLI::App* help = app.add_subcommand("help", "Explain a topic, a command, or a question: help investigate NAME");
  help->add_option("TOPIC", *words, "Topic, command, or `investigate NAME`");
  help->callback([words, &app, &exit_code] {
    const auto text = help_text(app, *words);
    if (!text) print_error(text.error());
    const Status status = text ? print_result(*text) : Status{};
    exit_code = text && status ? kDone : text ? kFailed : kUsage;
  });
}

}  // namespace flowtrail::cli
