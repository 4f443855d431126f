#include "lake/manifest.h"

#include <sqlite3.h>

#include <utility>

namespace flowtrail::lake {
namespace {

constexpr std::int64_t kFormat = 1;

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS files (number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, records INTEGER NOT "
    "NULL);"
    "CREATE TABLE IF NOT EXISTS objects (key TEXT PRIMARY KEY, size INTEGER NOT NULL, modified INTEGER NOT NULL,"
    " file INTEGER NOT NULL REFERENCES files (number)) WITHOUT ROWID;";

Error sqlite_error(sqlite3* database, const std::string& path) {
  const int code = sqlite3_errcode(database) & 0xff;
  const bool corrupt = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
  return Error{
      corrupt ? ErrorCode::kCorrupt : ErrorCode::kIo, fmt::format("manifest: {}", sqlite3_errmsg(database)), path, {}};
}

}  // namespace

struct Manifest::State {
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { sqlite3_close(database); }

  [[nodiscard]] Status execute(const char* sql) const {
    if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return std::unexpected(sqlite_error(database, path));
  }

  sqlite3* database = nullptr;
  std::string path;
};

namespace {

/// One prepared statement, bound anew for each run.
class Statement {
 public:
  Statement(sqlite3* database, const std::string& path, const char* sql) : database_(database), path_(path) {
    sqlite3_prepare_v2(database, sql, -1, &statement_, nullptr);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void bind(int parameter, std::int64_t value) { sqlite3_bind_int64(statement_, parameter, value); }
  void bind(int parameter, const std::string& value) {
    sqlite3_bind_text64(statement_, parameter, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  /// True: there is a row.
  [[nodiscard]] Result<bool> step() {
    const int outcome = statement_ == nullptr ? SQLITE_ERROR : sqlite3_step(statement_);
    if (outcome == SQLITE_ROW) return true;
    if (outcome != SQLITE_DONE) return std::unexpected(sqlite_error(database_, path_));
    return false;
  }
  void reset() { sqlite3_reset(statement_); }
  [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  [[nodiscard]] std::string text(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return {bytes == nullptr ? "" : bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3* database_;
  const std::string& path_;
  sqlite3_stmt* statement_ = nullptr;
};

Result<std::int64_t> single_integer(sqlite3* database, const std::string& path, const char* sql) {
  Statement statement(database, path, sql);
  FT_TRY(const bool found, statement.step());
  return found ? statement.integer(0) : 0;
}

}  // namespace

Manifest::Manifest(std::unique_ptr<State> state) : state_(std::move(state)) {}
Manifest::Manifest(Manifest&&) noexcept = default;
Manifest& Manifest::operator=(Manifest&&) noexcept = default;
Manifest::~Manifest() = default;

Result<Manifest> Manifest::open(const std::filesystem::path& path) {
  auto state = std::make_unique<State>();
  state->path = path.string();
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (sqlite3_open_v2(state->path.c_str(), &state->database, kFlags, nullptr) != SQLITE_OK) {
    return std::unexpected(sqlite_error(state->database, state->path));
  }
  FT_CHECK(state->execute("PRAGMA synchronous = FULL"));
  FT_TRY(const std::int64_t format, single_integer(state->database, state->path, "PRAGMA user_version"));
  if (format > kFormat) {
    return std::unexpected(Error{ErrorCode::kUnsupported, "the lake was made by a later flowtrail", state->path,
                                 "use that version, or a new folder"});
  }
  FT_CHECK(state->execute("BEGIN IMMEDIATE"));
  FT_CHECK(state->execute(kSchema));
  FT_CHECK(state->execute("PRAGMA user_version = 1; COMMIT"));
  return Manifest(std::move(state));
}

Result<std::unordered_map<std::string, KnownObject>> Manifest::objects() const {
  Statement statement(state_->database, state_->path, "SELECT key, size, modified FROM objects");
  std::unordered_map<std::string, KnownObject> objects;
  while (true) {
    FT_TRY(const bool more, statement.step());
    if (!more) return objects;
    objects[statement.text(0)] = {static_cast<std::uint64_t>(statement.integer(1)), statement.integer(2)};
  }
}

Result<std::unordered_set<std::string>> Manifest::files() const {
  Statement statement(state_->database, state_->path, "SELECT path FROM files");
  std::unordered_set<std::string> files;
  while (true) {
    FT_TRY(const bool more, statement.step());
    if (!more) return files;
    files.insert(statement.text(0));
  }
}

Result<std::int64_t> Manifest::next_file() const {
  return single_integer(state_->database, state_->path, "SELECT coalesce(max(number), 0) + 1 FROM files");
}

Status Manifest::commit(std::span<const NewFile> files) {
  const auto insert = [&]() -> Status {
    Statement add_file(state_->database, state_->path,
                       "INSERT INTO files (path, records) VALUES (?, ?)"
                       " ON CONFLICT (path) DO UPDATE SET records = excluded.records");
    Statement add_object(state_->database, state_->path,
                         "INSERT OR REPLACE INTO objects SELECT ?, ?, ?, number FROM files WHERE path = ?");
    for (const NewFile& file : files) {
      add_file.reset();
      add_file.bind(1, file.path);
      add_file.bind(2, static_cast<std::int64_t>(file.records));
      FT_CHECK(add_file.step());
      for (const NewObject& object : file.objects) {
        add_object.reset();
        add_object.bind(1, object.key);
        add_object.bind(2, static_cast<std::int64_t>(object.known.size));
        add_object.bind(3, object.known.modified);
        add_object.bind(4, file.path);
        FT_CHECK(add_object.step());
      }
    }
    return {};
  };
  FT_CHECK(state_->execute("BEGIN IMMEDIATE"));
  Status inserted = insert();
  if (inserted) inserted = state_->execute("COMMIT");
  if (!inserted) FT_CHECK(state_->execute("ROLLBACK"));
  return inserted;
}

}  // namespace flowtrail::lake
