// A statement as a tree. Expressions are one kind of node: `kind` says what it is, `text` holds its name, literal or
// operator, `children` its operands in the order given beside each kind. Every node knows the bytes it was written with
// and the place where Trino reports its errors (operators report at the operator, all others at their first token).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/pushdown.h"
#include "dialect/token.h"

namespace flowtrail::dialect {

struct Expression;
struct Query;
using ExpressionPtr = std::unique_ptr<Expression>;
using QueryPtr = std::unique_ptr<Query>;

enum class ExpressionKind : std::uint8_t {
  kNull,
  kBoolean,       // text: true, false
  kString,        // text: the value
  kBinary,        // text: hexadecimal digits
  kInteger,       // text: as written
  kDecimal,       // text: as written
  kDouble,        // text: as written
  kTypedLiteral,  // text: the value; type_text: the type
  kInterval,      // text: the value; names: first unit, maybe last unit; negated
  kParameter,     // ordinal: number of the ? from 0
  kIdentifier,    // text: the name in its own case; quoted
  kDereference,   // base; text: the field
  kSubscript,     // base, index
  kNegate,        // operand
  kPlus,          // operand
  kArithmetic,    // left, right; text: + - * / %
  kConcat,        // left, right
  kComparison,    // left, right; text: = <> < <= > >=
  kQuantified,    // left; query; text: operator; names: ALL, ANY or SOME
  kNot,           // operand
  kAnd,           // two or more terms
  kOr,            // two or more terms
  kIsNull,        // operand; negated
  kIsDistinct,    // left, right; negated: IS NOT DISTINCT FROM
  kBetween,       // value, lower, upper; negated
  kInList,        // value, items; negated
  kInQuery,       // value; query; negated
  kLike,          // value, pattern, maybe escape; negated
  kExists,        // query
  kSubquery,      // query
  kSimpleCase,    // operand, when/then pairs, maybe else (has_else)
  kSearchedCase,  // when/then pairs, maybe else (has_else)
  kCast,          // operand; type_text; negated: TRY_CAST
  kExtract,       // operand; text: the field
  kAtTimeZone,    // operand, zone
  kCall,          // arguments; text: the name in lower case; call
  kLambda,        // body; names: parameters
  kRow,           // fields
  kArray,         // elements
  kCurrent,       // text: current_date, ...; ordinal: precision or -1
  kGrouping,      // columns
  kJson,          // see JsonCall; text: json_value, json_query, json_exists, json_object, json_array
};

enum class NullOrder : std::uint8_t { kDefault, kFirst, kLast };

struct SortItem {
  ExpressionPtr key;
  bool descending = false;
  NullOrder nulls = NullOrder::kDefault;
};

enum class FrameBoundKind : std::uint8_t {
  kUnboundedPreceding,
  kPreceding,
  kCurrentRow,
  kFollowing,
  kUnboundedFollowing
};

struct FrameBound {
  FrameBoundKind kind = FrameBoundKind::kCurrentRow;
  ExpressionPtr offset;  // of kPreceding and kFollowing
};

struct Frame {
  std::string unit;  // ROWS, RANGE, GROUPS
  FrameBound start;
  std::optional<FrameBound> end;
};

struct Window {
  std::string base;  // the name of another window; empty: none
  std::vector<ExpressionPtr> partition_by;
  std::vector<SortItem> order_by;
  std::optional<Frame> frame;
  bool is_name_only = false;  // OVER name
  Position position;
};

enum class NullTreatment : std::uint8_t { kNone, kIgnore, kRespect };

/// What a function call may carry beside its arguments.
struct CallParts {
  bool star = false;  // count(*)
  bool distinct = false;
  bool qualified = false;  // written with a catalog or schema before it
  std::vector<SortItem> order_by;
  ExpressionPtr filter;
  std::unique_ptr<Window> over;
  NullTreatment nulls = NullTreatment::kNone;
  std::string overflow;  // LISTAGG: ERROR, TRUNCATE WITH COUNT, ...
};

/// JSON_VALUE(input, path PASSING .. RETURNING .. ON EMPTY .. ON ERROR) and its like. The first child of the node is
/// the input (or keys and values in turn); `defaults` hold the expressions of DEFAULT.
struct JsonCall {
  std::string path;
  Position path_position;
  std::vector<std::string> passing_names;
  std::vector<ExpressionPtr> passing;
  std::string returning;  // type; empty: the default
  std::string wrapper;    // WITHOUT, CONDITIONAL, UNCONDITIONAL
  bool omit_quotes = false;
  std::string on_empty;  // NULL, ERROR, DEFAULT, EMPTY ARRAY, EMPTY OBJECT; empty: the default
  std::string on_error;  // and TRUE, FALSE, UNKNOWN
  ExpressionPtr default_on_empty;
  ExpressionPtr default_on_error;
  bool input_is_json = false;       // FORMAT JSON behind the input
  std::vector<bool> value_is_json;  // of json_object, json_array: FORMAT JSON behind a value
  bool absent_on_null = false;
  bool unique_keys = false;
};

struct Expression {
  Expression(ExpressionKind kind_of, const Token& token);
  ~Expression();
  Expression(Expression&&) = delete;
  Expression& operator=(Expression&&) = delete;
  Expression(const Expression&) = delete;
  Expression& operator=(const Expression&) = delete;

