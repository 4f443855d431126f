#include "flowlog/flow_record.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

namespace flowtrail::flowlog {
namespace {

TEST(SymbolTable, CodesAreDenseAndStable) {
  SymbolTable symbols;
  EXPECT_EQ(symbols.find("eni-1"), SymbolTable::kAbsent);
  EXPECT_EQ(symbols.code("eni-1"), 1U);
  EXPECT_EQ(symbols.code("eni-2"), 2U);
  EXPECT_EQ(symbols.code("eni-1"), 1U);
  EXPECT_EQ(symbols.find("eni-2"), 2U);
  EXPECT_EQ(symbols.text(2), "eni-2");
  EXPECT_EQ(symbols.size(), 3U);
}

TEST(SymbolTable, NoTextIsAbsent) {
  SymbolTable symbols;
  EXPECT_EQ(symbols.code(""), SymbolTable::kAbsent);
  EXPECT_EQ(symbols.find(""), SymbolTable::kAbsent);
  EXPECT_EQ(symbols.text(SymbolTable::kAbsent), "");
  EXPECT_EQ(symbols.size(), 1U);
}

TEST(SymbolTable, ThreadsAgreeOnCodesAndReadTextsMeanwhile) {
  SymbolTable symbols;
  constexpr int kThreads = 4;
  constexpr int kNames = 3000;
  std::array<std::vector<std::uint32_t>, kThreads> codes;
  {
    std::vector<std::jthread> threads;
    for (auto& of_thread : codes) {
      threads.emplace_back([&symbols, &of_thread] {
        for (int i = 0; i < kNames; ++i) {
          const std::string name = "eni-" + std::to_string(i);
          of_thread.push_back(symbols.code(name));
          EXPECT_EQ(symbols.text(of_thread.back()), name);
        }
      });
    }
  }
  EXPECT_EQ(symbols.size(), kNames + 1U);
  for (const auto& of_thread : codes) EXPECT_EQ(of_thread, codes.front());
}

}  // namespace
}  // namespace flowtrail::flowlog
