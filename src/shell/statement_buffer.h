// Collects lines into statements: one ends at a `;` that stands in no string, quoted name, comment or dollar body.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace flowtrail::shell {

struct Statement {
  std::string text;    // without its `;` and the space around it; comments stay
  int first_line = 1;  // of all lines added, from 1
};

/// The mark `$$` or `$tag$` of a dollar body at the beginning of `text`, which begins with `$`; else empty.
[[nodiscard]] std::string_view dollar_mark(std::string_view text);

/// Cost: linear in the text; nothing is looked at twice.
class StatementBuffer {
 public:
  /// Adds a line without its line feed and gives the statements that it ends. Those without words are left out.
  [[nodiscard]] std::vector<Statement> add_line(std::string_view line);
  /// What stands here unended, if it has words; the buffer is then empty.
  [[nodiscard]] std::optional<Statement> take_rest();
  /// True while there are only blanks and comments, all of them closed.
  [[nodiscard]] bool empty() const { return !has_words_ && (state_ == State::kPlain || state_ == State::kLineComment); }
  /// The unended lines, each with its line feed.
  [[nodiscard]] const std::string& text() const { return text_; }
  /// Drops what stands here.
  void clear();
  /// Counts a line that is no part of a statement.
  void skip_line() { ++line_; }
  /// Lines added so far.
  [[nodiscard]] int line() const { return line_; }

 private:
  enum class State : std::uint8_t { kPlain, kString, kName, kBackquote, kLineComment, kBlockComment, kDollar };

  /// One step at text_[scanned_]; true if a statement ends there.
  bool step();
  void step_plain(char c);
  [[nodiscard]] bool has_backslashes() const;
  [[nodiscard]] bool rest_starts_with(std::string_view piece) const;
  Statement cut(std::size_t end);

  std::string text_;
  std::size_t begin_ = 0;    // of the statement that is being read
  std::size_t scanned_ = 0;  // bytes of text_ that are looked at
  State state_ = State::kPlain;
  bool escapes_ = false;  // a backslash keeps the next character of the string that is open
  std::string dollar_;    // the mark that ends the dollar body: $$ or $tag$
  bool has_words_ = false;
  int line_ = 0;        // lines added
  int begin_line_ = 1;  // of begin_
};

}  // namespace flowtrail::shell
