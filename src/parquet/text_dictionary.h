// Texts as dense codes, one dictionary for all text columns of the rows that a thread collects. Made for the short
// texts of logs: up to 24 bytes, as ids and IPv4 addresses have, are compared inside the table.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/code_table.h"
#include "base/short_text.h"

namespace flowtrail::parquet {

/// Not thread-safe, but any number of threads may read one that does not change.
class TextDictionary {
 public:
  static constexpr std::uint32_t kNull = 0;  // the code of no text; the empty text has a code like any other

  TextDictionary();

  /// The code of a text, from 1 on; it is kept if it is new.
  [[nodiscard]] std::uint32_t code(std::string_view text);
  /// Good until `clear`. The code has to be one that was given out, or kNull, whose text is empty.
  [[nodiscard]] std::string_view text(std::uint32_t code) const { return texts_[code]; }
  /// One more than the largest code.
  [[nodiscard]] std::size_t size() const { return texts_.size(); }
  /// Memory that it holds.
  [[nodiscard]] std::size_t bytes() const;
  /// Forgets all texts, and gives their memory back.
  void clear();

 private:
  std::uint32_t add(std::string_view text);

  CodeTable<TextKey> codes_;
  std::vector<std::string_view> texts_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* free_ = nullptr;  // in the last block
  std::size_t room_ = 0;  // behind it
  std::size_t text_bytes_ = 0;
};

}  // namespace flowtrail::parquet
