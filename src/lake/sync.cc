#include "lake/sync.h"

#include <algorithm>
#include <map>
#include <set>
#include <system_error>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "lake/batch.h"
#include "lake/files.h"
#include "lake/manifest.h"
#include "source/inventory.h"

namespace flowtrail::lake {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOwnFolder = "_flowtrail";
constexpr const char* kUnfinished = "unfinished";  // what is being written, and names that begin so
constexpr const char* kFlowFolder = "flow_logs";
constexpr const char* kRawFolder = "raw";
constexpr std::string_view kHiveNull = "__HIVE_DEFAULT_PARTITION__";
constexpr std::size_t kRawTogether = 64;  // raw files of one commit

using Objects = std::vector<const source::Object*>;

bool is_flow_log(source::ObjectKind kind) {
  return kind == source::ObjectKind::kFlowLogText || kind == source::ObjectKind::kFlowLogParquet;
}

bool is_kept_raw(source::ObjectKind kind) {
  return kind == source::ObjectKind::kCloudTrail || kind == source::ObjectKind::kSnapshot ||
         kind == source::ObjectKind::kTransitGatewayFlowLog;
}

/// FNV-1a, for names that only have to differ.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
  return hash;
}

/// The flow log of an object as a part of a file name; of one without id, its folder stands for it.
std::string flow_log_name(const source::Object& object) {
  if (!object.flow_log_id.empty()) return object.flow_log_id;
  return fmt::format("folder-{:016x}", hash_of(object.key.substr(0, object.key.rfind('/') + 1)));
}

std::string value_or_null(std::string_view value) {
  return std::string(value.empty() ? kHiveNull : value);
}

std::string partition_of(const source::Object& object) {
  const std::string day = object.slot ? format_utc(*object.slot).substr(0, 10) : std::string{};
  return fmt::format("{}/aws_account_id={}/aws_region={}/day={}", kFlowFolder, value_or_null(object.account),
                     value_or_null(object.region), value_or_null(day));
}

NewObject known_as(const source::Object& object) {
  return {object.key, {object.size, to_seconds(object.modified)}};
}

bool holds(const fs::path& folder, const fs::path& path) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

/// One run, with the lock in hand.
class Run {
 public:
  Run(const Options& options, Manifest manifest) : options_(options), manifest_(std::move(manifest)) {}

  Result<Summary> run() {
    FT_CHECK(sweep());
    FT_CHECK(list());
    FT_CHECK(write_flow_logs());
    FT_CHECK(copy_raw());
    return std::move(summary_);
  }

 private:
  [[nodiscard]] fs::path temporary() const { return options_.folder / kOwnFolder / kUnfinished; }

  void step(std::string_view what) const {
    if (options_.before_step) options_.before_step(what);
  }

