#include "tables/flow_log_columns.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/test_path.h"

namespace flowtrail::tables {
namespace {

std::vector<std::string> names(const std::vector<FlowLogColumn>& columns) {
  std::vector<std::string> result;
  for (const FlowLogColumn& column : columns) result.push_back(column.name);
  return result;
}

TEST(FlowLogColumnsTest, VersionsTwoToFiveAreAlwaysThere) {
  const auto columns = flow_log_columns({});
  EXPECT_EQ(columns.size(), 29U + 5U);
  EXPECT_EQ(columns.front().name, "version");
  EXPECT_EQ(names(columns)[13], "log_status");
  EXPECT_EQ(columns.back().name, "day");
}

TEST(FlowLogColumnsTest, OtherFieldsOfTheSourcesFollowOnce) {
  const auto columns = flow_log_columns({{"version", "reject-reason"}, {"reject-reason", "ecs-cluster-name", "day"}});
  EXPECT_EQ(columns.size(), 29U + 2U + 5U);
  EXPECT_EQ(columns[29].name, "reject_reason");
  EXPECT_EQ(columns[29].field, "reject-reason");
  EXPECT_EQ(columns[30].name, "ecs_cluster_name");
}

TEST(FlowLogColumnsTest, OnlyHeadersAreTakenForHeaders) {
  EXPECT_EQ(parse_header("version account-id  interface-id"),
            (std::vector<std::string>{"version", "account-id", "interface-id"}));
  EXPECT_EQ(parse_header("srcaddr dstaddr encryption-status").size(), 3U);
  for (const char* line : {"", "   ", "2 111122223333 eni-0abc 10.0.0.1 10.0.0.2 1 2 6 1 1 1 1 ACCEPT OK",
                           "hello world", "version", "version account_id", "{\"Records\":[]}", "\x1f\x8b\x08"}) {
    EXPECT_TRUE(parse_header(line).empty()) << line;
  }
}

TEST(FlowLogColumnsTest, OneObjectOfEachFlowLogTellsItsColumns) {
  const std::filesystem::path folder = test_path("flow_log_columns_test");
  std::filesystem::create_directories(folder);
  const auto write = [&](const std::string& name, const std::string& text) {
    std::ofstream{folder / name, std::ios::binary} << text;
    source::Object object;
    object.key = name;
    object.path = folder / name;
    object.kind = source::ObjectKind::kFlowLogText;
    return object;
  };
  source::Inventory inventory;
  inventory.objects = {write("a.log", "version srcaddr traffic-path\n5 10.0.0.1 1\n"),
                       write("b.log", "version srcaddr reject-reason\r\n"),
                       write("c.log", "version srcaddr never-read\n")};
  inventory.objects[0].flow_log_id = "fl-1";
  inventory.objects[1].flow_log_id = "fl-2";
  inventory.objects[2].flow_log_id = "fl-1";
  source::Object absent = inventory.objects[0];
  absent.path = folder / "absent";
  absent.flow_log_id = "fl-3";
  inventory.objects.push_back(absent);

  EXPECT_EQ(read_headers(inventory), (std::vector<std::vector<std::string>>{{"version", "srcaddr", "traffic-path"},
                                                                            {"version", "srcaddr", "reject-reason"}}));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace flowtrail::tables
