#include "dialect/value_call.h"

#include <fmt/format.h>

#include <deque>
#include <map>
#include <mutex>
#include <span>
#include <utility>

#include "engine/value_function.h"
#include "trino/function.h"

namespace flowtrail::dialect {
namespace {

using trino::Type;
using trino::TypeKind;

struct Instance {
  const trino::Function* function = nullptr;
  std::vector<Type> types;
  Type result;
};

struct Instances {
  std::mutex mutex;
  std::map<std::string, std::size_t> places;
  std::deque<Instance> list;
};

Instances& instances() {
  static Instances all;
  return all;
}

/// A text's longest length says nothing about how it is kept.
Type unbounded(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kVarchar: return Type{TypeKind::kVarchar};
    case TypeKind::kArray: return Type::array(unbounded(type.children()[0]));
    case TypeKind::kMap: return Type::map(unbounded(type.children()[0]), unbounded(type.children()[1]));
    case TypeKind::kRow: {
      std::vector<Type> fields;
      for (const Type& field : type.children()) fields.push_back(unbounded(field));
      return Type::row(type.names(), std::move(fields));
    }
    default: return type;
  }
}

std::optional<std::string> run(const Instance& instance, std::span<const trino::Value> arguments,
                               trino::Value& result) {
  auto answer = instance.function->call({arguments, instance.types, instance.result});
  if (!answer) return fmt::format("FT!{}!{}", answer.error().name, answer.error().message);
  result = *std::move(answer);
  return std::nullopt;
}

}  // namespace

std::string value_call(std::string_view function, const std::vector<Type>& types, const Type& result,
                       const std::vector<std::string>& arguments) {
  Instance instance{trino::find_function(function), {}, result};
  std::string key = fmt::format("{}->{}", function, result.to_string());
  for (const Type& type : types) {
    instance.types.push_back(unbounded(type));
    key += ";" + instance.types.back().to_string();
  }
  std::size_t place = 0;
  {
    Instances& all = instances();
    const std::lock_guard lock{all.mutex};
    const auto [found, fresh] = all.places.emplace(std::move(key), all.list.size());
    if (fresh) all.list.push_back(std::move(instance));
    place = found->second;
  }
  return fmt::format("ath_v{}({})", place, fmt::join(arguments, ", "));
}

Status RegisteredCalls::update(engine::Connection& connection) {
  Instances& all = instances();
  while (true) {
    const Instance* instance = nullptr;
    {
      const std::lock_guard lock{all.mutex};
      if (known_ >= all.list.size()) return {};
      instance = &all.list[known_];  // a deque's elements stay where they are
    }
    engine::ValueFunction function{fmt::format("ath_v{}", known_), instance->types, instance->result,
                                   instance->function->takes_null,
                                   [instance](std::span<const trino::Value> arguments, trino::Value& result) {
                                     return run(*instance, arguments, result);
                                   }};
    FT_CHECK(engine::register_value_function(connection, std::move(function)));
    ++known_;
  }
}

}  // namespace flowtrail::dialect
