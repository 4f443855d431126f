// SQLite behind plain C++: a file, statements, transactions. The only folder that includes `sqlite3.h`.
//
// Errors of all calls: kCorrupt for a file that is no database or is damaged, kDenied, kNotFound for a folder that is
// not there, otherwise kIo; the file stands in `where`.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace flowtrail::sqlite {

class Database;

/// One prepared statement, to be run as often as needed, each time with values of its own. Must end before its
/// database.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  /// Starts a run: parameters from 1 on get these values. Texts are not copied and have to live until the run's end.
  template <typename... Values>
  void bind(const Values&... values) {
    reset();
    int parameter = 0;
    (bind_one(++parameter, values), ...);
  }
  /// The next row; false: there is none.
  [[nodiscard]] Result<bool> step();
  /// A whole run of a statement that has no rows.
  template <typename... Values>
  [[nodiscard]] Status run(const Values&... values) {
    bind(values...);
    FT_CHECK(step());
    return {};
  }

  // Columns of the present row, from 0 on.
  [[nodiscard]] std::int64_t integer(int column) const;
  /// Text or bytes; empty for NULL.
  [[nodiscard]] std::string text(int column) const;

 private:
  friend class Database;
  Statement(const Database& database, sqlite3_stmt* statement) : database_(&database), statement_(statement) {}
  void reset();
  void bind_one(int parameter, std::string_view value);
  template <std::integral Integer>
  void bind_one(int parameter, Integer value) {
    bind_integer(parameter, static_cast<std::int64_t>(value));
  }
  void bind_integer(int parameter, std::int64_t value);

  const Database* database_;
  sqlite3_stmt* statement_;
};

/// Not thread-safe: one for each thread.
class Database {
 public:
  struct Options {
    std::string name;                   // what messages call it: "manifest"
    std::chrono::milliseconds wait{0};  // for another process that is changing the file
  };
  /// Opens it or makes an empty one; ":memory:" is one in memory. A file that cannot be written is opened for reading.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::string& path, Options options);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  [[nodiscard]] const std::string& path() const { return path_; }

  /// Any number of statements without parameters; their rows are dropped.
  [[nodiscard]] Status execute(const char* sql) const;
  [[nodiscard]] Result<Statement> prepare(std::string_view sql) const;
  /// The first column of the first row; 0 if there is no row.
  [[nodiscard]] Result<std::int64_t> integer(std::string_view sql) const;
  /// Rows that the last INSERT, UPDATE or DELETE changed, without those of foreign keys.
  [[nodiscard]] std::int64_t changed_rows() const;
  /// The number of the row that was inserted last.
  [[nodiscard]] std::int64_t last_row() const;

 private:
  friend class Statement;
  friend class Transaction;
  Database(std::string path, Options options) : path_(std::move(path)), options_(std::move(options)) {}
  [[nodiscard]] Error last_error() const;

  std::string path_;
  Options options_;
  sqlite3* handle_ = nullptr;
};

/// All or nothing: what is not committed is undone at the end of its life.
class Transaction {
 public:
  /// Nobody else writes from now on.
  [[nodiscard]] static Result<Transaction> begin(const Database& database);
  /// To read only: all is seen as the first statement saw it. Needs no commit.
  [[nodiscard]] static Result<Transaction> read(const Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  /// On disk when it returns.
  [[nodiscard]] Status commit();

 private:
  explicit Transaction(const Database& database) : database_(&database) {}
  const Database* database_;  // nullptr: nothing to undo
};

}  // namespace flowtrail::sqlite
