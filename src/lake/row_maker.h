// Flow records as rows of a store, in the columns of their format.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bad_input.h"
#include "base/code_table.h"
#include "flowlog/flow_record.h"
#include "flowlog/reader.h"
#include "lake/columns.h"
#include "lake/row_store.h"
#include "source/inventory.h"

namespace flowtrail::lake {

/// An IPv4 address is a smaller key than its text.
struct AddressKey {
  std::uint32_t address = 0;
  [[nodiscard]] std::size_t hash() const { return address * std::uint64_t{0x9e3779b97f4a7c15U} >> 32U; }
  friend bool operator==(const AddressKey&, const AddressKey&) = default;
};

/// For the records of one RowReader and one SymbolTable. Not thread-safe.
class RowMaker {
 public:
  /// `columns` and `store` outlive the maker.
  RowMaker(const Columns& columns, bool with_place, RowStore& store);

  /// Adds one row: NULL for `-` and nothing; numbers that cannot be read are NULL as well, and bad input.
  void add(const flowlog::FlowRecord& record, const flowlog::RawRecord& raw, const source::Object& object,
           BadInput& bad);

 private:
  void add_field(std::size_t column, std::string_view text, const flowlog::FlowRecord& record,
                 const flowlog::RawRecord& raw, const source::Object& object, BadInput& bad);
  void add_symbol(std::size_t column, std::string_view text, std::uint32_t symbol);
  void add_address(std::size_t column, std::string_view text, const IpAddress& address);
  /// `usual`: the column of the address that a packet's is mostly the same as, if there is one.
  void add_packet_address(std::size_t column, std::string_view text, const IpAddress& address, std::size_t usual,
                          const flowlog::RawRecord& raw);
  void add_number(std::size_t column, std::string_view text, const BadInput::Place& place, BadInput& bad);
  void forget();

  static constexpr std::size_t kFirstAddresses = 4096;
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  const Columns& columns_;
  bool with_place_;
  RowStore& store_;
  std::size_t source_ = kNone, destination_ = kNone;  // columns
  std::uint64_t forgotten_ = 0;
  std::vector<std::uint32_t> symbol_codes_;  // of the store by symbol; 0 for those not asked for yet
  CodeTable<AddressKey> address_codes_{kFirstAddresses};
};

}  // namespace flowtrail::lake
