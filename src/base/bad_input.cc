#include "base/bad_input.h"

#include <algorithm>

namespace flowtrail {

void BadInput::add(const std::string& reason, const std::string& object, std::uint64_t line) {
  ++total_;
  Entry& entry = by_reason_[reason];
  ++entry.count;
  if (entry.first.size() < kPlacesKept) entry.first.push_back({object, line});
}

void BadInput::merge(const BadInput& other) {
  total_ += other.total_;
  for (const auto& [reason, theirs] : other.by_reason_) {
    Entry& ours = by_reason_[reason];
    ours.count += theirs.count;
    const std::size_t room = kPlacesKept - std::min(kPlacesKept, ours.first.size());
    const std::size_t taken = std::min(room, theirs.first.size());
    ours.first.insert(ours.first.end(), theirs.first.begin(),
                      theirs.first.begin() + static_cast<std::ptrdiff_t>(taken));
  }
}

}  // namespace flowtrail
