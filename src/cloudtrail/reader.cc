#include "cloudtrail/reader.h"

#include <algorithm>
#include <array>
#include <functional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "cloudtrail/json_cut.h"
#include "cloudtrail/record_parser.h"
#include "codec/input_stream.h"

namespace flowtrail::cloudtrail {

namespace {

constexpr std::uint64_t kMaxObjectBytes = 2ULL << 30U;
constexpr int kMaxEnvelopes = 6;
constexpr std::size_t kNowhere = std::string_view::npos;

bool one_of(std::string_view key, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), key) != names.end();
}

bool is_list_key(std::string_view key) {
  return one_of(key, {"Records", "records", "Events", "events", "logEvents"});
}

/// LookupEvents keeps the record as text; CloudWatch Logs exports call it the message.
bool is_text_key(std::string_view key) {
  return one_of(key, {"CloudTrailEvent", "cloudTrailEvent", "message"});
}

/// Finds the records of one text in whatever envelopes, and goes on behind what is broken: at the next object that
/// begins with the same key as the broken one, or at the next line. Envelopes are never collected whole, so a file that
/// ends in the middle still gives the records before its end.
class RecordWalker {
 public:
  struct Context {
    const source::Object& object;
    std::uint32_t object_index;
    const EventSink& sink;
    BadInput& bad;
    bool end_is_reported = false;  // the text's sudden end is already counted (a fault of the compressed stream)
  };

  RecordWalker(std::string_view text, const Context& context)
      : text_(text), context_(context), search_budget_(8 * text.size() + (1U << 20U)) {}

  void run() {
    std::size_t position = text_.starts_with("\xef\xbb\xbf") ? 3 : 0;
    for (position = skip_separators(position); position < text_.size(); position = skip_separators(position)) {
      const char letter = text_[position];
      if (letter == '{' || letter == '[') {
        position = top_level_value(position);
      } else {
        position = top_level_junk(position);
      }
    }
    if (!anything_ && !context_.end_is_reported) context_.bad.add("empty object", context_.object.key, 0);
  }

 private:
  enum class Walk : std::uint8_t {
    kWhole,
    kEnds,    // the text ends inside the value; not reported yet
    kBroken,  // likewise a character that cannot stand there
    kLost,    // reported; nothing more can be found in the innermost envelope
  };

  static Walk walk_of(Cut cut) {
    if (cut == Cut::kWhole) return Walk::kWhole;
    return cut == Cut::kEnds ? Walk::kEnds : Walk::kBroken;
  }

