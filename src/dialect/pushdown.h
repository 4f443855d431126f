// Which rows of a table a statement can do without, found in its WHERE and ON clauses and told to the table's reader as
// a filter (in the text form of tables/filter_text.h). The clauses themselves stay in the statement, so a filter may be
// too wide; it must never be too narrow.
//
// A conjunct goes to a reader if it compares one column with constants, the column comes unchanged from the reader
// (through aliases, views, subqueries and WITH queries named once), and every query between leaves a row's fate to the
// row alone: no LIMIT, no window function, no aggregation but by that column. Such conjuncts are never true of NULL, so
// what an outer join fills up for a row that was not read is dropped by the clause itself.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace flowtrail::dialect {

struct Expression;
struct PushedFilter;

/// The column of a reader that a column in scope is, unchanged.
struct Origin {
  int scan = 0;
  std::string column;
  bool is_number = false;           // of an integer type; else text
  std::vector<std::string> common;  // WITH queries on the way
};
using OriginPtr = std::shared_ptr<const Origin>;

class Pushdown {
 public:
  /// A reader that takes a filter: its number, and the text that stands for the filter until the end.
  struct Scan {
    int number = 0;
    std::string token;
  };
  Scan add_scan(std::string schema, std::string table);
  /// A WITH query is named in a FROM clause.
  void refer(const std::string& common) { ++references_[common]; }
  /// The conjuncts of a condition; `only`: those about these readers; null: all.
  void add_condition(const Expression& condition, const std::set<int>* only);

  /// `sql` with filters in place of the tokens. With `enabled` false there are none.
  [[nodiscard]] std::string finished(std::string sql, bool enabled, std::vector<PushedFilter>& pushed) const;

 private:
  struct Reader {
    std::string schema, table, token;
    std::vector<std::pair<std::string, std::vector<std::string>>> predicates;  // JSON, and WITH queries on the way
  };
  void add_predicate(const Origin& origin, const std::set<int>* only, const std::string& test);
  void add_comparison(const Expression& comparison, const std::set<int>* only);
  void add_list(const Expression& in, const std::set<int>* only);
  void add_range(const Expression& between, const std::set<int>* only);
  void add_prefix(const Expression& like, const std::set<int>* only);
  void add_block(const Expression& call, const std::set<int>* only);

  std::vector<Reader> readers_;
  std::map<std::string, int> references_;
};

}  // namespace flowtrail::dialect
