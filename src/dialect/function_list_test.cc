#include "dialect/function_list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace flowtrail::dialect {
namespace {

std::vector<std::string> forms_of(std::string_view name) {
  std::vector<std::string> texts;
  for (const FunctionForm& form : function_list()) {
    if (form.name == name) texts.push_back(form.text());
  }
  return texts;
}

TEST(FunctionList, NamesEveryFunctionOfTheTable) {
  std::set<std::string_view> listed;
  for (const FunctionForm& form : function_list()) listed.insert(form.name);
  std::set<std::string_view> known;
  for (const Signature& signature : signatures()) known.insert(signature.name);
  EXPECT_EQ(listed, known);
}

TEST(FunctionList, IsSortedByKindAndName) {
  EXPECT_TRUE(std::ranges::is_sorted(function_list(), {},
                                     [](const FunctionForm& form) { return std::pair{form.kind, form.name}; }));
}

TEST(FunctionList, LeavesNoMarkOfTheTableInATextForPeople) {
  for (const FunctionForm& form : function_list()) {
    const std::string text = form.text();
    EXPECT_EQ(text.find_first_of("=$!;{"), std::string::npos) << text;
    EXPECT_EQ(text.find("timestamptz"), std::string::npos) << text;
  }
}

TEST(FunctionList, JoinsSignaturesThatDifferInOneArgument) {
  EXPECT_EQ(forms_of("upper"), (std::vector<std::string>{"upper(varchar/char) -> varchar/char"}));
  EXPECT_EQ(forms_of("split"), (std::vector<std::string>{"split(varchar, varchar) -> array(varchar)",
                                                         "split(varchar, varchar, bigint) -> array(varchar)"}));
  EXPECT_EQ(forms_of("rank"), (std::vector<std::string>{"rank() -> bigint"}));
}

}  // namespace
}  // namespace flowtrail::dialect
