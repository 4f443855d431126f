#include "athena/place_map.h"

#include <algorithm>

namespace flowtrail::athena {
namespace {

bool is_remote(std::string_view location) {
  return location.starts_with("s3://") || location.starts_with("s3a://") || location.starts_with("s3n://");
}

}  // namespace

Status PlaceMap::add(std::string_view mapping) {
  const std::size_t equals = mapping.find('=');
  if (equals == std::string_view::npos || !is_remote(mapping) || equals + 1 == mapping.size()) {
    return failure(ErrorCode::kUsage, "not a mapping: {} (it is s3://bucket/prefix/=FOLDER)", mapping);
  }
  std::string prefix{mapping.substr(0, equals)};
  if (!prefix.ends_with('/')) prefix += '/';
  folders_.emplace_back(std::move(prefix), std::filesystem::path{mapping.substr(equals + 1)});
  std::ranges::stable_sort(folders_, [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  return {};
}

Result<std::filesystem::path> PlaceMap::find(std::string_view location) const {
  for (const auto& [prefix, folder] : folders_) {
    if (location.starts_with(prefix)) return folder / location.substr(prefix.size());
    if (location.size() + 1 == prefix.size() && prefix.starts_with(location)) return folder;
  }
  if (location.starts_with("file://")) return std::filesystem::path{location.substr(7)};
  if (!is_remote(location)) return std::filesystem::path{location};
  Error error{ErrorCode::kUnsupported, "objects in S3 are not read from here", std::string{location}, {}};
  error.hint = "copy them (aws s3 sync) and say where they are: --map s3://bucket/prefix/=FOLDER";
  return std::unexpected(std::move(error));
}

std::string PlaceMap::location_of(const std::filesystem::path& path) const {
  const std::string text = path.lexically_normal().string();
  std::string location = text;
  std::size_t longest = 0;
  for (const auto& [prefix, folder] : folders_) {
    std::string start = folder.lexically_normal().string();
    if (!start.ends_with('/')) start += '/';
    if (start.size() <= longest || !text.starts_with(start)) continue;
    longest = start.size();
    location = prefix + text.substr(start.size());
  }
  return location;
}

}  // namespace flowtrail::athena
