#pragma once
#include <string>
namespace flowtrail::trino {
struct NativeInstance {
  std::string name;
};
}  // namespace flowtrail::trino