  void report(const std::string& reason) { context_.bad.add(reason, context_.object.key, record_number_); }
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
    const Walk walk = value(position, 0);
    if (walk == Walk::kWhole) {
      remember_first_key(start);
      return position;
    }
    if (walk == Walk::kLost) return next_line(position);
    spend(position - start);
    const std::size_t line_end = next_line(start);
    const bool same_line = position < line_end && line_end < text_.size();
    const std::size_t next = same_line ? line_end : next_like(start + 1);
    if (next == std::string_view::npos) {
      report_failed(walk);
      return walk == Walk::kEnds ? text_.size() : next_line(position);
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

  Walk value(std::size_t& position, int depth) {
    failed_first_key_ = {};
    return text_[position] == '{' ? object(position, depth) : array(position, depth);
  }

  Walk array(std::size_t& position, int depth) {
    ++position;
    for (;;) {
      position = skip_blanks(text_, position);
      if (position >= text_.size()) return lost("JSON ends inside a list of records");
      const char letter = text_[position];
      if (letter == ']') {
        ++position;
        return Walk::kWhole;
      }
      if (letter == ',') {
        ++position;
        continue;
      }
      if (const Walk walk = element(position, depth); walk != Walk::kWhole) return walk;
    }
  }

  /// One element of a list. Only kWhole (going on, perhaps behind a broken record) or kLost come back.
  Walk element(std::size_t& position, int depth) {
    const std::size_t start = position;
    const bool container = text_[position] == '{' || text_[position] == '[';
    Walk walk = Walk::kWhole;
    if (container && depth < kMaxEnvelopes) {
      walk = value(position, depth + 1);
    } else {
      walk = walk_of(cut_value(text_, position));
      failed_first_key_ = {};
      if (walk == Walk::kWhole) report_new("not a CloudTrail record");
    }
    if (walk == Walk::kWhole) remember_first_key(start);
    if (walk == Walk::kWhole || walk == Walk::kLost) return walk;
    spend(position - start);
    const std::size_t next = next_like(start + 1);
    if (next == std::string_view::npos) {
      report_failed(walk);
      return Walk::kLost;
    }
    report_new("not JSON");
    position = next;
    return Walk::kWhole;
  }

  Walk lost(const std::string& reason) {
    if (!context_.end_is_reported) report_new(reason);
    return Walk::kLost;
  }

  void report_failed(Walk walk) {
    if (walk == Walk::kEnds) {
      if (!context_.end_is_reported) report_new("JSON ends inside a record");
    } else {
      report_new("not JSON");
    }
  }

  /// An envelope or a record: which of both, its members tell.
  Walk object(std::size_t& position, int depth) {
    const std::size_t start = position;
    std::vector<CutMember> members;
    bool envelope = false;
    position = skip_blanks(text_, position + 1);
    std::string_view first_key;
    while (position < text_.size() && text_[position] != '}') {
      CutMember member;
      Walk walk = walk_of(cut_key(text_, position, member.key));
      if (first_key.empty()) first_key = member.key;
      if (walk == Walk::kWhole) walk = member_value(position, depth, member, envelope);
      if (walk != Walk::kWhole) {
        failed_first_key_ = first_key;
        return walk;
      }
      members.push_back(member);
      position = skip_blanks(text_, position);
      if (position < text_.size() && text_[position] == ',') {
        position = skip_blanks(text_, position + 1);
      } else if (position < text_.size() && text_[position] != '}') {
        failed_first_key_ = first_key;
        return Walk::kBroken;
      }
    }
    failed_first_key_ = first_key;
    if (position >= text_.size()) return envelope ? lost("JSON ends inside a list of records") : Walk::kEnds;
    ++position;
    if (!envelope) deliver(text_.substr(start, position - start), members);
    return Walk::kWhole;
  }

  Walk member_value(std::size_t& position, int depth, CutMember& member, bool& envelope) {
    const std::size_t start = position;
    const char letter = text_[position];
    const bool container = letter == '[' || letter == '{';
    Walk walk = Walk::kWhole;
    if (depth < kMaxEnvelopes && container && (is_list_key(member.key) || (member.key == "detail" && letter == '{'))) {
      envelope = true;
      walk = value(position, depth + 1);
    } else {
      walk = walk_of(cut_value(text_, position));
    }
    if (walk != Walk::kWhole) return walk;
    member.value = text_.substr(start, position - start);
    if (letter == '"' && is_text_key(member.key) && member.value.substr(1).starts_with('{')) {
      envelope = true;
      deliver_quoted(member.value);
    }
    return Walk::kWhole;
  }

  void deliver_quoted(std::string_view quoted) {
    const auto text = parser_.unescape(quoted);
    if (!text) return report_new(text.error().what);
    const std::vector<CutMember> members = cut_members(*text);
    if (members.empty()) return report_new("not JSON");
    deliver(*text, members);
  }

  void deliver(std::string_view record, const std::vector<CutMember>& members) {
    ++record_number_;
    auto event = parser_.parse(record, members);
    if (!event) return report(event.error().what);
    if (event->account.empty()) event->account = context_.object.account;
    if (event->region.empty()) event->region = context_.object.region;
    event->place = {context_.object_index, static_cast<std::uint32_t>(record_number_)};
    context_.sink(*std::move(event));
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
  Context context_;
  RecordParser parser_;
  std::uint64_t record_number_ = 0;
  bool anything_ = false;
  std::string_view failed_first_key_;  // of the object in which the last walk failed
  std::string_view good_first_key_;    // of the last whole object in a list or on a line
  std::string hopeless_good_key_, hopeless_failed_key_, hopeless_usual_key_;
  std::size_t search_budget_;  // bounds the work on hostile text
};

struct IdHash {
  std::uint64_t high = 0, low = 0;
  friend bool operator==(const IdHash&, const IdHash&) = default;
};

struct IdHashHasher {
  std::size_t operator()(const IdHash& id) const noexcept { return static_cast<std::size_t>(id.low ^ (id.high * 31)); }
};

std::uint64_t mix(std::uint64_t value) {
  value ^= value >> 33U;
  value *= 0xff51afd7ed558ccdU;
  value ^= value >> 33U;
  value *= 0xc4ceb9fe1a85ec53U;
  return value ^ (value >> 33U);
}

/// 128 bits of any id; equal texts only, so that ids that are no UUIDs work as well.
IdHash hash_of(std::string_view id) {
  IdHash hash{0x9e3779b97f4a7c15U, 0xcbf29ce484222325U};
  for (const char letter : id) {
    const auto byte = static_cast<unsigned char>(letter);
    hash.low = (hash.low ^ byte) * 0x100000001b3U;
    hash.high = mix(hash.high + byte);
  }
  hash.low = mix(hash.low);
  return hash;
}

std::string reason_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kCorrupt: return error.what;
    case ErrorCode::kUnsupported: return "more than 2 GiB when decompressed";
    case ErrorCode::kDenied: return "access denied";
    case ErrorCode::kNotFound: return "no such file";
    default: return "read error";
  }
}

