#include <gtest/gtest.h>

#include <algorithm>
#include <exception>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "trino/function.h"
#include "trino/function_examples.h"
#include "trino/test_values.h"
#include "trino/valid_text.h"

namespace flowtrail::trino {
namespace {

/// A call written down, ready to be made.
struct WrittenCall {
  const Function* function = nullptr;
  std::vector<Type> types;
  Values arguments;
  std::vector<bool> constant;
  Type result;

  /// An exception is a failure of the test.
  [[nodiscard]] Answer make() const {
    if (!function->takes_null && std::ranges::any_of(arguments, &Value::is_null)) return Value{};
    try {
      return function->call({arguments, types, result});
    } catch (const std::exception& exception) {
      std::string shown_arguments;
      for (const Value& argument : arguments) shown_arguments += shown(argument) + " ";
      ADD_FAILURE() << exception.what() << " of " << shown_arguments;
      return Value{};
    }
  }
};

WrittenCall written(const FunctionExample& example) {
  WrittenCall call;
  call.function = find_function(example.name);
  EXPECT_NE(call.function, nullptr) << example.name;
  call.result = type_of(example.result);
  for (std::string_view argument : example.arguments) {
    constexpr std::string_view kConstant = "constant ";
    call.constant.push_back(argument.starts_with(kConstant));
    if (call.constant.back()) argument.remove_prefix(kConstant.size());
    const std::size_t colon = argument.find(": ");
    call.types.push_back(type_of(argument.substr(0, colon)));
    call.arguments.push_back(value_of(call.types.back(), argument.substr(colon + 2)));
  }
  return call;
}

std::string text_of(const FunctionExample& example) {
  std::string text = std::string{example.name} + "(";
  for (const std::string_view argument : example.arguments) {
    text += (text.ends_with('(') ? "" : "; ") + std::string{argument};
  }
  return text + ")";
}

std::string text_of(const scalar::ScalarError& error) {
  if (error.name == "INVALID_FUNCTION_ARGUMENT") return "!" + error.message;
  return "!!" + std::string{error.name} + " " + error.message;
}

void check(const std::vector<FunctionExample>& examples) {
  for (const FunctionExample& example : examples) {
    const WrittenCall call = written(example);
    if (call.function == nullptr) continue;
    const Answer answer = call.make();
    if (example.expected.starts_with('!') || !answer) {
      EXPECT_EQ(answer ? shown(*answer) : text_of(answer.error()), example.expected) << text_of(example);
    } else {
      EXPECT_TRUE(same_content(*answer, value_of(call.result, example.expected)))
          << text_of(example) << ": " << shown(*answer) << ", expected " << example.expected;
    }
  }
}

TEST(Functions, AggregatesAnswerAsTrino) {
  check(aggregate_examples());
}
TEST(Functions, ArraysAndMapsAnswerAsTrino) {
  check(array_examples());
}
TEST(Functions, BytesAnswerAsTrino) {
  check(binary_examples());
}
TEST(Functions, CastsComparisonsAndFormatAnswerAsTrino) {
  check(general_examples());
}
TEST(Functions, JsonAnswersAsTrino) {
  check(json_examples());
}
TEST(Functions, NumbersAnswerAsTrino) {
  check(number_examples());
}
TEST(Functions, RegularExpressionsAnswerAsTrino) {
  check(regexp_examples());
}
TEST(Functions, TextsAnswerAsTrino) {
  check(text_examples());
}
TEST(Functions, TimesAnswerAsTrino) {
  check(time_examples());
}
TEST(Functions, UrlsAnswerAsTrino) {
  check(url_examples());
}

std::vector<FunctionExample> all_examples() {
  std::vector<FunctionExample> all;
  for (auto& examples : {aggregate_examples(), array_examples(), binary_examples(), general_examples(), json_examples(),
                         number_examples(), regexp_examples(), text_examples(), time_examples(), url_examples()}) {
    all.insert(all.end(), examples.begin(), examples.end());
  }
  return all;
}

std::vector<const Function*> catalogue() {
  std::vector<const Function*> all;
  for (const auto& list : {aggregate_functions(), array_functions(), binary_functions(), format_functions(),
                           general_functions(), json_functions(), number_functions(), regexp_functions(),
                           text_functions(), time_functions(), url_functions()}) {
    for (const Function& function : list) all.push_back(&function);
  }
  return all;
}

TEST(Functions, EveryFunctionHasItsNameAloneAndSeveralExamples) {
  std::map<std::string_view, int> examples;
  for (const FunctionExample& example : all_examples()) ++examples[example.name];
  for (const Function* function : catalogue()) {
    EXPECT_EQ(find_function(function->name), function) << "two functions are called " << function->name;
    EXPECT_GE(examples[function->name], 2) << function->name;
  }
  EXPECT_EQ(find_function("no_such_function"), nullptr);
  EXPECT_EQ(find_function(""), nullptr);
}

/// Aggregates see rows: none of them is NULL, though their fields may be.
Value random_rows(RandomValues& random, const Type& row) {
  Values rows;
  for (std::size_t i = random.below(6); i > 0; --i) rows.push_back(random.value(row));
  return Value{std::move(rows)};
}

/// DuckDB keeps no varchar that is no UTF-8.
bool has_valid_texts(const Type& type, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value.content)) {
    return type.kind() != TypeKind::kVarchar || valid_text(*text) == *text;
  }
  const auto* parts = std::get_if<Values>(&value.content);
  if (parts == nullptr || type.children().empty()) return true;
  for (std::size_t i = 0; i < parts->size(); ++i) {
    if (!has_valid_texts(type.children()[i % type.children().size()], (*parts)[i])) return false;
  }
  return true;
}

