// Where a record came from: the number of its object in the run's list of objects, and the line or record in it.
// Every number that flowtrail prints can be opened to such places.
#pragma once

#include <compare>
#include <cstdint>

namespace flowtrail {

struct SourcePlace {
  std::uint32_t object = 0;  // index into source::Inventory::objects
  std::uint32_t line = 0;    // 1-based line of a text file, row of a Parquet file, or record of a CloudTrail file

  friend auto operator<=>(const SourcePlace&, const SourcePlace&) = default;
};

}  // namespace flowtrail
