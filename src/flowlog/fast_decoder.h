// Decodes the lines that nearly all of a flow log consists of, straight from the block that they stand in: only the
// columns that are needed, no view per field, no allocation. Whatever is not plainly right is left to RecordDecoder,
// which knows the reasons; so both always agree.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/code_table.h"
#include "base/short_text.h"
#include "flowlog/flow_record.h"
#include "flowlog/line_index.h"
#include "flowlog/record_decoder.h"
#include "source/inventory.h"

namespace flowtrail::flowlog {

/// Codes of a shared SymbolTable by text, for one thread: most lookups touch no lock and copy nothing.
class SymbolCache {
 public:
  explicit SymbolCache(SymbolTable& symbols) : symbols_(symbols) {}
  [[nodiscard]] std::uint32_t code(std::string_view text);

 private:
  SymbolTable& symbols_;
  CodeTable<TextKey> codes_{256};
};

/// Not thread-safe: one for each thread and header.
class FastDecoder {
 public:
  /// `names` are the columns of the header, dashed; of two equal names the first counts.
  FastDecoder(std::span<const std::string> names, SymbolCache& symbols);

  /// Bytes that must be readable behind a block.
  static constexpr std::size_t kPadding = 16;

  /// True for a plain line with the right number of fields that is neither a header nor begins with an export's time.
  [[nodiscard]] bool is_record(std::string_view block, const LineIndex::Line& line) const;

  /// Decodes a line of `block` for which `is_record` holds. False: RecordDecoder has to look at it; `record` is then
  /// undefined. Otherwise `record` is what RecordDecoder makes of the line.
  [[nodiscard]] bool decode(const char* block, const LineIndex::Line& line, const source::Object& object,
                            SourcePlace place, FlowRecord& record);

 private:
  struct LastText {
    std::array<char, 32> bytes{};
    std::uint32_t size = 0;  // 0: nothing kept
    std::uint32_t code = 0;
  };

  [[nodiscard]] std::uint32_t symbol(std::string_view text, RecordColumns::Column column);

  SymbolCache& symbols_;
  std::size_t fields_;
  RecordColumns columns_;
  std::array<LastText, RecordColumns::kColumns> last_;
};

}  // namespace flowtrail::flowlog