class EventCounter {
 public:
  EventCounter(bool deduplicate, const EventSink& sink, ReadStats& stats)
      : deduplicate_(deduplicate), sink_(sink), stats_(stats) {}

  void add(Event&& event) {
    if (deduplicate_ && !event.event_id.empty() && !seen_.insert(hash_of(event.event_id)).second) {
      ++stats_.duplicate_events;
      return;
    }
    ++stats_.events;
    if (event.failed()) ++stats_.failed_calls;
    if (!stats_.from || event.time < *stats_.from) stats_.from = event.time;
    if (!stats_.to || event.time > *stats_.to) stats_.to = event.time;
    if (!event.region.empty()) stats_.regions.insert(event.region);
    if (!event.account.empty()) stats_.accounts.insert(event.account);
    sink_(std::move(event));
  }

 private:
  bool deduplicate_;
  const EventSink& sink_;
  ReadStats& stats_;
  std::unordered_set<IdHash, IdHashHasher> seen_;
};

}  // namespace

void read_events(const source::Inventory& inventory, bool deduplicate, const EventSink& sink, ReadStats& stats) {
  EventCounter counter(deduplicate, sink, stats);
  const EventSink counting = [&counter](Event&& event) { counter.add(std::move(event)); };
  for (std::size_t index = 0; index < inventory.objects.size(); ++index) {
    const source::Object& object = inventory.objects[index];
    if (object.kind != source::ObjectKind::kCloudTrail) continue;
    std::string text;
    const Status status = codec::read_all(object.path, kMaxObjectBytes, text);
    ++stats.objects;
    stats.bytes += object.size;
    RecordWalker({text}, {object, static_cast<std::uint32_t>(index), counting, stats.bad, !status}).run();
    if (!status) stats.bad.add(reason_of(status.error()), object.key, 0);
  }
}

void read_text(std::string_view text, const source::Object& object, std::uint32_t object_index, const EventSink& sink,
               BadInput& bad) {
  RecordWalker(text, {object, object_index, sink, bad, false}).run();
}

}  // namespace flowtrail::cloudtrail