  /// Removes what a run left that was ended: files that no commit speaks of.
  Status sweep() {
    FT_TRY(const std::unordered_set<std::string> files, manifest_.files());
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(options_.folder / kOwnFolder, error)) {
      if (entry.path().filename().string().starts_with(kUnfinished)) fs::remove(entry.path(), error);
    }
    for (const char* part : {kFlowFolder, kRawFolder}) {
      std::vector<fs::path> orphans;
      fs::recursive_directory_iterator entry(options_.folder / part, error);
      for (; !error && entry != fs::recursive_directory_iterator{}; entry.increment(error)) {
        const std::string path = entry->path().lexically_relative(options_.folder).generic_string();
        if (!entry->is_directory() && !files.contains(path)) orphans.push_back(entry->path());
      }
      for (const fs::path& orphan : orphans) {
        step("sweep");
        fs::remove(orphan, error);
        if (error) return failure(ErrorCode::kIo, "cannot remove {}: {}", orphan.string(), error.message());
        ++summary_.swept_files;
      }
    }
    return {};
  }

  Status list() {
    FT_TRY(inventory_, source::list(options_.sources, {}));
    FT_TRY(const auto known, manifest_.objects());
    summary_.bad.merge(inventory_.unreadable);
    std::unordered_set<std::string_view> keys;
    for (const source::Object& object : inventory_.objects) {
      if (!is_flow_log(object.kind) && !is_kept_raw(object.kind)) {
        ++summary_.left_objects;
        continue;
      }
      if (!keys.insert(object.key).second) {
        return std::unexpected(Error{ErrorCode::kUsage, "two SOURCEs hold the same key", object.key,
                                     "give the folder above both, or a lake to each"});
      }
      const auto found = known.find(object.key);
      add(object, found == known.end() ? nullptr : &found->second);
    }
    for (const auto& [key, unused] : known) {
      if (!keys.contains(key)) summary_.vanished.push_back(key);
    }
    std::ranges::sort(summary_.vanished);
    return {};
  }

  void add(const source::Object& object, const KnownObject* known) {
    const bool same = known != nullptr && known->size == object.size && known->modified == to_seconds(object.modified);
    if (same) {
      ++summary_.known_objects;
    } else if (is_kept_raw(object.kind)) {
      raw_.push_back(&object);  // one that changed takes the place of what it was
    } else if (known != nullptr) {
      summary_.changed.push_back(object.key);
    } else {
      partitions_[{partition_of(object), flow_log_name(object)}].push_back(&object);
    }
  }

  Status write_flow_logs() {
    for (const auto& [partition, objects] : partitions_) {
      Objects batch;
      std::uint64_t bytes = 0;
      for (const source::Object* object : objects) {
        batch.push_back(object);
        bytes += object->size;
        if (bytes < options_.batch_bytes) continue;
        FT_CHECK(write(partition, std::exchange(batch, {})));
        bytes = 0;
      }
      if (!batch.empty()) FT_CHECK(write(partition, std::move(batch)));
    }
    return {};
  }

  using Partition = std::pair<std::string, std::string>;  // folder, flow log

  Status write(const Partition& partition, Objects objects) {
    while (!objects.empty()) {
      step("write");
      FT_TRY(const Written written, write_batch({.threads = options_.threads}, objects, temporary()));
      summary_.bad.merge(written.bad);
      if (written.misfits.empty()) return commit(partition, objects, written.records);
      set_aside(written.misfits, objects);
    }
    return {};
  }

  void set_aside(const std::vector<std::size_t>& misfits, Objects& objects) {
    for (const std::size_t misfit : misfits) raw_.push_back(std::exchange(objects[misfit], nullptr));
    std::erase(objects, nullptr);
  }

  Status commit(const Partition& partition, const Objects& objects, std::uint64_t records) {
    NewFile file{{}, records, {}};
    for (const source::Object* object : objects) file.objects.push_back(known_as(*object));
    if (records > 0) {
      FT_TRY(const std::int64_t number, manifest_.next_file());
      file.path = fmt::format("{}/{}_{}.parquet", partition.first, partition.second, number);
      step("publish");
      FT_CHECK(publish(temporary(), options_.folder / file.path));
      ++summary_.new_files;
    }
    step("commit");
    FT_CHECK(manifest_.commit(std::span(&file, 1)));
    summary_.new_objects += objects.size();
    summary_.new_records += records;
    return {};
  }

  Status copy_raw() {
    std::vector<NewFile> files;
    for (const source::Object* object : raw_) {
      step("copy");
      const Status copied = copy_file(object->path, temporary(), object->modified);
      if (!copied) {  // it is looked at again by the next run
        summary_.bad.add("cannot copy", object->key, 0);
        continue;
      }
      files.push_back({fmt::format("{}/{}", kRawFolder, object->key), 0, {known_as(*object)}});
      FT_CHECK(publish(temporary(), options_.folder / files.back().path));
      if (files.size() >= kRawTogether) FT_CHECK(commit_raw(std::exchange(files, {})));
    }
    return files.empty() ? Status{} : commit_raw(files);
  }

  Status commit_raw(const std::vector<NewFile>& files) {
    step("commit");
    FT_CHECK(manifest_.commit(files));
    summary_.new_objects += files.size();
    summary_.raw_objects += files.size();
    return {};
  }

  const Options& options_;
  Manifest manifest_;
  Summary summary_;
  source::Inventory inventory_;
  std::map<Partition, Objects> partitions_;
  Objects raw_;
};

/// Errors: kUsage for a folder with other things in it, or below a SOURCE.
Status check_folder(const Options& options) {
  const fs::path& folder = options.folder;
  std::error_code error;
  for (const std::string& source : options.sources) {
    const fs::path outer = fs::canonical(source, error);
    if (!error && holds(outer, fs::weakly_canonical(folder, error))) {
      return std::unexpected(
          Error{ErrorCode::kUsage, "the lake would lie in the SOURCE", folder.string(), "name a folder beside it"});
    }
  }
  if (!fs::exists(folder, error) || fs::exists(folder / kOwnFolder, error) || fs::is_empty(folder, error)) return {};
  return std::unexpected(Error{ErrorCode::kUsage, "there is something else than a lake in this folder", folder.string(),
                               "name a new folder"});
}

}  // namespace

Result<Summary> sync(const Options& options) {
  FT_CHECK(check_folder(options));
  FT_CHECK(make_folder(options.folder / kOwnFolder));
  FT_TRY(const Lock lock, Lock::take(options.folder / kOwnFolder / "lock"));
  FT_TRY(Manifest manifest, Manifest::open(options.folder / kOwnFolder / "manifest.sqlite"));
  return Run(options, std::move(manifest)).run();
}

}  // namespace flowtrail::lake
