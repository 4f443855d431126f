// Partitions that a table's properties tell instead of a catalog: each partition column runs through a range or a list,
// and every combination of values is a partition, whether or not there are files in it.
// Source: docs.aws.amazon.com/athena, "Use partition projection with Amazon Athena".
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/utc_time.h"
#include "hive/statement.h"
#include "scalar/calendar.h"
#include "scalar/date_pattern.h"

namespace flowtrail::hive {

constexpr std::size_t kMostPartitions = 1'000'000;

/// What a query says of a partition column. All that is told must hold. Values compare as those of the column's type
/// do: of an integer type as numbers, strings and dates as texts; constraints on other types narrow nothing.
struct Constraint {
  std::optional<std::set<std::string>> allowed;
  std::optional<std::string> lower;  // inclusive
  std::optional<std::string> upper;  // inclusive
};

struct Partition {
  std::vector<std::string> values;  // in the order of the table's partition columns
  std::string location;             // ends with a slash
  friend bool operator==(const Partition&, const Partition&) = default;
};

/// How a partition column spells dates (`yyyy/MM/dd`): Java's pattern letters y u M d H m s S, and D E a h K k; text
/// between single quotes.
class DateFormat {
 public:
  /// Errors: kUsage.
  [[nodiscard]] static Result<DateFormat> parse(std::string_view pattern);

  [[nodiscard]] std::string format(std::int64_t micros) const;
  /// Microseconds since 1970, UTC; nullopt: no such date.
  [[nodiscard]] std::optional<std::int64_t> read(std::string_view text) const;
  /// The unit of its finest field.
  [[nodiscard]] scalar::TimeUnit finest() const { return finest_; }
  /// Whether later dates are greater texts, in the years 0 to 9999.
  [[nodiscard]] bool is_ordered() const { return ordered_; }
  /// Whether its texts are numbers.
  [[nodiscard]] bool is_number() const { return number_; }

 private:
  explicit DateFormat(scalar::DatePattern pattern) : pattern_(std::move(pattern)) {}

  scalar::DatePattern pattern_;
  scalar::TimeUnit finest_ = scalar::TimeUnit::kYear;
  bool ordered_ = false;
  bool number_ = false;
};

struct EnumProjection {
  std::vector<std::string> values;  // without repetition
};

struct IntegerProjection {
  std::int64_t first = 0;
  std::int64_t last = 0;  // inclusive
  std::int64_t interval = 1;
  int digits = 0;  // zeros fill up to so many characters
};

/// A date, or a distance from the moment of the query.
struct DateBound {
  bool from_now = false;
  std::int64_t micros = 0;  // since 1970, UTC, if it is a date
  std::int64_t amount = 0;  // of `unit`, if it is a distance
  scalar::TimeUnit unit = scalar::TimeUnit::kDay;
};

struct DateProjection {
  DateFormat format;
  DateBound first;
  DateBound last;  // inclusive
  std::int64_t interval = 1;
  scalar::TimeUnit unit = scalar::TimeUnit::kDay;
};

/// The query has to tell the values.
struct InjectedProjection {};

struct ProjectedColumn {
  std::string name;
  trino::Type type;
  std::variant<EnumProjection, IntegerProjection, DateProjection, InjectedProjection> values;
};

/// Whether the table has projection.enabled = true; without it the other properties do not count.
[[nodiscard]] bool is_projected(const Properties& properties);

class Projection {
 public:
  /// `location` is the table's; storage.location.template comes before it. Errors: kUsage, with the property's name.
  [[nodiscard]] static Result<Projection> of(const Properties& properties, const std::vector<Column>& partition_columns,
                                             std::string_view location);

  /// All partitions that the constraints (by column) leave, the last column running fastest. Cost: the partitions'
  /// number, and that of the values of a column that cannot be searched. Errors: kUsage for an injected column without
  /// allowed values (CONSTRAINT_VIOLATION in Athena's words) and for more than `most` values or partitions.
  [[nodiscard]] Result<std::vector<Partition>> expand(const std::map<std::string, Constraint>& constraints,
                                                      UtcSeconds now, std::size_t most = kMostPartitions) const;

  [[nodiscard]] const std::vector<ProjectedColumn>& columns() const { return columns_; }

 private:
  // The location of partitions: texts and values by turns.
  struct Piece {
    std::string text;
    std::optional<std::size_t> column;  // whose value follows the text
  };

  [[nodiscard]] Status set_template(std::string_view text);
  void set_default_location(std::string_view location);
  [[nodiscard]] std::string location_of(const std::vector<std::string>& values) const;

  std::vector<ProjectedColumn> columns_;
  std::vector<Piece> pieces_;
  bool escaped_ = false;  // values in the location are escaped, as Hive does in folders `column=value`
};

}  // namespace flowtrail::hive
