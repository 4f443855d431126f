// Which records a reader should pass on: a conjunction of simple tests on columns, tried on the texts of a line before
// anything else of it is parsed, and on what an object's key tells before the object is opened.
//
// A column is named as in SQL or as in a header (`pkt_srcaddr`, `pkt-srcaddr`), or is one that the key tells:
// `aws_account_id`, `aws_region`, `day`, `$path`. A value that is absent (`-`, a column that the flow log does not
// have, a key that does not tell it) meets no test, as NULL does in SQL. A text that is not of the kind that a test
// compares (letters in a number, say) meets every test: the decoder, or the engine behind the reader, has to judge it.
// So a filter may let too much through, never too little.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <variant>
#include <vector>

#include "base/ip_address.h"
#include "flowlog/fast_text.h"
#include "flowlog/line_index.h"
#include "source/inventory.h"

namespace flowtrail::flowlog {

/// `=` and `IN` on numbers. `start` and `end` are compared as whole seconds even where a file has milliseconds.
struct OneOfNumbers {
  std::vector<std::int64_t> values;
};
/// `<`, `BETWEEN` and the like on numbers; both ends count.
struct NumberRange {
  std::optional<std::int64_t> least, greatest;
};
/// `=` and `IN` on texts, byte by byte.
struct OneOfTexts {
  std::vector<std::string> values;
};
/// `<`, `BETWEEN` and the like on texts, in the order of their bytes.
struct TextRange {
  std::optional<std::string> least, greatest;
  bool with_least = true, with_greatest = true;
};
/// `LIKE 'text%'`.
struct TextPrefix {
  std::string prefix;
};
/// An address in one of these blocks. 0.0.0.0/0 has no IPv6 address, ::/0 no IPv4 address.
struct InBlocks {
  std::vector<Cidr> blocks;
};

struct Predicate {
  std::string column;
  std::variant<OneOfNumbers, NumberRange, OneOfTexts, TextRange, TextPrefix, InBlocks> test;
};

/// All of them must be met; without any, everything passes.
struct Filter {
  std::vector<Predicate> predicates;

  [[nodiscard]] bool empty() const { return predicates.empty(); }
};

/// False if a record cannot pass whose column has this value: a part of a key, or of a partition.
[[nodiscard]] bool may_meet(const Predicate& predicate, std::string_view value);

/// False if no record of the object can pass: by what its key tells, and by `start` and `end` with a margin of a day
/// around the time in its name.
[[nodiscard]] bool may_hold(const Filter& filter, const source::Object& object);

/// True for the columns that an object's key tells.
[[nodiscard]] bool is_key_column(std::string_view column);

/// A filter for the lines under one header. Tests that cost least come first. Not thread-safe: it remembers what it
/// looked up last.
class LineFilter {
 public:
  /// `names`: the columns of the header, dashed; of two equal names the first counts.
  LineFilter(const Filter& filter, std::span<const std::string> names);

  [[nodiscard]] bool passes_all() const { return tests_.empty() && !passes_nothing_; }
  /// `fields`: one text for each column.
  [[nodiscard]] bool passes(std::span<const std::string_view> fields);
  /// A line of an index over `block`, with as many fields as there are columns; 16 bytes behind the block can be read.
  [[nodiscard]] bool passes(const char* block, const LineIndex::Line& line) {
    return !is_another_number(block, line) && passes_tests(block, line);
  }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  using Texts = std::unordered_set<std::string, TextHash, std::equal_to<>>;
  struct Test {
    std::size_t position = 0;  // of the column
    int cost = 0;              // order among the tests
    bool is_time = false;
    decltype(Predicate::test) test;
    Texts texts;  // of OneOfTexts with many values
    std::array<char, 32> last{};
    std::uint32_t last_size = 0;  // 0: nothing looked up yet
    bool last_passed = false;
  };

  /// Most lines end here: the first test is for one number, and they have another.
  [[nodiscard]] bool is_another_number(const char* block, const LineIndex::Line& line) const {
    if (first_digits_ == 0) return false;
    const auto [begin, end] = line.field(first_position_);
    if (end - begin > 8) return false;
    const std::uint64_t digits = eight_of(block + begin, end - begin);
    return digits != first_digits_ && is_eight_digits(digits);
  }
  [[nodiscard]] bool passes_tests(const char* block, const LineIndex::Line& line);
  [[nodiscard]] static bool passes(Test& test, std::string_view text, bool padded);
  [[nodiscard]] static bool is_one_of(Test& test, std::string_view text);
  [[nodiscard]] static bool look_up(const Test& test, std::string_view text);

  std::vector<Test> tests_;
  std::size_t first_position_ = 0;  // of the first test's column
  std::uint64_t first_digits_ = 0;  // eight, where that test is for one number; 0: for something else
  bool passes_nothing_ = false;     // a column is missing
};

}  // namespace flowtrail::flowlog
