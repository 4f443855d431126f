#include "lake/sync.h"
#include <gtest/gtest.h>
TEST(X, Y) {}
