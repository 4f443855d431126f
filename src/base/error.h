// Failures as values. Everything that can happen to a user (a missing file, a bad line, a wrong option) is an
// `Error` inside a `Result`; exceptions are left to bugs and out-of-memory and are caught once, in `main`.
#pragma once

#include <fmt/format.h>

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace flowtrail {

enum class ErrorCode {
  kUsage,        // the command line or a parameter is wrong
  kNotFound,     // a file, folder or name does not exist
  kDenied,       // the operating system or AWS refused access
  kCorrupt,      // the bytes are not what they claim to be
  kUnsupported,  // well-formed, but not something flowtrail reads
  kIo,           // reading or writing failed half way
  kCancelled,    // the user asked to stop
};

/// One failure, told to the person who has to act on it.
struct Error {
  ErrorCode code = ErrorCode::kIo;
  std::string what;   // one sentence, values last: "port range runs backwards: 80-22"
  std::string where;  // object key and line or byte, SQL line:column; empty where there is no place
  std::string hint;   // what to do next; empty where nothing helps

  /// "WHERE: WHAT (HINT)", on one line.
  [[nodiscard]] std::string to_string() const;
};

template <typename T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

/// Makes the failing side of a `Result`: `return failure(ErrorCode::kUsage, "not a port: {}", text);`.
template <typename... Args>
[[nodiscard]] std::unexpected<Error> failure(ErrorCode code, fmt::format_string<Args...> text, Args&&... args) {
  return std::unexpected(Error{code, fmt::format(text, std::forward<Args>(args)...), {}, {}});
}

}  // namespace flowtrail

#define FT_CONCAT_INNER(a, b) a##b
#define FT_CONCAT(a, b) FT_CONCAT_INNER(a, b)

/// `FT_TRY(const Port port, parse_port(text));` declares `port`, or returns the error to the caller.
#define FT_TRY(declaration, expression)                                         \
  auto FT_CONCAT(ft_result_, __LINE__) = (expression);                          \
  if (!FT_CONCAT(ft_result_, __LINE__)) {                                       \
    return std::unexpected(std::move(FT_CONCAT(ft_result_, __LINE__)).error()); \
  }                                                                             \
  declaration = *std::move(FT_CONCAT(ft_result_, __LINE__))

/// `FT_CHECK(write(file));` returns the error of a `Status` to the caller.
#define FT_CHECK(expression)                                \
  do {                                                      \
    if (auto ft_status = (expression); !ft_status) {        \
      return std::unexpected(std::move(ft_status).error()); \
    }                                                       \
  } while (false)
