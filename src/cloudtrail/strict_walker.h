// The fast way to the records of a text that is sound JSON, as nearly all are. It stops at the first thing that is not
// plainly right and leaves the rest to the `TolerantWalker`, which decides what is bad and where to go on.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "cloudtrail/json_cut.h"
#include "cloudtrail/structure.h"

namespace flowtrail::cloudtrail {

/// Not thread-safe; reusable.
class StrictWalker {
 public:
  struct Record {
    std::string_view text;
    std::span<const CutMember> members;
    bool certain = true;       // false where it holds numbers or names that only a full parser can judge
    bool has_escapes = false;  // or may have: there is a backslash somewhere
  };

  /// One record after the other, in the order in which they end.
  class Receiver {
   public:
    Receiver() = default;
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;
    virtual ~Receiver() = default;
    virtual void record(const Record& record) = 0;
  };

  /// `text` must be followed by a zero byte, as that of a std::string is. True if all of it was read. False if
  /// something was unusual: the records received until then are those that the TolerantWalker finds first.
  [[nodiscard]] bool run(std::string_view text, Receiver& receiver);

 private:
  [[nodiscard]] char letter(std::size_t place) const {
    return place < structure_.size() ? text_[structure_[place]] : '\0';
  }
  [[nodiscard]] std::size_t end_of_scalar(std::size_t place) const;
  bool value(int depth);
  bool array(int depth);
  bool object(int depth);
  void take_short_members();
  bool member(int depth, bool& envelope);
  [[nodiscard]] Record record_at(std::size_t start, std::size_t outer);
  bool skip_key();
  bool skip_value();
  bool skip_scalar();

  Structure structure_;
  std::string_view text_;
  Receiver* receiver_ = nullptr;
  std::size_t next_ = 0;            // the place to be looked at
  std::size_t next_escape_ = 0;     // the first backslash behind the record read last
  bool certain_ = true;             // about the record that is being read
  std::vector<CutMember> members_;  // of the object that is being read, behind those of the envelopes around it
};

}  // namespace flowtrail::cloudtrail
