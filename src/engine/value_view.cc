#include "engine/value_view.h"

#include <fmt/format.h>

#include "engine/value_reader.h"

namespace flowtrail::engine {
namespace {

duckdb_vector as_vector(void* vector) {
  return static_cast<duckdb_vector>(vector);
}

template <typename T>
T element(void* vector, std::uint64_t row) {
  return static_cast<const T*>(duckdb_vector_get_data(as_vector(vector)))[row];
}

bool is_list(const ValueType& type) {
  return type.id == DUCKDB_TYPE_LIST || type.id == DUCKDB_TYPE_MAP;
}

}  // namespace

bool ValueView::is_null() const {
  return type_ == nullptr || type_->id == DUCKDB_TYPE_SQLNULL || engine::is_null(as_vector(vector_), row_);
}

std::string_view ValueView::text() const {
  if (is_null() || (type_->id != DUCKDB_TYPE_VARCHAR && type_->id != DUCKDB_TYPE_BLOB)) return {};
  return read_text(as_vector(vector_), row_);
}

std::int64_t ValueView::integer() const {
  if (is_null()) return 0;
  switch (type_->id) {
    case DUCKDB_TYPE_DATE: return element<std::int32_t>(vector_, row_);
    case DUCKDB_TYPE_TIME:
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ: return element<std::int64_t>(vector_, row_);
    default: return read_integer(*type_, as_vector(vector_), row_);
  }
}

double ValueView::real() const {
  if (is_null()) return 0;
  if (type_->id == DUCKDB_TYPE_FLOAT) return element<float>(vector_, row_);
  return type_->id == DUCKDB_TYPE_DOUBLE ? element<double>(vector_, row_) : 0;
}

bool ValueView::is_single_precision() const {
  return type_ != nullptr && type_->id == DUCKDB_TYPE_FLOAT;
}

std::string ValueView::number_text() const {
  if (is_null()) return {};
  if (type_->id == DUCKDB_TYPE_FLOAT) return fmt::format("{}", element<float>(vector_, row_));
  if (type_->id == DUCKDB_TYPE_DOUBLE) return fmt::format("{}", real());
  return output::plain_value(read_value(*type_, as_vector(vector_), row_));
}

std::size_t ValueView::size() const {
  if (is_null()) return 0;
  if (is_list(*type_)) return element<duckdb_list_entry>(vector_, row_).length;
  return type_->id == DUCKDB_TYPE_STRUCT ? type_->children.size() : 0;
}

ValueView ValueView::item(std::size_t index) const {
  if (is_null() || type_->id != DUCKDB_TYPE_LIST || index >= size()) return {};
  const auto entry = element<duckdb_list_entry>(vector_, row_);
  return {type_->children.data(), duckdb_list_vector_get_child(as_vector(vector_)), entry.offset + index};
}

ValueView ValueView::key(std::size_t index) const {
  if (is_null() || type_->id != DUCKDB_TYPE_MAP || index >= size()) return {};
  const auto entry = element<duckdb_list_entry>(vector_, row_);
  const duckdb_vector entries = duckdb_list_vector_get_child(as_vector(vector_));
  return {type_->children.data(), duckdb_struct_vector_get_child(entries, 0), entry.offset + index};
}

ValueView ValueView::mapped(std::size_t index) const {
  if (is_null() || type_->id != DUCKDB_TYPE_MAP || index >= size()) return {};
  const auto entry = element<duckdb_list_entry>(vector_, row_);
  const duckdb_vector entries = duckdb_list_vector_get_child(as_vector(vector_));
  return {&type_->children[1], duckdb_struct_vector_get_child(entries, 1), entry.offset + index};
}

ValueView ValueView::field(std::size_t index) const {
  if (is_null() || type_->id != DUCKDB_TYPE_STRUCT || index >= size()) return {};
  return {&type_->children[index], duckdb_struct_vector_get_child(as_vector(vector_), index), row_};
}

}  // namespace flowtrail::engine
