// The answers of one account, printed in every form, with all the memory they want and with next to none: whatever can
// be put away on disk is then put away, piece by piece.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "investigate/report.h"
#include "sample/sample.h"

namespace flowtrail::sample {
namespace {

namespace fs = std::filesystem;
using investigate::EvidenceDetail;

class MemoryBudget : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = fs::temp_directory_path() / ("flowtrail-budget-" + std::to_string(::getpid()));
    Options options;
    options.folder = folder_;
    options.seed = 5;
    options.days = 1;
    options.scenario = Scenario::kRandom;
    ASSERT_TRUE(write_sample(options));
  }
  static void TearDownTestSuite() { fs::remove_all(folder_); }

  using Values = std::vector<std::pair<std::string, std::string>>;
  static investigate::Request request(std::string_view name, const Values& values, std::size_t budget) {
    investigate::Request request;
    request.question = *investigate::find_question(name);
    for (const auto& [key, value] : values) {
      EXPECT_TRUE(request.parameters.set(key, value, request.question->parameters));
    }
    request.parameters.finish(request.question->parameters);
    request.input.sources = {folder_.string()};
    request.input.memory_budget_bytes = budget;
    return request;
  }

  /// In all forms, with a limit and without.
  static std::string printed(const investigate::Request& request) {
    std::string text;
    const auto report = investigate::investigate(request);
    EXPECT_TRUE(report) << report.error().to_string();
    if (!report) return text;
    for (const output::Format format : {output::Format::kTable, output::Format::kCsv, output::Format::kTsv,
                                        output::Format::kJson, output::Format::kNdjson, output::Format::kMarkdown}) {
      for (const std::uint64_t limit : {0U, 7U}) {
        investigate::PrintOptions options;
        options.limit = limit;
        options.remediation = investigate::Remediation::kCli;
        EXPECT_TRUE(investigate::write_report(*report, format, options, output::append_to(text)));
      }
    }
    return text;
  }

  static inline fs::path folder_;
};

constexpr std::size_t kPlenty = std::size_t{128} << 20U;

TEST_F(MemoryBudget, ChangesNoByteOfAnAnswer) {
  const std::vector<Values> asked{{}, {{"port", "22,443"}}, {{"by", "instance"}}, {{"by", "fleet"}}};
  for (const Values& values : asked) {
    for (const EvidenceDetail detail : {EvidenceDetail::kFirst, EvidenceDetail::kAll}) {
      if (detail == EvidenceDetail::kAll && !values.empty()) continue;
      investigate::Request plenty = request("access", values, kPlenty);
      plenty.detail = detail;
      const std::string expected = printed(plenty);
      EXPECT_GT(expected.size(), 10'000U);
      for (const std::size_t budget : {std::size_t{0}, std::size_t{20'000}}) {
        investigate::Request small = request("access", values, budget);
        small.detail = detail;
        EXPECT_TRUE(printed(small) == expected) << budget << " bytes" << (values.empty() ? "" : values[0].second);
      }
    }
  }
}

TEST_F(MemoryBudget, AFolderThatCannotBeWrittenIsSaidOnceItIsNeeded) {
  investigate::Request small = request("access", {}, 0);
  small.input.temporary_folder = "/nowhere/at/all";
  const auto report = investigate::investigate(small);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kIo);
  EXPECT_EQ(report.error().where, "/nowhere/at/all");
  EXPECT_NE(report.error().hint.find("TMPDIR"), std::string::npos);

  investigate::Request plenty = request("access", {}, kPlenty);
  plenty.input.temporary_folder = "/nowhere/at/all";
  EXPECT_TRUE(investigate::investigate(plenty));
}

}  // namespace
}  // namespace flowtrail::sample
