// The list of objects that are in a lake, in an SQLite file: what is committed here is in the lake, nothing else is.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/error.h"
#include "sqlite/database.h"

namespace flowtrail::lake {

struct KnownObject {
  std::uint64_t size = 0;     // bytes as stored
  std::int64_t modified = 0;  // seconds since 1970
};

struct NewObject {
  std::string key;
  KnownObject known;
};

/// A file of the lake and all objects that are in it.
struct NewFile {
  std::string path;  // from the lake's folder on, with `/`; empty: the objects hold no records, so there is no file
  std::uint64_t records = 0;
  std::vector<NewObject> objects;
};

/// Not thread-safe; one process at a time, which the caller sees to.
class Manifest {
 public:
  /// Opens or makes it. Errors: those of sqlite/database.h, kUnsupported for one of a later flowtrail.
  [[nodiscard]] static Result<Manifest> open(const std::filesystem::path& path);
  [[nodiscard]] Result<std::unordered_map<std::string, KnownObject>> objects() const;
  /// Paths of the lake's files, from its folder on, with `/`.
  [[nodiscard]] Result<std::unordered_set<std::string>> files() const;
  /// One more than any file's number so far.
  [[nodiscard]] Result<std::int64_t> next_file() const;

  /// These files are in the lake from now on: one transaction, on disk when it returns. A file or object that is known
  /// gets the new values.
  [[nodiscard]] Status commit(std::span<const NewFile> files);

 private:
  explicit Manifest(std::unique_ptr<sqlite::Database> database) : database_(std::move(database)) {}
  std::unique_ptr<sqlite::Database> database_;
};

}  // namespace flowtrail::lake
