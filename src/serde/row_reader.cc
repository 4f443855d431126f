#include "serde/row_reader.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/letters.h"
#include "serde/readers.h"

namespace flowtrail::serde {
namespace {

enum class Kind : std::uint8_t { kCloudTrail, kDelimited, kHiveJson, kOpenXJson, kRegex, kGrok, kCsv };

struct ClassName {
  std::string_view name;
  Kind kind;
};
// A class without its package is found by its last part, the first of the list first.
constexpr std::array kClasses{
    ClassName{"com.amazon.emr.hive.serde.CloudTrailSerde", Kind::kCloudTrail},
    ClassName{"org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", Kind::kDelimited},
    ClassName{"org.apache.hive.hcatalog.data.JsonSerDe", Kind::kHiveJson},
    ClassName{"org.openx.data.jsonserde.JsonSerDe", Kind::kOpenXJson},
    ClassName{"org.apache.hadoop.hive.serde2.RegexSerDe", Kind::kRegex},
    ClassName{"com.amazonaws.glue.serde.GrokSerDe", Kind::kGrok},
    ClassName{"org.apache.hadoop.hive.serde2.OpenCSVSerde", Kind::kCsv},
    ClassName{"org.apache.hadoop.hive.serde2.JsonSerDe", Kind::kHiveJson},
    ClassName{"org.apache.hadoop.hive.contrib.serde2.RegexSerDe", Kind::kRegex},
};
constexpr std::size_t kDocumented = 7;  // of kClasses; the others are older names
constexpr int kMostFooterLines = 100;

std::string_view last_part(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

std::optional<Kind> kind_of(std::string_view serde_class) {
  if (serde_class.empty()) return Kind::kDelimited;
  const std::string wanted = lower(serde_class);
  const bool has_package = wanted.find('.') != std::string::npos;
  for (const ClassName& known : kClasses) {
    if (lower(has_package ? known.name : last_part(known.name)) == wanted) return known.kind;
  }
  return std::nullopt;
}

std::unexpected<Error> unknown_class(const std::string& name) {
  std::string supported;
  for (const ClassName& known : std::span{kClasses}.first(kDocumented)) {
    if (!supported.empty()) supported += ", ";
    supported += known.name;
  }
  Error error{ErrorCode::kUnsupported, fmt::format("the SerDe {} is not read here", name), {}, {}};
  error.hint = "supported: " + supported;
  return std::unexpected(std::move(error));
}

Status check(const Setup& setup) {
  for (const Column& column : setup.columns) {
    if (column.type.kind() == trino::TypeKind::kUnknown) {
      return failure(ErrorCode::kUnsupported, "column {} has no type", column.name);
    }
  }
  std::vector<bool> seen(setup.columns.size());
  for (const std::size_t place : setup.wanted) {
    if (place >= seen.size() || seen[place]) {
      return failure(ErrorCode::kUsage, "column {} of {} is wanted", place, seen.size());
    }
    seen[place] = true;
  }
  if (setup.format.skip_header_lines < 0 || setup.format.skip_footer_lines < 0 ||
      setup.format.skip_footer_lines > kMostFooterLines) {
    return failure(ErrorCode::kUsage, "lines to skip: {} and {}, at the end at most {}", setup.format.skip_header_lines,
                   setup.format.skip_footer_lines, kMostFooterLines);
  }
  return {};
}

}  // namespace

const std::string* Setup::property(std::string_view name) const {
  for (const auto& [key, value] : format.properties) {
    if (lower(key) == lower(name)) return &value;
  }
  return nullptr;
}

bool Setup::is_true(std::string_view name) const {
  const std::string* const value = property(name);
  return value != nullptr && lower(*value) == "true";
}

Result<std::vector<scalar::DatePattern>> Setup::timestamp_formats() const {
  std::vector<scalar::DatePattern> formats;
  const std::string* const value = property("timestamp.formats");
  std::string_view rest = value == nullptr ? std::string_view{} : *value;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    auto pattern = scalar::DatePattern::joda(rest.substr(0, comma));
    if (!pattern) return failure(ErrorCode::kUsage, "timestamp.formats: {}", pattern.error().message);
    formats.push_back(*std::move(pattern));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return formats;
}

Status Setup::check_flat(std::string_view serde) const {
  for (const Column& column : columns) {
    if (is_flat(column.type)) continue;
    return failure(ErrorCode::kUnsupported, "{} cannot read column {} of type {}", serde, column.name,
                   column.type.to_string());
  }
  return {};
}

Status LineRowReader::open(std::unique_ptr<codec::InputStream> object, std::string key) {
  lines_.reset();
  object_ = std::move(object);
  key_ = std::move(key);
  line_ = 0;
  const LineSource::Skipped skipped{setup_.format.skip_header_lines, setup_.format.skip_footer_lines};
  lines_ = std::make_unique<LineSource>(*object_, skipped, line_end_);
  return {};
}

Result<bool> LineRowReader::next(std::span<trino::Value> row) {
  TextLine line;
  while (lines_) {
    const Result<bool> more = lines_->next(line);
    if (!more || !*more) {
      lines_.reset();
      return more;
    }
    line_ = line.number;
    if (line.too_long) {
      add_bad("line longer than 10 MiB");
      continue;
    }
    std::ranges::fill(row, trino::Value{});
    if (Status read = read_line(line.text, row); !read) {
      lines_.reset();
      return std::unexpected(std::move(read).error());
    }
    return true;
  }
  return false;
}

Error LineRowReader::error_here(std::string what) const {
  return {ErrorCode::kCorrupt, std::move(what), fmt::format("{} line {}", key_, line_), {}};
}

Status LineRowReader::misfit(std::string_view text, std::size_t column) {
  constexpr std::size_t kShown = 100;
  if (setup_.is_true("use.null.for.invalid.data")) {
    add_bad("value that is none of its column's type");
    return {};
  }
  const Column& declared = setup_.columns[column];
  Error error =
      error_here(fmt::format("HIVE_BAD_DATA: Error parsing field value '{}' for field {}: {} is a {}",
                             valid_utf8(text.substr(0, kShown)), column, declared.name, declared.type.to_string()));
  error.hint = "declare the column as string, or set use.null.for.invalid.data";
  return std::unexpected(std::move(error));
}

Result<std::unique_ptr<RowReader>> make_reader(const Format& format, std::vector<Column> columns,
                                               std::vector<std::size_t> wanted) {
  Setup setup{format, std::move(columns), std::move(wanted)};
  FT_CHECK(check(setup));
  const std::optional<Kind> kind = kind_of(format.serde_class);
  if (!kind) return unknown_class(format.serde_class);
  const std::string input = lower(last_part(format.input_format));
  if (input == "cloudtrailinputformat" || *kind == Kind::kCloudTrail) {
    if (*kind != Kind::kCloudTrail && *kind != Kind::kHiveJson && *kind != Kind::kOpenXJson) {
      return failure(ErrorCode::kUnsupported, "{} with the input format {} is not read here", format.serde_class,
                     format.input_format);
    }
    return make_cloudtrail_reader(std::move(setup), *kind == Kind::kOpenXJson ? JsonFlavor::kOpenX : JsonFlavor::kHive);
  }
  if (!input.empty() && input != "textinputformat") {
    return failure(ErrorCode::kUnsupported, "the input format {} is not read here", format.input_format);
  }
  switch (*kind) {
    case Kind::kHiveJson: return make_json_line_reader(std::move(setup), JsonFlavor::kHive);
    case Kind::kOpenXJson: return make_json_line_reader(std::move(setup), JsonFlavor::kOpenX);
    case Kind::kRegex: return make_regex_reader(std::move(setup));
    case Kind::kGrok: return make_grok_reader(std::move(setup));
    case Kind::kCsv: return make_csv_reader(std::move(setup));
    default: return make_delimited_reader(std::move(setup));
  }
}

}  // namespace flowtrail::serde
