#include "lake/row_maker.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/short_text.h"

namespace flowtrail::lake {
namespace {

/// Of a text whose address is IPv4: whether it is dotted, as only one text for each address is.
bool is_dotted(std::string_view text) {
  return text.size() >= 7 && text.size() <= 15 && text[0] != ':' &&
         (text[1] == '.' || text[2] == '.' || text[3] == '.');
}

}  // namespace

RowMaker::RowMaker(const Columns& columns, bool with_place, RowStore& store)
    : columns_(columns), with_place_(with_place), store_(store), forgotten_(store.forgotten()) {
  for (std::size_t i = 0; i < columns.fields.size(); ++i) {
    if (columns.fields[i].decoded == Decoded::kSource) source_ = i;
    if (columns.fields[i].decoded == Decoded::kDestination) destination_ = i;
  }
}

void RowMaker::add(const flowlog::FlowRecord& record, const flowlog::RawRecord& raw, const source::Object& object,
                   BadInput& bad) {
  if (forgotten_ != store_.forgotten()) forget();
  store_.begin_row();
  const std::size_t fields = columns_.fields.size();
  for (std::size_t i = 0; i < fields; ++i) {
    const std::string_view text = raw.fields[i];
    if (text.empty() || (text.size() == 1 && text.front() == '-')) {
      store_.add_null(i);
    } else {
      add_field(i, text, record, raw, object, bad);
    }
  }
  if (with_place_) {
    store_.add_text(fields, object.key);
    store_.add_number(fields + 1, record.place.line);
  }
  store_.end_row();
}

inline void RowMaker::add_field(std::size_t column, std::string_view text, const flowlog::FlowRecord& record,
                                const flowlog::RawRecord& raw, const source::Object& object, BadInput& bad) {
  const FieldColumn& field = columns_.fields[column];
  switch (field.decoded) {
    case Decoded::kInt32: return store_.add_number(column, record.*field.int32);
    case Decoded::kInt64: return store_.add_number(column, record.*field.int64);
    case Decoded::kSymbol: return add_symbol(column, text, record.*field.symbol);
    case Decoded::kSource: return add_address(column, text, record.src);
    case Decoded::kDestination: return add_address(column, text, record.dst);
    case Decoded::kPacketSource: return add_packet_address(column, text, record.pkt_src, source_, raw);
    case Decoded::kPacketDestination: return add_packet_address(column, text, record.pkt_dst, destination_, raw);
    case Decoded::kNot: break;
  }
  if (field.type == parquet::Type::kText) return store_.add_text(column, text);
  add_number(column, text, {object.key, record.place.line}, bad);
}

void RowMaker::add_symbol(std::size_t column, std::string_view text, std::uint32_t symbol) {
  if (symbol >= symbol_codes_.size()) symbol_codes_.resize(std::max<std::size_t>(symbol + 1, symbol_codes_.size() * 2));
  std::uint32_t& code = symbol_codes_[symbol];
  if (code == 0) code = store_.code(text);
  store_.add_code(column, code);
}

void RowMaker::add_address(std::size_t column, std::string_view text, const IpAddress& address) {
  if (!address.is_v4() || !is_dotted(text)) return store_.add_text(column, text);
  store_.add_code(column, address_codes_.code({address.v4()}, [&] { return store_.code(text); }));
}

void RowMaker::add_packet_address(std::size_t column, std::string_view text, const IpAddress& address,
                                  std::size_t usual, const flowlog::RawRecord& raw) {
  // The usual column has to be written already.
  if (usual < column && is_same(text, raw.fields[usual])) return store_.add_code(column, store_.code_in_row(usual));
  add_address(column, text, address);
}

void RowMaker::add_number(std::size_t column, std::string_view text, const BadInput::Place& place, BadInput& bad) {
  std::int64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool fits = columns_.fields[column].type == parquet::Type::kInt64 || std::in_range<std::int32_t>(value);
  if (fault == std::errc{} && end == text.data() + text.size() && fits) return store_.add_number(column, value);
  bad.add("not a number in " + columns_.fields[column].field, place.object, place.line);
  store_.add_null(column);
}

void RowMaker::forget() {
  forgotten_ = store_.forgotten();
  symbol_codes_.clear();
  address_codes_ = CodeTable<AddressKey>(kFirstAddresses);
}

}  // namespace flowtrail::lake
