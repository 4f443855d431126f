#include "sqlite/database.h"

#include <sqlite3.h>

#include <cerrno>
#include <utility>

namespace flowtrail::sqlite {

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

Result<bool> Statement::step() {
  switch (sqlite3_step(statement_)) {
    case SQLITE_ROW: return true;
    case SQLITE_DONE: return false;
    default: return std::unexpected(database_->last_error());
  }
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return {bytes == nullptr ? "" : bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

void Statement::reset() {
  sqlite3_reset(statement_);
}

void Statement::bind_one(int parameter, std::string_view value) {
  // Without data it would be NULL.
  sqlite3_bind_text64(statement_, parameter, value.data() == nullptr ? "" : value.data(), value.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
}

void Statement::bind_integer(int parameter, std::int64_t value) {
  sqlite3_bind_int64(statement_, parameter, value);
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, Options options) {
  std::unique_ptr<Database> database{new Database{path, std::move(options)}};
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (sqlite3_open_v2(path.c_str(), &database->handle_, kFlags, nullptr) != SQLITE_OK) {
    return std::unexpected(database->last_error());
  }
  sqlite3_busy_timeout(database->handle_, static_cast<int>(database->options_.wait.count()));
  // The file may be anybody's: its triggers and views get no functions that could do harm.
  FT_CHECK(database->execute("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF"));
  return database;
}

Database::~Database() {
  sqlite3_close(handle_);
}

Status Database::execute(const char* sql) const {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return std::unexpected(last_error());
}

Result<Statement> Database::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr) != SQLITE_OK) {
    return std::unexpected(last_error());
  }
  return Statement{*this, statement};
}

Result<std::int64_t> Database::integer(std::string_view sql) const {
  FT_TRY(Statement statement, prepare(sql));
  FT_TRY(const bool found, statement.step());
  return found ? statement.integer(0) : 0;
}

std::int64_t Database::changed_rows() const {
  return sqlite3_changes64(handle_);
}

std::int64_t Database::last_row() const {
  return sqlite3_last_insert_rowid(handle_);
}

Error Database::last_error() const {
  Error error{ErrorCode::kIo, fmt::format("{}: {}", options_.name, sqlite3_errmsg(handle_)), path_, {}};
  switch (sqlite3_errcode(handle_) & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: error.code = ErrorCode::kCorrupt; break;
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY: error.code = ErrorCode::kDenied; break;
    case SQLITE_CANTOPEN:
      switch (sqlite3_system_errno(handle_)) {
        case ENOENT: error.code = ErrorCode::kNotFound; break;
        case EACCES:
        case EPERM:
        case EROFS: error.code = ErrorCode::kDenied; break;
        default: break;
      }
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: error.hint = "another process is changing it: try again when that has ended"; break;
    default: break;
  }
  return error;
}

Result<Transaction> Transaction::begin(const Database& database) {
  FT_CHECK(database.execute("BEGIN IMMEDIATE"));
  return Transaction{database};
}

Result<Transaction> Transaction::read(const Database& database) {
  FT_CHECK(database.execute("BEGIN"));
  return Transaction{database};
}

Transaction::Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // Some errors have ended it already. Where this fails as well, the file's journal undoes it at the next opening.
  if (database_ != nullptr && sqlite3_get_autocommit(database_->handle_) == 0) {
    sqlite3_exec(database_->handle_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

Status Transaction::commit() {
  FT_CHECK(database_->execute("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace flowtrail::sqlite
