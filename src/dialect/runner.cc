#include "dialect/runner.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace flowtrail::dialect {
namespace {

constexpr std::string_view kMark = "FT!";

struct Wording {
  std::string_view part;  // of DuckDB's message
  std::string_view name;
  std::string_view message;  // empty: DuckDB's
};

constexpr std::array kWordings{
    Wording{"Overflow in", "NUMERIC_VALUE_OUT_OF_RANGE", ""},
    Wording{"division by zero", "DIVISION_BY_ZERO", "Division by zero"},
    Wording{"More than one row returned by a subquery", "SUBQUERY_MULTIPLE_ROWS",
            "Scalar sub-query has returned multiple rows"},
    Wording{"can't be cast because the value is out of range", "NUMERIC_VALUE_OUT_OF_RANGE", ""},
    Wording{"Map keys must be unique", "INVALID_FUNCTION_ARGUMENT", "Duplicate map keys are not allowed"},
    Wording{"Map keys can not be NULL", "INVALID_FUNCTION_ARGUMENT", "map key cannot be null"},
    Wording{"size of the key", "INVALID_FUNCTION_ARGUMENT", "Key and value arrays must be the same length"},
    Wording{"out of range", "NUMERIC_VALUE_OUT_OF_RANGE", ""},
};

}  // namespace

engine::SqlError as_trino_error(engine::SqlError error) {
  if (error.line > 0) error.where.clear();  // of the translated text, which the user does not know; else an object's
  error.line = 0;
  error.column = 0;
  if (const std::size_t mark = error.what.find(kMark); mark != std::string::npos) {
    const std::size_t begin = mark + kMark.size();
    const std::size_t end = error.what.find('!', begin);
    if (end != std::string::npos) {
      error.name = error.what.substr(begin, end - begin);
      error.what = error.what.substr(end + 1);
      // Raised by a cast of this text: what DuckDB says behind it is no part of the message.
      if (const std::size_t close = error.what.find("!'"); close != std::string::npos) error.what.resize(close);
      if (!error.hint.empty()) error.what += "\n" + std::exchange(error.hint, {});
      return error;
    }
  }
  if (const std::size_t colon = error.what.find(": ");
      error.what.starts_with("HIVE_") && colon < error.what.find(' ')) {
    error.name = error.what.substr(0, colon);  // of a SerDe
    error.what.erase(0, colon + 2);
    return error;
  }
  for (const Wording& wording : kWordings) {
    if (error.what.find(wording.part) == std::string::npos) continue;
    error.name = std::string{wording.name};
    if (!wording.message.empty()) error.what = std::string{wording.message};
    break;
  }
  return error;
}

engine::SqlResult<void> prepare(engine::Connection& connection, Natives& natives) {
  if (auto known = natives.update(connection); !known) {
    engine::SqlError error;
    static_cast<Error&>(error) = known.error();
    error.name = "GENERIC_INTERNAL_ERROR";
    return std::unexpected(std::move(error));
  }
  return {};
}

engine::SqlResult<void> run(engine::Connection& connection, Natives& natives, const Translation& translation,
                            ValueForm form, const RowSink& sink) {
  FT_CHECK(prepare(connection, natives));
  auto result = connection.query(translation.sql);
  if (!result) return std::unexpected(as_trino_error(result.error()));
  while (true) {
    auto chunk = result->next();
    if (!chunk) return std::unexpected(as_trino_error(chunk.error()));
    if (!*chunk) return {};
    std::vector<std::vector<output::Value>> rows((*chunk)->row_count());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      for (std::size_t column = 0; column < translation.columns.size(); ++column) {
        rows[row].push_back(decode((*chunk)->view(column, row), translation.columns[column].type, form));
      }
    }
    sink(std::move(rows));
  }
}

}  // namespace flowtrail::dialect
