#include "shell/dot_command.h"

#include <gtest/gtest.h>

namespace flowtrail::shell {
namespace {

Error error_of(std::string_view line) {
  const auto parsed = parse_dot_command(line);
  return parsed ? Error{} : parsed.error();
}

TEST(DotCommand, IsALineThatBeginsWithADot) {
  EXPECT_TRUE(is_dot_command(".tables"));
  EXPECT_TRUE(is_dot_command("  .tables"));
  EXPECT_FALSE(is_dot_command("SELECT .5"));
  EXPECT_FALSE(is_dot_command(""));
}

TEST(DotCommand, HasANameAndAnArgument) {
  const auto command = parse_dot_command("  .inspect  vpc_flow_logs ; ");
  ASSERT_TRUE(command.has_value());
  EXPECT_EQ(command->kind, DotKind::kInspect);
  EXPECT_EQ(command->argument, "vpc_flow_logs");
  EXPECT_EQ(parse_dot_command(".exit").value().kind, DotKind::kQuit);
  EXPECT_EQ(parse_dot_command(".tables").value().argument, "");
}

TEST(DotCommand, TakesQuotesOffAnArgumentButNotOffAStatement) {
  EXPECT_EQ(parse_dot_command(".read 'my file.sql'").value().argument, "my file.sql");
  EXPECT_EQ(parse_dot_command(".explain SELECT 'a' AS \"b\";").value().argument, "SELECT 'a' AS \"b\"");
}

TEST(DotCommand, AnUnknownNameTellsTheNearest) {
  EXPECT_EQ(error_of(".tabels").what, "no such command: .tabels");
  EXPECT_EQ(error_of(".tabels").hint, "did you mean .tables?");
  EXPECT_TRUE(error_of(".x\x1b").what.ends_with("\\x1b"));
}

TEST(DotCommand, WrongArgumentsTellTheUsage) {
  EXPECT_EQ(error_of(".timer maybe").what, ".timer is on or off");
  EXPECT_EQ(error_of(".timer").hint, "usage: .timer on|off");
  EXPECT_EQ(error_of(".read").what, ".read needs an argument");
  EXPECT_EQ(error_of(".quit now").what, ".quit takes no argument");
}

TEST(DotCommand, HelpNamesEveryCommand) {
  const std::string all = dot_command_help("").value();
  for (const std::string_view name : dot_command_names()) {
    EXPECT_NE(all.find(name), std::string::npos) << name;
    EXPECT_TRUE(dot_command_help(name).value().starts_with(name)) << name;
  }
  EXPECT_TRUE(dot_command_help("mode").value().starts_with(".mode [FORMAT]: "));
  EXPECT_EQ(dot_command_help("modes").error().hint, "did you mean .mode?");
}

}  // namespace
}  // namespace flowtrail::shell