  ExpressionKind kind;
  Position position;      // where errors are reported
  Position start;         // of the first token
  std::size_t begin = 0;  // bytes of the statement
  std::size_t end = 0;
  std::string text;
  std::string type_text;
  std::vector<std::string> names;
  std::vector<ExpressionPtr> children;
  QueryPtr query;
  std::unique_ptr<CallParts> call;
  std::unique_ptr<JsonCall> json;
  int ordinal = 0;
  int depth = 1;  // of the tree below, this node included
  bool negated = false;
  bool quoted = false;
  bool has_else = false;
  bool parenthesized = false;

  // Left by the analyzer for the checks that follow it.
  std::string sql;                // DuckDB's text
  bool is_aggregate = false;      // a call of an aggregate without OVER
  bool is_window = false;         // a call with OVER
  bool is_local_column = false;   // names a column of the innermost query
  OriginPtr origin;               // of such a column, if it is a reader's
  bool is_outer_column = false;   // names a column of an enclosing query
  bool is_output_column = false;  // names a column of the select list, from ORDER BY
  bool is_resolved_name = false;  // a whole a.b.c names one column: its children were not looked at
};

enum class RelationKind : std::uint8_t { kTable, kSubquery, kLateral, kUnnest, kJoin, kValuesFunction };

enum class JoinKind : std::uint8_t { kCross, kImplicit, kInner, kLeft, kRight, kFull };

struct Relation {
  RelationKind kind = RelationKind::kTable;
  Position position;
  std::vector<std::string> name;      // kTable: catalog, schema, table in their own case
  QueryPtr query;                     // kSubquery, kLateral
  std::vector<ExpressionPtr> arrays;  // kUnnest
  bool with_ordinality = false;       // kUnnest
  std::string alias;                  // empty: none
  std::vector<std::string> column_aliases;
  Position alias_position;
  JoinKind join = JoinKind::kCross;  // kJoin: left, right, on or using
  std::unique_ptr<Relation> left;
  std::unique_ptr<Relation> right;
  ExpressionPtr on;
  std::vector<std::string> using_columns;
  std::vector<Position> using_positions;
  std::string sample_method;  // BERNOULLI, SYSTEM; empty: no TABLESAMPLE
  ExpressionPtr sample_percentage;
  int depth = 1;
};
using RelationPtr = std::unique_ptr<Relation>;

struct SelectItem {
  ExpressionPtr expression;  // of `base.*` the base; null for a bare *
  bool star = false;
  std::string alias;  // empty: none
  std::vector<std::string> star_aliases;
  Position position;
};

enum class GroupingKind : std::uint8_t { kSimple, kRollup, kCube, kSets };

struct GroupingElement {
  GroupingKind kind = GroupingKind::kSimple;
  std::vector<std::vector<ExpressionPtr>> sets;  // kSimple: one set of one or more expressions
};

struct NamedWindow {
  std::string name;
  Window window;
};

struct Select {
  Position position;
  bool distinct = false;
  std::vector<SelectItem> items;
  RelationPtr from;
  ExpressionPtr where;
  bool has_group_by = false;
  bool group_by_distinct = false;
  std::vector<GroupingElement> group_by;
  ExpressionPtr having;
  std::vector<NamedWindow> windows;
};

enum class BodyKind : std::uint8_t { kSelect, kSetOperation, kValues, kTable, kQuery };

struct QueryBody {
  BodyKind kind = BodyKind::kSelect;
  Position position;
  std::unique_ptr<Select> select;
  std::string operation;  // UNION, INTERSECT, EXCEPT
  bool all = false;
  std::unique_ptr<QueryBody> left;
  std::unique_ptr<QueryBody> right;
  std::vector<ExpressionPtr> rows;  // kValues
  std::vector<std::string> table;   // kTable
  QueryPtr query;                   // kQuery: in parentheses
  int depth = 1;
};

struct CommonTable {
  std::string name;
  std::vector<std::string> columns;
  QueryPtr query;
  Position position;
};

struct Query {
  Position position;
  bool recursive = false;
  std::vector<CommonTable> with;
  std::unique_ptr<QueryBody> body;
  std::vector<SortItem> order_by;
  ExpressionPtr offset;
  ExpressionPtr limit;  // an integer literal or ?; null: all
  bool with_ties = false;
  Position limit_position;
};

enum class StatementKind : std::uint8_t {
  kQuery,
  kExplain,              // inner; options
  kShowTables,           // name: schema; pattern
  kShowSchemas,          // pattern
  kShowColumns,          // name: table; also DESCRIBE
  kShowCreateTable,      // name
  kShowCreateView,       // name
  kShowPartitions,       // name
  kShowFunctions,        // pattern
  kShowCatalogs,         // pattern
  kShowSession,          // pattern
  kShowTableProperties,  // name
  kPrepare,              // name; text: the statement
  kExecute,              // name; arguments
  kExecuteImmediate,     // text: the statement; arguments
  kDeallocate,           // name
  kDescribeInput,        // name
  kDescribeOutput,       // name
  kCreateView,           // name; query; text: the query as written; replace
  kCreateTableAs,        // name; query; text; properties; if_not_exists
  kDropTable,            // name; if_exists
  kDropView,             // name; if_exists
  kDropSchema,           // name; if_exists
  kInsert,               // name; columns; query
  kUse,                  // name
  kUnload,               // query; properties
};

struct Property {
  std::string name;
  ExpressionPtr value;
};

struct Statement {
  StatementKind kind = StatementKind::kQuery;
  Position position;
  QueryPtr query;
  std::unique_ptr<Statement> inner;
  std::vector<std::string> name;
  std::vector<std::string> columns;
  Position name_position;
  std::string text;
  std::size_t text_begin = 0;  // byte offset of `text` in the statement
  Position text_position;
  std::optional<std::string> pattern;
  std::vector<ExpressionPtr> arguments;
  std::vector<Property> properties;
  std::vector<std::pair<std::string, std::string>> options;  // of EXPLAIN: (TYPE, VALIDATE), ...
  bool analyze = false;
  bool replace = false;
  bool if_exists = false;
  bool if_not_exists = false;
  bool cascade = false;
  bool with_data = true;
  int parameter_count = 0;  // number of ? in it
};

}  // namespace flowtrail::dialect
