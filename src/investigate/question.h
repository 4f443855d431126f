// A question (investigation) as data plus one function: title, parameters, columns, the SQL that asks the same of the
// tables, and `answer`, which turns evidence into rows. Adding one touches this folder only: a `name.cc`, a `name.sql`,
// and its line in question.cc.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/sorted_records.h"
#include "base/utc_time.h"
#include "ingest/ingest.h"
#include "investigate/parameters.h"
#include "output/result_table.h"
#include "output/rows.h"

namespace flowtrail::investigate {

/// Something the reader must know to trust the rows.
struct Warning {
  std::string code;  // stable: unexplained-accept, silent-instance, gap, ...
  std::int64_t count = 1;
  std::string text;     // one sentence
  std::string example;  // id, object key and line, or event id; may be empty
};

/// One thing that a person could do about a row, with the command that undoes it. Never executed.
struct Remedy {
  std::string why;  // one line
  std::string cli, cli_undo;
  std::string terraform;  // blocks; the undo is said in a comment
};

struct Answer {
  std::unique_ptr<const output::Rows> rows;  // in the order of the contract; made from the evidence while they are read
  std::vector<Warning> warnings;             // of this question; the common ones are added by `investigate`
  std::vector<std::string> sentences;        // the answer in words, most important first
  std::vector<Remedy> remedies;
};

enum class EvidenceDetail : std::uint8_t { kFirst, kAll, kNone };

/// What of an answer is going to be looked at; a question may leave the rest empty where it is dear.
struct Shown {
  bool remedies = true;
  bool json_columns = true;  // cells of the columns of type json
};

struct Context {
  const ingest::Evidence& evidence;
  const Parameters& parameters;
  Interval window;  // both ends known
  EvidenceDetail detail = EvidenceDetail::kFirst;
  Shown shown = {};
  SpillOptions spill{};  // of each sort that the answer needs

  /// The same, with parameters that live as long as `owned`.
  [[nodiscard]] Context with(const Parameters& owned) const { return {evidence, owned, window, detail, shown, spill}; }
};

/// A column of the table view. With `also`, two columns in one: the second stands in for the first when that is NULL,
/// or both are shown with `joiner` between them when they differ.
struct ShownColumn {
  std::string_view name;
  std::string_view title;  // empty: the name
  std::string_view also = {};
  std::string_view joiner = {};  // empty: only one of the two is shown
};

/// Words that --fail-on may name: the values of one column.
struct FailWords {
  std::string_view column;
  std::vector<std::string_view> words;
};

struct Question {
  std::string_view name, title;
  std::string_view about;     // a few lines for `help investigate NAME`
  std::string_view counting;  // how it counts, for `--explain`
  std::vector<std::string_view> examples;
  std::vector<std::string_view> parameters;
  std::vector<output::Column> columns;  // of the contract, in order
  std::vector<ShownColumn> shown;       // columns of the table for people
  std::vector<FailWords> fail_words;
  std::string_view sql;  // Trino dialect with {placeholders}
  enum class Window : std::uint8_t { kFlows, kEvents, kAll } window = Window::kFlows;
  /// Errors: kIo when something cannot be put away on disk, or read again.
  Result<Answer> (*answer)(const Context&) = nullptr;
  /// Which peers `answer` needs one by one; nullptr: none, the sums by rule are enough. Called from several threads.
  bool (*keeps_peer)(const Parameters&, const ingest::Evidence&, const attribution::Peer&,
                     const attribution::Owner&) = nullptr;
  attribution::PeerOrder peer_order = attribution::PeerOrder::kInterface;  // in which it wants those

  [[nodiscard]] bool needs_flows() const { return window != Window::kEvents; }
};

/// In the order of the contract. The references are valid for the life of the program.
[[nodiscard]] const std::vector<Question>& questions();
/// Errors: kUsage with the nearest name.
[[nodiscard]] Result<const Question*> find_question(std::string_view name);

// One file each.
[[nodiscard]] Question access_question();
[[nodiscard]] Question sg_changes_question();
[[nodiscard]] Question sg_attachments_question();
[[nodiscard]] Question unused_groups_question();
[[nodiscard]] Question unused_rules_question();

}  // namespace flowtrail::investigate
