// Published address ranges of internet scanners (`data/scanners.csv`: cidr,name,source,seen), with what users add.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/ip_address.h"

namespace flowtrail::attribution {

class ScannerList {
 public:
  struct Entry {
    Cidr range;
    std::string name, source, seen;
  };

  /// Reads CSV text with the header `cidr,name,source,seen`; lines starting with `#` are comments. `where` names the
  /// file in errors. Errors: kCorrupt with file and line.
  [[nodiscard]] static Result<ScannerList> parse(std::string_view csv, std::string_view where);
  /// The list shipped with the program (built in, from data/scanners.csv).
  [[nodiscard]] static const ScannerList& shipped();

  void add(const ScannerList& other);
  /// The narrowest range that holds the address, or nullptr. Cost: O(log n).
  [[nodiscard]] const Entry* find(const IpAddress& address) const;
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  static constexpr std::size_t kNone = SIZE_MAX;
  // From an address up to that of the next segment, one entry is the narrowest.
  struct Segment {
    IpAddress from;
    std::size_t entry = kNone;  // kNone: no range holds these addresses
  };

  void note_segments();
  [[nodiscard]] std::vector<Segment> segments_of(bool v4) const;

  std::vector<Entry> entries_;                      // sorted by family, network, prefix length
  std::vector<Segment> v4_segments_, v6_segments_;  // by address
};

}  // namespace flowtrail::attribution