/// The call with other arguments of the same types.
void vary(RandomValues& random, const FunctionExample& example, WrittenCall& call) {
  const WrittenCall original = written(example);
  const bool aggregate = example.name.starts_with("agg_");
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    if (call.constant[i] || random.one_in(6)) {
      call.arguments[i] = original.arguments[i];
    } else if (aggregate && i == 0 && call.types[0].children()[0].kind() == TypeKind::kRow) {
      call.arguments[i] = random_rows(random, call.types[0].children()[0]);
    } else {
      call.arguments[i] = random.nullable(call.types[i]);
    }
    // Filling up to a billion letters works, and takes its time.
    const bool pads = example.name == "lpad" || example.name == "rpad";
    if (pads && i == 1 && !call.arguments[i].is_null() && call.arguments[i].integer() > 100'000) {
      call.arguments[i] = Value{std::int64_t{100'000}};
    }
  }
}

TEST(Functions, AnyValuesOfTheirTypesAreAnsweredOrRefused) {
  RandomValues random{20240229};
  for (const FunctionExample& example : all_examples()) {
    WrittenCall call = written(example);
    if (call.function == nullptr) continue;
    for (int i = 0; i < 150; ++i) {
      vary(random, example, call);
      SCOPED_TRACE(text_of(example));
      const Answer answer = call.make();
      std::string shown_arguments;
      for (const Value& argument : call.arguments) shown_arguments += shown(argument) + " ";
      if (answer) {
        EXPECT_TRUE(is_of(call.result, *answer) && has_valid_texts(call.result, *answer))
            << text_of(example) << " with " << shown_arguments << ": " << shown(*answer);
      } else {
        ASSERT_FALSE(answer.error().name.empty()) << text_of(example) << " with " << shown_arguments;
        EXPECT_EQ(valid_text(answer.error().message), answer.error().message) << text_of(example);
      }
    }
  }
}

TEST(Functions, NullArgumentsAreAnsweredOrRefused) {
  for (const FunctionExample& example : all_examples()) {
    SCOPED_TRACE(text_of(example));
    const WrittenCall original = written(example);
    if (original.function == nullptr) continue;
    for (std::size_t i = 0; i < original.arguments.size(); ++i) {
      if (original.constant[i]) continue;
      WrittenCall call = original;
      call.arguments[i] = Value{};
      const Answer answer = call.make();
      if (!call.function->takes_null) {
        EXPECT_TRUE(answer && answer->is_null()) << text_of(example);
      }
      if (answer) {
        EXPECT_TRUE(is_of(call.result, *answer)) << text_of(example) << ": " << shown(*answer);
      }
    }
  }
}

TEST(Functions, BrokenAndLongTextsAreAnsweredOrRefused) {
  std::vector<std::string> texts = {"",  "\xff",  "\xc3",        "\x80\x80", "a\xf0\x9f", std::string("\0", 1),
                                    "%", "%\xff", "\xed\xa0\x80"};
  texts.emplace_back(20'000, 'a');
  texts.emplace_back(20'000, '%');
  texts.emplace_back(20'000, '9');
  texts.emplace_back(20'000, '[');
  texts.emplace_back(20'000, '\xff');
  for (const FunctionExample& example : all_examples()) {
    SCOPED_TRACE(text_of(example));
    const WrittenCall original = written(example);
    if (original.function == nullptr) continue;
    for (std::size_t i = 0; i < original.arguments.size(); ++i) {
      const TypeKind kind = original.types[i].kind();
      if (original.constant[i] || (kind != TypeKind::kVarchar && kind != TypeKind::kVarbinary)) continue;
      for (const std::string& text : texts) {
        WrittenCall call = original;
        call.arguments[i] = Value{text};
        const Answer answer = call.make();
        if (answer) {
          EXPECT_TRUE(is_of(call.result, *answer)) << text_of(example) << " with " << shown(Value{text});
        }
      }
    }
  }
}

TEST(Functions, ShuffledArraysKeepTheirElements) {
  RandomValues random{5};
  const Type type = type_of("array(bigint)");
  WrittenCall call{find_function("shuffle"), {type}, {Value{}}, {false}, type};
  bool moved = false;
  for (int i = 0; i < 200; ++i) {
    call.arguments[0] = random.value(type);
    const Answer answer = call.make();
    ASSERT_TRUE(answer);
    const auto sorted = [](Values values) {
      std::ranges::sort(values, {}, shown);
      return values;
    };
    EXPECT_EQ(sorted(answer->parts()), sorted(call.arguments[0].parts()));
    moved = moved || *answer != call.arguments[0];
  }
  EXPECT_TRUE(moved);
}

}  // namespace
}  // namespace flowtrail::trino
