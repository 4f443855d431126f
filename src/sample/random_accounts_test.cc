// Two ways of counting on accounts that nobody thought of: the simulator's books against what the investigations print,
// for two hundred random accounts. Everything runs in this process, through the same doors that the command line uses.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "attribution/scanner_list.h"
#include "ingest/ingest.h"
#include "investigate/report.h"
#include "sample/sample.h"

namespace flowtrail::sample {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t kAccountsPerTest = 50;

struct Asked {
  std::string parameters;  // for messages
  investigate::Parameters values;
  ingest::Window window;
};

/// `--name value` and `--flag` as the command line reads them.
Asked read_arguments(const investigate::Question& question, const std::vector<std::string>& arguments) {
  Asked asked;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string name = arguments[i].substr(2);
    asked.parameters += " " + arguments[i];
    if (name == "from" || name == "to") {
      (name == "from" ? asked.window.from : asked.window.to) = *parse_utc(arguments[++i]);
      continue;
    }
    const investigate::ParameterInfo* info = investigate::find_parameter(name);
    EXPECT_NE(info, nullptr) << name;
    const bool flag = info != nullptr && info->kind == investigate::ParameterKind::kFlag;
    const Status set = asked.values.set(name, flag ? "true" : arguments[++i], question.parameters);
    EXPECT_TRUE(set) << name;
  }
  asked.values.finish(question.parameters);
  return asked;
}

class RandomAccount {
 public:
  explicit RandomAccount(std::uint64_t seed)
      : folder_(fs::temp_directory_path() / ("flowtrail-random-" + std::to_string(::getpid()))) {
    fs::remove_all(folder_);
    Options options;
    options.folder = folder_;
    options.seed = seed;
    options.days = 1;
    options.scenario = Scenario::kRandom;
    const auto written = write_sample(options);
    EXPECT_TRUE(written);
    std::ifstream file(folder_ / "truth.json");
    truth_ = Json::parse(file);
  }
  ~RandomAccount() { fs::remove_all(folder_); }
  RandomAccount(const RandomAccount&) = delete;
  RandomAccount& operator=(const RandomAccount&) = delete;

  [[nodiscard]] const Json& cases() const { return truth_.at("cases"); }

  Json rows(const Json& one) {
    const auto question = investigate::find_question(one.at("investigation").get<std::string>());
    EXPECT_TRUE(question);
    const Asked asked = read_arguments(**question, one.at("arguments").get<std::vector<std::string>>());
    const ingest::Evidence& evidence = read(asked.window);
    const Interval window = investigate::window_of(**question, asked.window, evidence);
    const auto report =
        investigate::report_of(**question, asked.values, window, investigate::EvidenceDetail::kNone, evidence);
    EXPECT_TRUE(report);
    std::string printed;
    EXPECT_TRUE(investigate::write_report(*report, output::Format::kJson, {}, output::append_to(printed)));
    return Json::parse(printed).at("rows");
  }

 private:
  /// The sources are read once for each window that the cases ask for.
  const ingest::Evidence& read(const ingest::Window& window) {
    const std::int64_t key = window.from ? to_seconds(*window.from) : 0;
    std::unique_ptr<ingest::Evidence>& evidence = evidence_[key];
    if (!evidence) {
      ingest::Options options;
      options.sources = {folder_.string()};
      options.window = window;
      options.scanners = &attribution::ScannerList::shipped();
      options.peer_order = attribution::PeerOrder::kSuccess;  // that of `access`, the only one that lists peers
      auto ingested = ingest::ingest(options);
      EXPECT_TRUE(ingested);
      evidence = std::move(*ingested);
    }
    return *evidence;
  }

  fs::path folder_;
  Json truth_;
  std::map<std::int64_t, std::unique_ptr<ingest::Evidence>> evidence_;
};

std::string differences(const Json& expected, const Json& printed) {
  std::ostringstream text;
  if (expected.size() != printed.size()) text << expected.size() << " rows, printed " << printed.size() << "; ";
  for (std::size_t i = 0; i < std::min(expected.size(), printed.size()); ++i) {
    for (const auto& [column, value] : expected[i].items()) {
      const Json other = printed[i].value(column, Json("(not printed)"));
      if (other != value) text << "row " << i << " " << column << ": " << value << ", printed " << other << "; ";
    }
    if (text.tellp() > 0) return text.str() + "\n  row: " + expected[i].dump() + "\n  printed: " + printed[i].dump();
  }
  return text.str();
}

void check_accounts(std::uint64_t first) {
  for (std::uint64_t seed = first; seed < first + kAccountsPerTest; ++seed) {
    RandomAccount account(seed);
    for (const Json& one : account.cases()) {
      const std::string found = differences(one.at("rows"), account.rows(one));
      EXPECT_EQ(found, "") << "seed " << seed << ": " << one.at("investigation") << " " << one.at("arguments");
      if (::testing::Test::HasFailure()) return;  // one account tells enough
    }
  }
}

TEST(RandomAccounts, AreCountedAsTheyHappenedFirstFifty) {
  check_accounts(1);
}
TEST(RandomAccounts, AreCountedAsTheyHappenedSecondFifty) {
  check_accounts(1001);
}
TEST(RandomAccounts, AreCountedAsTheyHappenedThirdFifty) {
  check_accounts(2001);
}
TEST(RandomAccounts, AreCountedAsTheyHappenedFourthFifty) {
  check_accounts(3001);
}

}  // namespace
}  // namespace flowtrail::sample
