// Turns the text fields of flow-log lines into FlowRecords: the columns are looked up once per header, then each record
// is decoded without allocating. One decoder serves all objects that share a header.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/source_place.h"
#include "flowlog/flow_record.h"
#include "source/inventory.h"

namespace flowtrail::flowlog {

/// The largest numbers that fields may have. Beyond the seconds a time is in milliseconds, as some tools store it.
inline constexpr std::int64_t kLargestVersion = 999, kLargestPort = 65'535, kLargestFlags = 65'535,
                              kLargestSeconds = 2'147'483'647;

/// Where the columns that a FlowRecord is made of stand in a line.
struct RecordColumns {
  enum Column : std::uint8_t {
    kVersion,
    kAccount,
    kInterface,
    kSrc,
    kDst,
    kSrcPort,
    kDstPort,
    kProtocol,
    kPackets,
    kBytes,
    kStart,
    kEnd,
    kAction,
    kStatus,
    kVpc,
    kInstance,
    kTcpFlags,
    kPktSrc,
    kPktDst,
    kSrcService,
    kDstService,
    kDirection,
    kResource,
    kColumns
  };
  /// `names` are the columns of the header, dashed; of two equal names the first counts.
  explicit RecordColumns(std::span<const std::string> names);

  std::array<std::int16_t, kColumns> position{};  // -1: no such column
};

/// Not thread-safe.
class RecordDecoder {
 public:
  /// `names` are the columns of the header, dashed; of two equal names the first counts. `symbols` outlives the
  /// decoder.
  RecordDecoder(std::span<const std::string> names, SymbolTable& symbols);

  /// Decodes one record with as many fields as the header has names. `object` gives the account where the record has
  /// none. Returns nullptr and fills `record`, or a short stable reason ("port out of range").
  ///
  /// What is accepted: numbers are plain digits; times are seconds since 1970, or milliseconds when beyond 2^31 - 1;
  /// protocols are 0 to 255, in Parquet any number (its column is an integer of 32 bits, and real files use it so).
  [[nodiscard]] const char* decode(std::span<const std::string_view> fields, const source::Object* object,
                                   SourcePlace place, FlowRecord& record);

 private:
  using Column = RecordColumns::Column;
  /// The symbol looked up last: neighbouring lines often repeat a text.
  struct LastSymbol {
    std::string text;
    std::uint32_t code = SymbolTable::kAbsent;
  };

  /// The field's text; empty where it is `-` or the log has no such column.
  [[nodiscard]] std::string_view text(std::span<const std::string_view> fields, Column column) const;
  [[nodiscard]] std::uint32_t symbol(std::string_view text, Column column);
  void decode_symbols(std::span<const std::string_view> fields, const source::Object* object, FlowRecord& record);
  [[nodiscard]] const char* decode_addresses(std::span<const std::string_view> fields, FlowRecord& record) const;
  [[nodiscard]] const char* decode_numbers(std::span<const std::string_view> fields, bool any_protocol,
                                           FlowRecord& record) const;
  [[nodiscard]] const char* decode_words(std::span<const std::string_view> fields, FlowRecord& record) const;

  SymbolTable& symbols_;
  std::size_t size_;
  RecordColumns columns_;
  std::array<LastSymbol, RecordColumns::kColumns> last_symbol_;
};

}  // namespace flowtrail::flowlog
