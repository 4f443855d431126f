#include "engine/duckdb_library.h"

#include <gtest/gtest.h>

namespace flowtrail::engine {
namespace {

TEST(DuckDbLibrary, HasEveryFunctionThatIsCalled) {
  for (int again = 0; again < 2; ++again) {
    const Status loaded = load_duckdb();
    EXPECT_TRUE(loaded) << loaded.error().what;
  }
}

}  // namespace
}  // namespace flowtrail::engine
