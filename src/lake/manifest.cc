#include "lake/manifest.h"

namespace flowtrail::lake {
namespace {

using sqlite::Database;
using sqlite::Statement;
using sqlite::Transaction;

constexpr std::int64_t kFormat = 1;

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS files (number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, records INTEGER NOT "
    "NULL);"
    "CREATE TABLE IF NOT EXISTS objects (key TEXT PRIMARY KEY, size INTEGER NOT NULL, modified INTEGER NOT NULL,"
    " file INTEGER NOT NULL REFERENCES files (number)) WITHOUT ROWID;";

}  // namespace

Result<Manifest> Manifest::open(const std::filesystem::path& path) {
  FT_TRY(auto database, Database::open(path.string(), {.name = "manifest"}));
  FT_TRY(const std::int64_t format, database->integer("PRAGMA user_version"));
  if (format > kFormat) {
    return std::unexpected(Error{ErrorCode::kUnsupported, "the lake was made by a later flowtrail", database->path(),
                                 "use that version, or a new folder"});
  }
  FT_TRY(Transaction transaction, Transaction::begin(*database));
  FT_CHECK(database->execute(kSchema));
  FT_CHECK(database->execute("PRAGMA user_version = 1"));
  FT_CHECK(transaction.commit());
  return Manifest(std::move(database));
}

Result<std::unordered_map<std::string, KnownObject>> Manifest::objects() const {
  FT_TRY(Statement statement, database_->prepare("SELECT key, size, modified FROM objects"));
  std::unordered_map<std::string, KnownObject> objects;
  while (true) {
    FT_TRY(const bool more, statement.step());
    if (!more) return objects;
    objects[statement.text(0)] = {static_cast<std::uint64_t>(statement.integer(1)), statement.integer(2)};
  }
}

Result<std::unordered_set<std::string>> Manifest::files() const {
  FT_TRY(Statement statement, database_->prepare("SELECT path FROM files"));
  std::unordered_set<std::string> files;
  while (true) {
    FT_TRY(const bool more, statement.step());
    if (!more) return files;
    files.insert(statement.text(0));
  }
}

Result<std::int64_t> Manifest::next_file() const {
  return database_->integer("SELECT coalesce(max(number), 0) + 1 FROM files");
}

Status Manifest::commit(std::span<const NewFile> files) {
  FT_TRY(Transaction transaction, Transaction::begin(*database_));
  FT_TRY(Statement add_file, database_->prepare("INSERT INTO files (path, records) VALUES (?, ?)"
                                                " ON CONFLICT (path) DO UPDATE SET records = excluded.records"));
  FT_TRY(Statement add_object,
         database_->prepare("INSERT OR REPLACE INTO objects SELECT ?, ?, ?, number FROM files WHERE path = ?"));
  for (const NewFile& file : files) {
    FT_CHECK(add_file.run(file.path, file.records));
    for (const NewObject& object : file.objects) {
      FT_CHECK(add_object.run(object.key, object.known.size, object.known.modified, file.path));
    }
  }
  return transaction.commit();
}

}  // namespace flowtrail::lake
