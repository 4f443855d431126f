#include "cloudtrail/tolerant_walker.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "cloudtrail/envelope.h"
#include "cloudtrail/json_cut.h"

namespace flowtrail::cloudtrail {

namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

/// Envelopes are never collected whole, so a file that ends in the middle still gives the records before its end.
class TolerantWalker {
 public:
  TolerantWalker(std::string_view text, RecordParser& parser, const Walk& context)
      : text_(text), context_(context), parser_(parser), search_budget_(8 * text.size() + (1U << 20U)) {}

  void run() {
    std::size_t position = text_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    for (position = skip_separators(position); position < text_.size(); position = skip_separators(position)) {
      const char letter = text_[position];
      if (letter == '{' || letter == '[') {
        position = top_level_value(position);
      } else {
        position = top_level_junk(position);
      }
    }
    if (!anything_ && !context_.end_is_reported) context_.bad.add("empty object", context_.object_key, 0);
  }

 private:
  enum class Step : std::uint8_t {
    kWhole,
    kEnds,    // the text ends inside the value; not reported yet
    kBroken,  // likewise a character that cannot stand there
    kLost,    // reported; nothing more can be found in the innermost envelope
  };

  static Step step_of(Cut cut) {
    if (cut == Cut::kWhole) return Step::kWhole;
    return cut == Cut::kEnds ? Step::kEnds : Step::kBroken;
  }

  void report(const std::string& reason) { context_.bad.add(reason, context_.object_key, record_number_); }
  void report_new(const std::string& reason) {
    ++record_number_;
    report(reason);
  }

  std::size_t skip_separators(std::size_t position) const {
    while (position < text_.size() && std::string_view(" \n\r\t,\x1e").find(text_[position]) != std::string_view::npos)
      ++position;
    return position;
  }

  std::size_t next_line(std::size_t position) const {
    const std::size_t newline = text_.find('\n', position);
    return newline == std::string_view::npos ? text_.size() : newline + 1;
  }

  std::size_t top_level_value(std::size_t start) {
    anything_ = true;
    std::size_t position = start;
    const Step step = value(position, 0);
    if (step == Step::kWhole) {
      remember_first_key(start);
      return position;
    }
    if (step == Step::kLost) return next_line(position);
    spend(position - start);
    const std::size_t line_end = next_line(start);
    const bool same_line = position < line_end && line_end < text_.size();
    const std::size_t next = same_line ? line_end : next_like(start + 1);
    if (next == std::string_view::npos) {
      report_failed(step);
      return step == Step::kEnds ? text_.size() : next_line(position);
    }
    report_new("not JSON");
    return next;
  }

  /// Text that is no JSON: a CloudWatch Logs export's time before the record, else one bad line.
  std::size_t top_level_junk(std::size_t start) {
    anything_ = true;
    const std::size_t line_end = next_line(start);
    const std::string_view line = text_.substr(start, line_end - start);
    const std::size_t brace = line.find('{');
    if (brace != std::string_view::npos && brace > 1 && line[brace - 1] == ' ' &&
        parse_utc(line.substr(0, brace - 1))) {
      return start + brace;
    }
    report_new("not JSON");
    return line_end;
  }

  Step value(std::size_t& position, int depth) {
    failed_first_key_ = {};
    return text_[position] == '{' ? object(position, depth) : array(position, depth);
  }

  Step array(std::size_t& position, int depth) {
    ++position;
    for (;;) {
      position = skip_blanks(text_, position);
      if (position >= text_.size()) return lost("JSON ends inside a list of records");
      const char letter = text_[position];
      if (letter == ']') {
        ++position;
        return Step::kWhole;
      }
      if (letter == ',') {
        ++position;
        continue;
      }
      if (const Step step = element(position, depth); step != Step::kWhole) return step;
    }
  }

  /// One element of a list. Only kWhole (going on, perhaps behind a broken record) or kLost come back.
  Step element(std::size_t& position, int depth) {
    const std::size_t start = position;
    const bool container = text_[position] == '{' || text_[position] == '[';
    Step step = Step::kWhole;
    if (container && depth < kMaxEnvelopes) {
      step = value(position, depth + 1);
    } else {
      step = step_of(cut_value(text_, position));
      failed_first_key_ = {};
      if (step == Step::kWhole) report_new("not a CloudTrail record");
    }
    if (step == Step::kWhole) remember_first_key(start);
    if (step == Step::kWhole || step == Step::kLost) return step;
    spend(position - start);
    const std::size_t next = next_like(start + 1);
    if (next == std::string_view::npos) {
      report_failed(step);
      return Step::kLost;
    }
    report_new("not JSON");
    position = next;
    return Step::kWhole;
  }

  Step lost(const std::string& reason) {
    if (!context_.end_is_reported) report_new(reason);
    return Step::kLost;
  }

