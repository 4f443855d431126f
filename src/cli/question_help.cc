#include "cli/question_help.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "output/display_text.h"

namespace flowtrail::cli {
namespace {

using investigate::ParameterInfo;
using investigate::Question;

constexpr std::size_t kWidth = 100;
constexpr std::size_t kIndent = 26;

void add_entry(std::string& text, std::string_view name, std::string_view about) {
  text += fmt::format("  {:<{}}{}\n", name, kIndent - 2, output::wrap(about, kWidth - kIndent, kIndent));
}

std::string examples(const Question& question) {
  std::string text = "Examples (flowtrail sample demo writes data to try them on):\n";
  for (const auto example : question.examples) text += fmt::format("  {}\n", example);
  return text;
}

std::string parameters(const Question& question) {
  std::string text = "Parameters (also as --param NAME=VALUE; repeated ones mean \"or\"; globs take * and ?):\n";
  for (const ParameterInfo& info : investigate::all_parameters()) {
    if (std::ranges::find(question.parameters, info.name) == question.parameters.end()) continue;
    std::string about{info.about};
    if (!info.choices.empty()) about += fmt::format(" ({})", fmt::join(info.choices, ", "));
    if (!info.default_value.empty() && info.default_value != "false")
      about += fmt::format("; default {}", info.default_value);
    add_entry(text, fmt::format("--{}{}{}", info.name, info.value_name.empty() ? "" : " ", info.value_name), about);
  }
  return text;
}

std::string columns(const Question& question) {
  std::string text = "Columns:\n";
  for (const output::Column& column : question.columns) {
    const std::string unit = column.unit.empty() ? std::string{} : fmt::format(" [{}]", column.unit);
    add_entry(text, column.name, fmt::format("{}: {}{}", column.type, column.about, unit));
  }
  return text;
}

std::string fail_words(const Question& question) {
  std::string text = "--fail-on WORD (exit code 3 when a row has it): any";
  for (const auto& words : question.fail_words) text += fmt::format(", {}", fmt::join(words.words, ", "));
  return output::wrap(text, kWidth, 2) + '\n';
}

std::string_view evidence_of(const Question& question) {
  switch (question.window) {
    case Question::Window::kFlows:
      return "Evidence: flow logs for the traffic; CloudTrail and snapshots for groups, rules, interfaces and names.\n"
             "Window: flow records whose start lies in it; default: all that the flow logs cover.\n";
    case Question::Window::kEvents:
      return "Evidence: CloudTrail events; snapshots tell the state before the first of them. Flow logs are not read.\n"
             "Window: events whose time lies in it; default: from the first event to the last.\n";
    case Question::Window::kAll: break;
  }
  return "Evidence: CloudTrail events and snapshots. Flow logs only tell where the default window ends.\n"
         "Window: the state at its end counts; default: all that flow logs, events and snapshots cover.\n";
}

}  // namespace

std::string question_help(const Question& question) {
  return fmt::format(
      "flowtrail investigate {} [options] SOURCE...\n{}.\n\n{}\n\n{}\n{}\n{}\n{}\n"
      "Options of every question: flowtrail investigate --help. Meaning of the counts: --explain.\n",
      question.name, question.title, question.about, examples(question), parameters(question), columns(question),
      fail_words(question));
}

std::string question_explained(const Question& question) {
  return fmt::format("{}: {}.\n\n{}\n\nHow it counts: {}\n\n{}", question.name, question.title, question.about,
                     question.counting, evidence_of(question));
}

}  // namespace flowtrail::cli
