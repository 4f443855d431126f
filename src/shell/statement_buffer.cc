#include "shell/statement_buffer.h"

#include <algorithm>
#include <utility>

#include "dialect/lexer.h"

namespace flowtrail::shell {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\v\f";

bool is_blank(char c) {
  return kBlanks.find(c) != std::string_view::npos;
}

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80U;
}

}  // namespace

std::string_view dollar_mark(std::string_view text) {
  std::size_t end = 1;
  while (end < text.size() && is_word_character(text[end])) ++end;
  const bool is_parameter = end > 1 && text[1] >= '0' && text[1] <= '9';
  return end < text.size() && text[end] == '$' && !is_parameter ? text.substr(0, end + 1) : std::string_view{};
}

std::vector<Statement> StatementBuffer::add_line(std::string_view line) {
  ++line_;
  if (text_.empty()) begin_line_ = line_;
  text_.append(line);
  text_ += '\n';
  std::vector<Statement> statements;
  while (scanned_ < text_.size()) {
    if (!step()) continue;
    const bool has_words = std::exchange(has_words_, false);
    Statement statement = cut(scanned_ - 1);
    if (has_words) statements.push_back(std::move(statement));
  }
  text_.erase(0, begin_);
  scanned_ -= std::exchange(begin_, 0);
  if (text_.find_first_not_of(kBlanks) == std::string::npos) clear();
  return statements;
}

std::optional<Statement> StatementBuffer::take_rest() {
  std::optional<Statement> statement;
  if (!empty()) statement = cut(text_.size());
  clear();
  return statement;
}

void StatementBuffer::clear() {
  text_.clear();
  begin_ = 0;
  scanned_ = 0;
  state_ = State::kPlain;
  has_words_ = false;
}

/// The text up to `end`; the next statement begins behind all that is looked at.
Statement StatementBuffer::cut(std::size_t end) {
  const std::size_t begin = std::min(text_.find_first_not_of(kBlanks, begin_), end);
  const auto line_feeds = [this](std::size_t from, std::size_t to) {
    return static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(from),
                                       text_.begin() + static_cast<std::ptrdiff_t>(to), '\n'));
  };
  Statement statement{text_.substr(begin, end - begin), begin_line_ + line_feeds(begin_, begin)};
  statement.text.erase(statement.text.find_last_not_of(kBlanks) + 1);
  begin_line_ += line_feeds(begin_, scanned_);
  begin_ = scanned_;
  return statement;
}

bool StatementBuffer::has_backslashes() const {
  const char before = scanned_ > begin_ ? text_[scanned_ - 1] : ' ';
  const bool marked =
      (before == 'e' || before == 'E') && (scanned_ < begin_ + 2 || !is_word_character(text_[scanned_ - 2]));
  return marked || dialect::is_hive_ddl(std::string_view{text_}.substr(begin_, scanned_ - begin_));
}

bool StatementBuffer::rest_starts_with(std::string_view piece) const {
  return std::string_view{text_}.substr(scanned_).starts_with(piece);
}

void StatementBuffer::step_plain(char c) {
  if (rest_starts_with("--")) {
    state_ = State::kLineComment;
  } else if (rest_starts_with("/*")) {
    state_ = State::kBlockComment;
    ++scanned_;
  } else if (!is_blank(c)) {
    has_words_ = true;
    if (c == '\'' || c == '"') {
      state_ = c == '"' ? State::kName : State::kString;
      escapes_ = has_backslashes();
    } else if (c == '`') {
      state_ = State::kBackquote;
    } else if (c == '$' && (scanned_ == 0 || !is_word_character(text_[scanned_ - 1]))) {
      dollar_ = dollar_mark(std::string_view{text_}.substr(scanned_));
      if (!dollar_.empty()) {
        state_ = State::kDollar;
        scanned_ += dollar_.size() - 1;
      }
    }
  }
}

bool StatementBuffer::step() {
  const char c = text_[scanned_];
  const auto close_at = [&](char quote) {
    if (c == '\\' && escapes_ && state_ != State::kBackquote) ++scanned_;
    if (c == quote) state_ = State::kPlain;  // a doubled quote opens it again
  };
  switch (state_) {
    case State::kPlain:
      if (c == ';') {
        ++scanned_;
        return true;
      }
      step_plain(c);
      break;
    case State::kString: close_at('\''); break;
    case State::kName: close_at('"'); break;
    case State::kBackquote: close_at('`'); break;
    case State::kLineComment:
      if (c == '\n') state_ = State::kPlain;
      break;
    case State::kBlockComment:
      if (rest_starts_with("*/")) {
        state_ = State::kPlain;
        ++scanned_;
      }
      break;
    case State::kDollar:
      if (rest_starts_with(dollar_)) {
        state_ = State::kPlain;
        scanned_ += dollar_.size() - 1;
      }
      break;
  }
  ++scanned_;
  return false;
}

}  // namespace flowtrail::shell