  void report_failed(Step step) {
    if (step == Step::kEnds) {
      if (!context_.end_is_reported) report_new("JSON ends inside a record");
    } else {
      report_new("not JSON");
    }
  }

  /// An envelope or a record: which of both, its members tell.
  Step object(std::size_t& position, int depth) {
    const std::size_t start = position;
    std::vector<CutMember> members;
    bool envelope = false;
    position = skip_blanks(text_, position + 1);
    std::string_view first_key;
    while (position < text_.size() && text_[position] != '}') {
      CutMember member;
      Step step = step_of(cut_key(text_, position, member.key));
      if (first_key.empty()) first_key = member.key;
      if (step == Step::kWhole) step = member_value(position, depth, member, envelope);
      if (step != Step::kWhole) {
        failed_first_key_ = first_key;
        return step;
      }
      members.push_back(member);
      position = skip_blanks(text_, position);
      if (position < text_.size() && text_[position] == ',') {
        position = skip_blanks(text_, position + 1);
      } else if (position < text_.size() && text_[position] != '}') {
        failed_first_key_ = first_key;
        return Step::kBroken;
      }
    }
    failed_first_key_ = first_key;
    if (position >= text_.size()) return envelope ? lost("JSON ends inside a list of records") : Step::kEnds;
    ++position;
    if (!envelope) deliver(text_.substr(start, position - start), members);
    return Step::kWhole;
  }

  Step member_value(std::size_t& position, int depth, CutMember& member, bool& envelope) {
    const std::size_t start = position;
    const char letter = text_[position];
    Step step = Step::kWhole;
    if (depth < kMaxEnvelopes && holds_records(member.key, letter)) {
      envelope = true;
      step = value(position, depth + 1);
    } else {
      step = step_of(cut_value(text_, position));
    }
    if (step != Step::kWhole) return step;
    member.value = text_.substr(start, position - start);
    if (letter == '"' && is_text_key(member.key) && member.value.substr(1).starts_with('{')) {
      envelope = true;
      deliver_quoted(member.value);
    }
    return Step::kWhole;
  }

  void deliver_quoted(std::string_view quoted) {
    const auto text = parser_.unescape(quoted);
    if (!text) return report_new(text.error().what);
    const std::vector<CutMember> members = cut_members(*text);
    if (members.empty()) return report_new("not JSON");
    deliver(*text, members);
  }

  void deliver(std::string_view record, const std::vector<CutMember>& members) {
    if (++record_number_ <= context_.known_records) return;
    context_.record(record, members, record_number_);
  }

  /// Where the next object begins whose first key is that of the failed object or of the last good record, as records
  /// of one file mostly begin alike. npos: nowhere.
  std::size_t next_like(std::size_t from) {
    std::size_t next = kNowhere;
    if (!failed_first_key_.empty()) next = next_beginning_with(from, failed_first_key_, hopeless_failed_key_);
    if (!good_first_key_.empty() && good_first_key_ != failed_first_key_) {
      next = std::min(next, next_beginning_with(from, good_first_key_, hopeless_good_key_));
    }
    return next != kNowhere ? next : next_beginning_with(from, "eventVersion", hopeless_usual_key_);
  }

  void remember_first_key(std::size_t start) {
    std::size_t position = skip_blanks(text_, start + 1);
    std::string_view key;
    if (position < text_.size() && text_[position] == '"' && cut_key(text_, position, key) == Cut::kWhole) {
      good_first_key_ = key;
    }
  }

  /// `hopeless` remembers a key that no object further on begins with.
  std::size_t next_beginning_with(std::size_t from, std::string_view key, std::string& hopeless) {
    std::string quoted;
    quoted.append(1, '"').append(key).append(1, '"');
    while (search_budget_ > 0 && quoted != hopeless) {
      const std::size_t found = text_.find(quoted, from);
      if (found == std::string_view::npos) {
        hopeless = quoted;
        break;
      }
      spend(found - from + 1);
      const std::size_t before = text_.find_last_not_of(" \n\r\t", found - 1);
      if (before != std::string_view::npos && before >= from && text_[before] == '{') return before;
      from = found + 1;
    }
    return std::string_view::npos;
  }

  void spend(std::size_t bytes) { search_budget_ -= std::min(search_budget_, bytes); }

  std::string_view text_;
  const Walk& context_;
  RecordParser& parser_;
  std::uint64_t record_number_ = 0;
  bool anything_ = false;
  std::string_view failed_first_key_;  // of the object in which the last step failed
  std::string_view good_first_key_;    // of the last whole object in a list or on a line
  std::string hopeless_good_key_, hopeless_failed_key_, hopeless_usual_key_;
  std::size_t search_budget_;  // bounds the work on hostile text
};

}  // namespace

void walk_tolerantly(std::string_view text, RecordParser& parser, const Walk& walk) {
  TolerantWalker(text, parser, walk).run();
}

}  // namespace flowtrail::cloudtrail
