// The readers behind make_reader, one per family of SerDes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "serde/line_source.h"
#include "serde/row_reader.h"
#include "serde/text_value.h"

namespace flowtrail::serde {

/// The table, once its parts are known to be sound.
struct Setup {
  Format format;
  std::vector<Column> columns;
  std::vector<std::size_t> wanted;

  /// The property's value, found without regard to case; nullptr: there is none.
  [[nodiscard]] const std::string* property(std::string_view name) const;
  [[nodiscard]] bool is_true(std::string_view name) const;
  /// timestamp.formats. Errors: kUsage.
  [[nodiscard]] Result<std::vector<scalar::DatePattern>> timestamp_formats() const;
  /// Errors: kUnsupported for a column that is an array, map or row.
  [[nodiscard]] Status check_flat(std::string_view serde) const;
};

using MadeReader = Result<std::unique_ptr<RowReader>>;

enum class JsonFlavor : std::uint8_t { kHive, kOpenX };

[[nodiscard]] MadeReader make_cloudtrail_reader(Setup setup, JsonFlavor flavor);
[[nodiscard]] MadeReader make_json_line_reader(Setup setup, JsonFlavor flavor);
[[nodiscard]] MadeReader make_delimited_reader(Setup setup);
[[nodiscard]] MadeReader make_regex_reader(Setup setup);
[[nodiscard]] MadeReader make_grok_reader(Setup setup);
[[nodiscard]] MadeReader make_csv_reader(Setup setup);

/// What readers of lines share: lines that are too long are counted and left out.
class LineRowReader : public RowReader {
 public:
  explicit LineRowReader(Setup setup, char line_end = '\n') : setup_(std::move(setup)), line_end_(line_end) {}

  [[nodiscard]] Status open(std::unique_ptr<codec::InputStream> object, std::string key) final;
  [[nodiscard]] Result<bool> next(std::span<trino::Value> row) final;
  [[nodiscard]] std::uint64_t line() const final { return line_; }

 protected:
  /// All values of `row` are NULL before.
  [[nodiscard]] virtual Status read_line(std::string_view line, std::span<trino::Value> row) = 0;

  void add_bad(const std::string& reason) { bad_.add(reason, key_, line_); }
  /// HIVE_BAD_DATA with the column's name and place, or with use.null.for.invalid.data a count.
  [[nodiscard]] Status misfit(std::string_view text, std::size_t column);
  [[nodiscard]] Error error_here(std::string what) const;
  [[nodiscard]] const Setup& setup() const { return setup_; }

 private:
  Setup setup_;
  char line_end_;
  std::string key_;
  std::unique_ptr<codec::InputStream> object_;
  std::unique_ptr<LineSource> lines_;
  std::uint64_t line_ = 0;
};

}  // namespace flowtrail::serde
