#include "source/inventory.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <system_error>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "source/content_kind.h"
#include "source/key_layout.h"

namespace flowtrail::source {
namespace {

namespace fs = std::filesystem;

Error place_error(std::string_view what, const std::string& place, const std::error_code& error) {
  const bool denied = error == std::errc::permission_denied || error == std::errc::operation_not_permitted;
  const bool missing = error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
  const ErrorCode code = denied ? ErrorCode::kDenied : missing ? ErrorCode::kNotFound : ErrorCode::kIo;
  return Error{code, fmt::format("{}: {}", what, error.message()), place, {}};
}

/// Walks the places given and collects their files. Every folder and file is taken once, under the first key that
/// reaches it, however many links or SOURCEs lead there.
class Lister {
 public:
  Status add_source(const std::string& place, bool is_snapshot) {
    if (place.starts_with("s3://")) {
      return std::unexpected(Error{ErrorCode::kUnsupported, "s3:// places cannot be read yet", place,
                                   "copy the logs to a folder first, for example with `aws s3 sync`"});
    }
    if (place.empty()) return failure(ErrorCode::kNotFound, "a SOURCE has no name");
    const fs::path path(place);
    std::error_code error;
    const fs::path real = fs::canonical(path, error);
    struct stat status{};
    if (error || ::stat(real.c_str(), &status) != 0) {
      if (!error) error = std::error_code(errno, std::generic_category());
      return std::unexpected(place_error("cannot open", place, error));
    }
    if (!S_ISDIR(status.st_mode)) {
      const fs::path name = path.has_filename() ? path.filename() : real.filename();
      add_file(name.string(), path, real, status, is_snapshot);
      return {};
    }
    return walk(path, real, place);
  }

  Inventory finish() && {
    std::ranges::sort(inventory_.objects, [](const Object& left, const Object& right) {
      return std::tie(left.key, left.path) < std::tie(right.key, right.path);
    });
    return std::move(inventory_);
  }

 private:
  struct Place {
    std::string key;  // of the SOURCE itself empty, of other folders with a `/` at its end
    fs::path path;
    fs::path real;
  };

  /// Links are followed when everything real was seen, so that a file is listed under its own key.
  Status walk(const fs::path& path, const fs::path& real, const std::string& place) {
    std::vector<Place> folders{{"", path, real}};
    std::vector<Place> links;
    while (!folders.empty() || !links.empty()) {
      if (folders.empty()) {
        follow_links(std::exchange(links, {}), folders);
        continue;
      }
      const Place folder = std::move(folders.back());
      folders.pop_back();
      if (!folders_seen_.insert(folder.real.native()).second) continue;
      const std::error_code error = list_folder(folder, folders, links);
      if (!error) continue;
      if (folder.key.empty()) return std::unexpected(place_error("cannot list folder", place, error));
      inventory_.unreadable.add("cannot list folder", folder.key, 0);
    }
    return {};
  }

  /// Takes the entries in the order of their names: nothing depends on the file system's order.
  std::error_code list_folder(const Place& folder, std::vector<Place>& folders, std::vector<Place>& links) {
    std::error_code error;
    std::vector<fs::path> names;
    for (fs::directory_iterator entry(folder.path, error), end; !error && entry != end; entry.increment(error)) {
      names.push_back(entry->path().filename());
    }
    std::ranges::sort(names);
    for (const fs::path& name : names) {
      Place place{folder.key + name.string(), folder.path / name, folder.real / name};
      struct stat status{};
      if (::lstat(place.path.c_str(), &status) != 0) {
        inventory_.unreadable.add("cannot open", place.key, 0);
      } else if (S_ISLNK(status.st_mode)) {
        links.push_back(std::move(place));
      } else {
        add_entry(std::move(place), status, folders);
      }
    }
    return error;
  }

  void follow_links(std::vector<Place> links, std::vector<Place>& folders) {
    const std::size_t before = folders.size();
    for (Place& link : links) {
      std::error_code error;
      link.real = fs::canonical(link.path, error);
      struct stat status{};
      if (error || ::stat(link.real.c_str(), &status) != 0) {
        inventory_.unreadable.add("broken link", link.key, 0);
      } else if (!holds(link.real, real_folder_of(link))) {
        add_entry(std::move(link), status, folders);
      }
    }
    // The last of `folders` is taken first: of two links to one folder, the one that sorts first names it.
    std::reverse(folders.begin() + static_cast<std::ptrdiff_t>(before), folders.end());
  }

  static fs::path real_folder_of(const Place& link) {
    std::error_code error;
    return fs::canonical(link.path.parent_path(), error);
  }

  /// A link to a folder around itself is a loop, and around the SOURCE it would list what nobody asked for.
  static bool holds(const fs::path& outer, const fs::path& inner) {
    return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
  }

  void add_entry(Place place, const struct stat& status, std::vector<Place>& folders) {
    if (S_ISDIR(status.st_mode)) {
      place.key += '/';
      folders.push_back(std::move(place));
    } else {
      add_file(place.key, place.path, place.real, status, false);
    }
  }

  void add_file(const std::string& key, const fs::path& path, const fs::path& real, const struct stat& status,
                bool is_snapshot) {
    const auto [known, is_new] = files_seen_.try_emplace(real.native(), inventory_.objects.size());
    if (!is_new) {
      if (is_snapshot) make_snapshot(inventory_.objects[known->second]);
      return;
    }
    KeyFacts facts = read_key(key);
    Object object;
    object.key = key;
    object.path = path.string();
    object.size = status.st_size > 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
    object.account = std::move(facts.account);
    object.region = std::move(facts.region);
    object.flow_log_id = std::move(facts.flow_log_id);
    object.slot = facts.slot;
    object.last_slot = facts.last_slot;
    object.modified = utc_from_seconds(status.st_mtim.tv_sec);
    if (is_snapshot) {
      make_snapshot(object);
    } else if (!S_ISREG(status.st_mode)) {
      object.kind = ObjectKind::kSkipped;
      object.skip_reason = "not a regular file";
    } else if (object.size == 0) {
      object.kind = ObjectKind::kSkipped;
      object.skip_reason = "empty";
    } else if (facts.kind) {
      object.kind = *facts.kind;
      object.skip_reason = std::move(facts.skip_reason);
    } else {
      classify_by_content(object);
    }
    inventory_.objects.push_back(std::move(object));
  }

  static void make_snapshot(Object& object) {
    object.kind = ObjectKind::kSnapshot;
    object.skip_reason.clear();
  }

  void classify_by_content(Object& object) {
    auto content = kind_of_file(object.path);
    if (content) {
      object.kind = content->kind;
      object.skip_reason = std::move(content->reason);
      return;
    }
    const bool corrupt = content.error().code == ErrorCode::kCorrupt;
    object.skip_reason = corrupt ? content.error().what : "cannot open";
    inventory_.unreadable.add(object.skip_reason, object.key, 0);
  }

  Inventory inventory_;
  std::set<std::string> folders_seen_;                       // real paths
  std::unordered_map<std::string, std::size_t> files_seen_;  // real path -> index of its object
};

}  // namespace

Result<Inventory> list(std::span<const std::string> sources, std::span<const std::string> snapshots) {
  Lister lister;
  for (const std::string& place : sources) FT_CHECK(lister.add_source(place, false));
  for (const std::string& place : snapshots) FT_CHECK(lister.add_source(place, true));
  return std::move(lister).finish();
}

}  // namespace flowtrail::source
