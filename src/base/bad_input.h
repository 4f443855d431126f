// Bad input as a counted value. Readers never stop at a bad line and never drop one silently: they add it here, with
// its reason and place, and go on; the summary prints the counts and the first places, and the exit code becomes 5.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace flowtrail {

class BadInput {
 public:
  /// Where one bad line, event or object stands: object key, and line or record (0 = the object as a whole).
  struct Place {
    std::string object;
    std::uint64_t line = 0;
  };
  struct Entry {
    std::uint64_t count = 0;
    std::vector<Place> first;  // the first kPlacesKept places, in reading order
  };
  static constexpr std::size_t kPlacesKept = 3;

  /// `reason` is a short stable phrase without values: "wrong number of fields".
  void add(const std::string& reason, const std::string& object, std::uint64_t line);
  void merge(const BadInput& other);

  [[nodiscard]] std::uint64_t total() const { return total_; }
  [[nodiscard]] const std::map<std::string, Entry>& by_reason() const { return by_reason_; }

 private:
  std::uint64_t total_ = 0;
  std::map<std::string, Entry> by_reason_;
};

}  // namespace flowtrail
