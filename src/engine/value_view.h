// One value of a result, nested ones included, as its parts. For readers that know the type and print it in their own
// form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace flowtrail::engine {

struct ValueType;

/// Valid as long as the chunk it comes from. Asking for a part that the type does not have gives an empty one.
class ValueView {
 public:
  ValueView() = default;
  ValueView(const ValueType* type, void* vector, std::uint64_t row) : type_(type), vector_(vector), row_(row) {}

  [[nodiscard]] bool is_null() const;
  /// VARCHAR and BLOB.
  [[nodiscard]] std::string_view text() const;
  /// BOOLEAN, integers up to 64 bits, days of a DATE, microseconds of TIME and TIMESTAMP.
  [[nodiscard]] std::int64_t integer() const;
  /// FLOAT and DOUBLE.
  [[nodiscard]] double real() const;
  /// FLOAT and DOUBLE in their shortest exact form, DECIMAL, HUGEINT and UUID as text.
  [[nodiscard]] std::string number_text() const;
  [[nodiscard]] bool is_single_precision() const;

  /// Elements of a LIST, entries of a MAP, fields of a STRUCT.
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] ValueView item(std::size_t index) const;
  [[nodiscard]] ValueView key(std::size_t index) const;
  [[nodiscard]] ValueView mapped(std::size_t index) const;
  [[nodiscard]] ValueView field(std::size_t index) const;

 private:
  const ValueType* type_ = nullptr;
  void* vector_ = nullptr;  // duckdb_vector
  std::uint64_t row_ = 0;
};

}  // namespace flowtrail::engine
