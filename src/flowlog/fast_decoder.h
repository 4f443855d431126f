// Decodes the lines that nearly all of a flow log consists of, straight from the block that they stand in: only the
// columns that are needed, no view per field, no allocation. Whatever is not plainly right is left to RecordDecoder,
// which knows the reasons; so both always agree.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "flowlog/fast_text.h"
#include "flowlog/flow_record.h"
#include "flowlog/line_index.h"
#include "flowlog/record_decoder.h"
#include "flowlog/symbol_cache.h"
#include "source/inventory.h"

namespace flowtrail::flowlog {

/// Not thread-safe: one for each thread and header.
class FastDecoder {
 public:
  /// `names` are the columns of the header, dashed; of two equal names the first counts. Code for AVX2 is used where
  /// the machine has it and the path allows it. `symbols` outlives the decoder.
  FastDecoder(std::span<const std::string> names, SymbolCache& symbols, LineIndex::Path path = LineIndex::Path::kBest);

  /// Bytes that must be readable behind a block.
  static constexpr std::size_t kPadding = 32;

  /// True for a plain line with the right number of fields that is neither a header nor begins with an export's time.
  [[nodiscard]] bool is_record(std::string_view block, const LineIndex::Line& line) const {
    if (!line.plain || line.fields != fields_) return false;
    const std::string_view text = block.substr(line.begin, line.end - line.begin);
    // A header in the middle of the file, or the time that an export puts before each line. Others that look like it
    // are no loss: the careful way knows.
    if (text.size() >= 20 && text[4] == '-' && text[10] == 'T') return false;
    return !may_begin_name(text.front()) || !may_begin_name(block[line.field(fields_ - 1).begin]);
  }

  /// Decodes a line of `block` for which `is_record` holds. False: RecordDecoder has to look at it; `record` is then
  /// undefined. Otherwise `record` is what RecordDecoder makes of the line.
  [[nodiscard]] bool decode(const char* block, const LineIndex::Line& line, const source::Object& object,
                            SourcePlace place, FlowRecord& record) {
    return (this->*decode_)(block, line, object, place, record);
  }

 private:
  using Column = RecordColumns::Column;
  using Decode = bool (FastDecoder::*)(const char* block, const LineIndex::Line& line, const source::Object& object,
                                       SourcePlace place, FlowRecord& record);
  template <bool DefaultOrder>
  class Texts;
  struct LastText {
    SymbolKey key;
    std::uint32_t code = SymbolTable::kAbsent;
  };

  [[nodiscard]] static bool may_begin_name(char byte) { return (byte >= 'a' && byte <= 'z') || byte == '$'; }

  template <bool DefaultOrder>
  [[nodiscard]] bool decode_portably(const char* block, const LineIndex::Line& line, const source::Object& object,
                                     SourcePlace place, FlowRecord& record);
  template <bool DefaultOrder>
  [[nodiscard]] __attribute__((target("avx2,bmi,bmi2"))) bool decode_with_avx2(const char* block,
                                                                               const LineIndex::Line& line,
                                                                               const source::Object& object,
                                                                               SourcePlace place, FlowRecord& record);
  template <bool DefaultOrder>
  [[nodiscard]] __attribute__((target("avx2,bmi,bmi2"), always_inline)) bool read_addresses_with_avx2(
      const Texts<DefaultOrder>& texts, FlowRecord& record) const;
  template <bool DefaultOrder>
  [[nodiscard]] bool read_addresses(const Texts<DefaultOrder>& texts, FlowRecord& record) const;
  template <bool DefaultOrder>
  [[nodiscard]] __attribute__((target("avx2,bmi,bmi2"), always_inline)) bool read_numbers_with_avx2(
      const Texts<DefaultOrder>& texts, FlowRecord& record) const;
  template <bool DefaultOrder>
  [[nodiscard]] bool read_numbers(const Texts<DefaultOrder>& texts, FlowRecord& record);
  template <bool DefaultOrder>
  [[nodiscard]] bool read_others(const Texts<DefaultOrder>& texts, const source::Object& object, SourcePlace place,
                                 FlowRecord& record);
  template <bool DefaultOrder>
  void read_words(const Texts<DefaultOrder>& texts, FlowRecord& record, Faults& faults) const;
  template <bool DefaultOrder>
  void read_symbols(const Texts<DefaultOrder>& texts, const source::Object& object, FlowRecord& record);
  void expect_seconds(std::string_view text, std::int64_t value);
  [[nodiscard]] bool is_version(std::string_view text);
  [[nodiscard]] bool has(Column column) const { return columns_.position[column] >= 0; }
  [[nodiscard]] std::uint32_t repeated_symbol(std::string_view text, Column column);
  [[nodiscard]] std::uint32_t another_symbol(std::string_view text, Column column);
  [[nodiscard]] std::uint32_t symbol(std::string_view text);

  SymbolCache& symbols_;
  std::size_t fields_;
  RecordColumns columns_;
  Decode decode_;
  std::uint64_t version_ = 0;                   // the last one, as a word
  std::uint16_t first_digits_ = 0;              // two of them, as bytes, that times are expected to begin with
  std::array<std::int64_t, 4> time_base_ = {};  // what they stand for, behind two zeros: for packets, bytes, start, end
  std::array<LastText, RecordColumns::kColumns> last_;
};

}  // namespace flowtrail::flowlog
