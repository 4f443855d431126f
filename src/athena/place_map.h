// Where the objects of a LOCATION really are: `--map s3://bucket/prefix/=FOLDER`, so that a statement written for AWS
// works on a copy of the logs.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace flowtrail::athena {

class PlaceMap {
 public:
  /// `s3://bucket/prefix/=FOLDER`. Errors: kUsage.
  [[nodiscard]] Status add(std::string_view mapping);
  /// The folder or file: of the longest prefix that fits; a path that is none of S3 as it stands. Errors: kUnsupported
  /// for a place in S3 that no mapping covers.
  [[nodiscard]] Result<std::filesystem::path> find(std::string_view location) const;
  /// The place that `path` has in S3, by the innermost mapped folder around it; else the path itself. What "$path"
  /// shows.
  [[nodiscard]] std::string location_of(const std::filesystem::path& path) const;

 private:
  std::vector<std::pair<std::string, std::filesystem::path>> folders_;  // by prefix; the longest first
};

}  // namespace flowtrail::athena
