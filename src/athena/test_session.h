// For tests: a session over a folder of its own that stands for `s3://logs/`, and its answers as values.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "athena/session.h"
#include "tables/script_runner.h"

namespace flowtrail::athena {

/// Each row as a JSON array.
using Rows = std::vector<std::string>;

class SessionFixture : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              fmt::format("flowtrail_{}_{}_{}", test->test_suite_name(), test->name(), ::getpid());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    open();
  }
  void TearDown() override {
    session_.reset();
    std::filesystem::remove_all(folder_);
  }

  /// A new session over the same engine; the catalog of the one before is gone, unless it is in a file.
  void open(SessionOptions options = {}) {
    session_.reset();
    if (const auto mapped = options.places.add("s3://logs/=" + folder_.string()); !mapped) {
      FAIL() << mapped.error().to_string();
    }
    auto opened = Session::open(connection_, std::move(options));
    ASSERT_TRUE(opened) << opened.error().to_string();
    session_ = *std::move(opened);
  }
  void open_catalog() {
    SessionOptions options;
    options.catalog = folder_ / "catalog.db";
    open(std::move(options));
  }

  void write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream{folder_ / name, std::ios::binary} << text;
  }
  void write_gzip(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    gzFile file = gzopen((folder_ / name).c_str(), "wb");
    ASSERT_NE(file, nullptr);
    EXPECT_EQ(gzwrite(file, text.data(), static_cast<unsigned>(text.size())), static_cast<int>(text.size()));
    EXPECT_EQ(gzclose(file), Z_OK);
  }

  /// The last answer of a script as Trino's protocol has it, or `{"error":...}`.
  nlohmann::json answer(std::string_view sql) {
    std::string text;
    tables::ScriptOutput output;
    output.format = output::Format::kJson;
    output.write = [&text](std::string_view piece) { text += piece; };
    const auto status = session_->run(sql, output);
    if (!status) return nlohmann::json::parse(tables::error_json(status.error()));
    while (text.ends_with('\n')) text.pop_back();
    const std::size_t line = text.rfind('\n');
    return nlohmann::json::parse(line == std::string::npos ? text : text.substr(line + 1), nullptr, false);
  }
  /// Rows in their order.
  Rows ordered_rows(std::string_view sql) {
    const nlohmann::json answered = answer(sql);
    Rows rows;
    if (!answered.is_object() || !answered.contains("rows")) {
      ADD_FAILURE() << sql << "\n" << answered.dump();
      return rows;
    }
    for (const nlohmann::json& row : answered["rows"]) rows.push_back(row.dump());
    return rows;
  }
  /// Rows without an order: sorted.
  Rows rows(std::string_view sql) {
    Rows found = ordered_rows(sql);
    std::ranges::sort(found);
    return found;
  }
  /// For statements that change something.
  void run(std::string_view sql) {
    const nlohmann::json answered = answer(sql);
    EXPECT_FALSE(answered.is_object() && answered.contains("error")) << sql << "\n" << answered.dump();
  }
  /// `NAME at LINE:COLUMN: message`; the place is left out where there is none.
  std::string error(std::string_view sql) {
    const nlohmann::json answered = answer(sql);
    if (!answered.is_object() || !answered.contains("error")) return "no error: " + answered.dump();
    const nlohmann::json& told = answered["error"];
    const std::string place =
        told["line"].is_null() ? "" : fmt::format(" at {}:{}", told["line"].dump(), told["column"].dump());
    return told["name"].get<std::string>() + place + ": " + told["message"].get<std::string>();
  }

  std::filesystem::path folder_;
  engine::Database database_ = engine::Database::open({}).value();
  engine::Connection connection_ = database_.connect().value();
  std::unique_ptr<Session> session_;
};

}  // namespace flowtrail::athena
