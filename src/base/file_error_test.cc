#include "base/file_error.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <thread>

namespace flowtrail {
namespace {

TEST(FileError, TellsTheReasonAndItsKind) {
  const auto error_of = [](int number) {
    errno = number;
    return errno_error("cannot open", "a/b");
  };
  EXPECT_EQ(error_of(ENOENT).to_string(), "a/b: cannot open: No such file or directory");
  EXPECT_EQ(error_of(ENOENT).code, ErrorCode::kNotFound);
  EXPECT_EQ(error_of(ENOTDIR).code, ErrorCode::kNotFound);
  EXPECT_EQ(error_of(EACCES).code, ErrorCode::kDenied);
  EXPECT_EQ(error_of(EPERM).code, ErrorCode::kDenied);
  EXPECT_EQ(error_of(ENOSPC).code, ErrorCode::kIo);
}

TEST(WriteAll, WritesMoreThanAPipeTakesAtOnceAndSaysWhenItCannot) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const std::string bytes(300'000, 'x');
  std::jthread writer([&] {
    EXPECT_TRUE(write_all(ends[1], bytes));
    ::close(ends[1]);
  });
  std::string read;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    read.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  EXPECT_EQ(read, bytes);

  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  EXPECT_FALSE(write_all(full, "x"));
  EXPECT_EQ(errno, ENOSPC);
  ::close(full);
}

}  // namespace
}  // namespace flowtrail
