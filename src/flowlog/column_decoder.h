// Decodes the rows of a ColumnFile: each value of a row group once, and then each row by its codes.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "flowlog/column_file.h"
#include "flowlog/flow_record.h"
#include "flowlog/record_decoder.h"
#include "flowlog/symbol_cache.h"
#include "source/inventory.h"

namespace flowtrail::flowlog {

/// Not thread-safe: one for each thread and list of columns.
class ColumnDecoder {
 public:
  /// `names` are all columns, dashed; of two equal names the first counts. `symbols` outlives the decoder.
  ColumnDecoder(std::span<const std::string> names, SymbolCache& symbols);

  /// Reads the columns of a row group that records are made of. `object` gives the account where a row has none.
  /// Errors: as ColumnFile::read.
  [[nodiscard]] Status load(ColumnFile& file, std::size_t group, const source::Object& object);

  /// True if each value of the group is plainly right. Otherwise its rows are for RecordDecoder, which knows the
  /// reasons.
  [[nodiscard]] bool is_plain() const { return is_plain_; }
  /// A row of a plain group, as RecordDecoder makes it of the row's texts.
  void decode(std::size_t row, SourcePlace place, FlowRecord& record) const;
  /// The texts of a row, one for each column; those that no record needs are `-`. Good until the next call.
  [[nodiscard]] std::span<const std::string_view> texts(std::size_t row);

 private:
  using Column = RecordColumns::Column;
  static constexpr std::int64_t kNoTime = -1;
  struct Address {
    IpAddress value;
    bool present = false;
  };
  /// What the values of one column are for records, by code.
  template <typename Value>
  struct Decoded {
    const std::uint32_t* codes = nullptr;
    std::vector<Value> values;
    [[nodiscard]] const Value& at(std::size_t row) const { return values[codes[row]]; }
  };

  // Takes one column, whose values `value_of` gives by code: std::optional, empty for what is not plainly right.
  template <typename Value, typename ValueOf>
  void take(Column column, Value absent, ValueOf value_of, Decoded<Value>& decoded);
  template <typename Value, typename OfText>
  void take_texts(Column column, Value absent, OfText of_text, Decoded<Value>& decoded);
  template <typename Value>
  void take_numbers(Column column, std::int64_t limit, Value absent, Decoded<Value>& decoded);
  void take_address(Column column, Decoded<Address>& decoded);
  void take_symbols(const source::Object& object);
  void take_words();

  std::size_t names_;  // how many
  SymbolCache& symbols_;
  RecordColumns columns_;
  std::vector<std::uint32_t> no_codes_;  // of a column that the file does not have
  std::array<ColumnValues, RecordColumns::kColumns> loaded_;
  bool is_plain_ = false;

  Decoded<Address> src_, dst_, pkt_src_, pkt_dst_;
  Decoded<std::int64_t> packets_, bytes_, start_, end_;
  Decoded<std::int32_t> version_, src_port_, dst_port_, protocol_, tcp_flags_;
  Decoded<std::uint32_t> interface_, resource_, account_, instance_, vpc_, src_service_, dst_service_;
  Decoded<Action> action_;
  Decoded<LogStatus> status_;
  Decoded<FlowDirection> direction_;

  // Of `texts`.
  std::vector<std::string_view> fields_;
  std::array<std::array<char, 24>, RecordColumns::kColumns> digits_{};
};

}  // namespace flowtrail::flowlog
