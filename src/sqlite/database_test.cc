#include "sqlite/database.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace flowtrail::sqlite {
namespace {

class DatabaseTest : public testing::Test {
 protected:
  void SetUp() override { TearDown(); }
  void TearDown() override { std::filesystem::remove(path_); }
  std::unique_ptr<Database> open() const {
    auto database = Database::open(path_, {"notes", std::chrono::milliseconds{0}});
    if (!database) ADD_FAILURE() << database.error().to_string();
    return *std::move(database);
  }
  std::string path_ = std::filesystem::path{testing::TempDir()} /
                      fmt::format("database_test_{}_{}.sqlite",
                                  testing::UnitTest::GetInstance()->current_test_info()->name(), getpid());
};

TEST_F(DatabaseTest, TextsAndIntegersComeBackAsTheyWere) {
  const std::string zero{"a\0b", 3};
  {
    const auto database = open();
    ASSERT_TRUE(database->execute("CREATE TABLE t (number INTEGER, text TEXT NOT NULL)"));
    auto insert = database->prepare("INSERT INTO t VALUES (?, ?)").value();
    ASSERT_TRUE(insert.run(INT64_MIN, zero));
    ASSERT_TRUE(insert.run(7U, std::string_view{}));
    ASSERT_TRUE(insert.run(8, "it's \xff"));
    EXPECT_EQ(database->changed_rows(), 1);
    EXPECT_EQ(database->last_row(), 3);
  }
  const auto database = open();
  auto select = database->prepare("SELECT number, text FROM t ORDER BY number").value();
  for (const auto& [number, text] :
       std::initializer_list<std::pair<std::int64_t, std::string>>{{INT64_MIN, zero}, {7, ""}, {8, "it's \xff"}}) {
    ASSERT_TRUE(select.step().value());
    EXPECT_EQ(select.integer(0), number);
    EXPECT_EQ(select.text(1), text);
  }
  EXPECT_FALSE(select.step().value());
}

TEST_F(DatabaseTest, WhatIsNotCommittedIsUndone) {
  const auto database = open();
  ASSERT_TRUE(database->execute("CREATE TABLE t (number INTEGER)"));
  {
    const auto transaction = Transaction::begin(*database);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(database->execute("INSERT INTO t VALUES (1)"));
  }
  EXPECT_EQ(database->integer("SELECT count(*) FROM t"), 0);
  {
    auto transaction = Transaction::begin(*database).value();
    ASSERT_TRUE(database->execute("INSERT INTO t VALUES (1)"));
    ASSERT_TRUE(transaction.commit());
  }
  EXPECT_EQ(database->integer("SELECT count(*) FROM t"), 1);
}

TEST_F(DatabaseTest, ASecondWriterIsToldToTryAgain) {
  const auto first = open();
  const auto second = open();
  const auto writes = Transaction::begin(*first);
  ASSERT_TRUE(writes);
  const auto refused = Transaction::begin(*second);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kIo);
  EXPECT_EQ(refused.error().what, "notes: database is locked");
  EXPECT_EQ(refused.error().where, path_);
  EXPECT_NE(refused.error().hint, "");
}

TEST_F(DatabaseTest, AReaderSeesOneStateOfTheFile) {
  const auto reader = open();
  ASSERT_TRUE(reader->execute("CREATE TABLE t (number INTEGER)"));
  const auto writer = open();
  {
    const auto transaction = Transaction::read(*reader);
    ASSERT_TRUE(transaction);
    EXPECT_EQ(reader->integer("SELECT count(*) FROM t"), 0);
    EXPECT_FALSE(writer->execute("INSERT INTO t VALUES (1)"));
  }
  EXPECT_TRUE(writer->execute("INSERT INTO t VALUES (1)"));
  EXPECT_EQ(reader->integer("SELECT count(*) FROM t"), 1);
}

TEST_F(DatabaseTest, ErrorsTellWhatKindOfFault) {
  const auto missing = Database::open(path_ + ".d/notes", {.name = "notes"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);

  std::ofstream(path_) << std::string(5000, 'x');
  const auto foreign = Database::open(path_, {.name = "notes"});
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(foreign.error().to_string(), path_ + ": notes: file is not a database");
}

TEST_F(DatabaseTest, AStatementThatCannotBeReadIsAnError) {
  const auto database = open();
  const auto statement = database->prepare("SELEC 1");
  ASSERT_FALSE(statement);
  EXPECT_EQ(statement.error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace flowtrail::sqlite
