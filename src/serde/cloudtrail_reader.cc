// CloudTrail objects: the elements of `Records`, of an array, or records one after the other, each a row. With Hive's
// SerDes a text column over an object or array holds its JSON as it stands in the file, with OpenX's without blanks. A
// value that is none of its column's type is NULL, and counted. A broken record is counted and left out, and reading
// goes on at the next one; a file that ends within a record costs that record.
// Source: AWS CloudTrail User Guide, "CloudTrail log file examples"; Amazon Athena User Guide, "Query AWS CloudTrail
// logs", "CloudTrail SerDe".
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/letters.h"
#include "serde/json_decoder.h"
#include "serde/readers.h"

namespace flowtrail::serde {
namespace {

using scalar::JsonReader;
using scalar::JsonToken;

constexpr std::uint64_t kMostBytes = 2ULL << 30U;  // as when events are read for the history
constexpr std::size_t kPiece = std::size_t{256} << 10U;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kFirstKey = "\"eventVersion\"";  // of nearly every record
// An object with one of these is a record.
constexpr std::array<std::string_view, 5> kRecordKeys{"eventversion", "eventtime", "eventname", "eventid",
                                                      "eventsource"};

class CloudTrailReader final : public RowReader {
 public:
  explicit CloudTrailReader(JsonDecoder decoder) : decoder_(std::move(decoder)) {}

  Status open(std::unique_ptr<codec::InputStream> object, std::string key) override {
    key_ = std::move(key);
    text_.clear();
    at_ = 0;
    number_ = 0;
    reader_.reset();
    anything_ = false;
    separators_ = kSeparators;
    state_ = State::kReading;
    read_ = read_all(*object);
    if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
    budget_ = 8 * text_.size() + (std::size_t{1} << 20U);
    return {};
  }

  Result<bool> next(std::span<trino::Value> row) override {
    while (state_ == State::kReading) {
      const bool found = reader_ ? step_inside(row) : step_outside(row);
      if (found) return true;
    }
    // Told once, behind all rows.
    if (std::exchange(state_, State::kDone) == State::kEnded && !read_) return std::unexpected(read_.error());
    return false;
  }

  std::uint64_t line() const override { return number_; }

 private:
  enum class State : std::uint8_t { kReading, kEnded, kDone };
  enum class Shape : std::uint8_t { kEnvelope, kRecord, kOther, kFault };

  Status read_all(codec::InputStream& object) {
    std::size_t size = 0;
    while (true) {
      if (size > kMostBytes) {
        text_.resize(size);
        return failure(ErrorCode::kUnsupported, "{} has more than 2 GiB when decompressed", key_);
      }
      text_.resize(std::max(text_.size(), size + kPiece));
      const Result<std::size_t> more = object.read(std::span(text_).subspan(size));
      if (!more || *more == 0) text_.resize(size);
      if (!more) return std::unexpected(more.error());
      if (*more == 0) return {};
      size += *more;
      if (size + kPiece > text_.size()) text_.resize(2 * text_.size());
    }
  }

  void add_bad(const std::string& reason) { bad_.add(reason, key_, number_); }
  void add_new_bad(const std::string& reason) {
    ++number_;
    add_bad(reason);
  }

  // Between top-level values. True: `row` is one.
  bool step_outside(std::span<trino::Value> row) {
    while (at_ < text_.size() && separators_.find(text_[at_]) != std::string_view::npos) ++at_;
    if (at_ >= text_.size()) {
      if (!anything_ && read_) bad_.add("empty object", key_, 0);
      state_ = State::kEnded;
      return false;
    }
    anything_ = true;
    base_ = at_;
    if (text_[at_] == '[') {
      reader_.emplace(rest());
      reader_->next();
      in_list_ = true;
      return false;
    }
    if (text_[at_] != '{') {
      add_new_bad("not JSON");
      at_ = next_line(at_);
      return false;
    }
    return step_at_object(row);
  }

  bool step_at_object(std::span<trino::Value> row) {
    JsonReader probe{rest()};
    switch (shape_of(probe)) {
      case Shape::kEnvelope:
        reader_.emplace(std::move(probe));
        in_list_ = true;
        return false;
      case Shape::kOther:
        add_new_bad("not a CloudTrail record");
        at_ = base_ + probe.end();
        return false;
      case Shape::kFault: recover(at_); return false;
      case Shape::kRecord: break;
    }
    JsonReader reader{rest()};
    reader.next();
    if (!read_record(reader, row)) return false;
    at_ = base_ + reader.end();
    return true;
  }

  // Stops at the bracket that opens the records, at the first key of a record, or at the end of another object.
  static Shape shape_of(JsonReader& probe) {
    probe.next();
    while (probe.next() == JsonToken::kKey) {
      const std::string key = lower(probe.text());
      if (std::ranges::find(kRecordKeys, key) != kRecordKeys.end()) return Shape::kRecord;
      if (probe.next() == JsonToken::kArrayBegin && key == "records") return Shape::kEnvelope;
      if (!probe.skip_value()) return Shape::kFault;
    }
    return probe.token() == JsonToken::kObjectEnd ? Shape::kOther : Shape::kFault;
  }

  // Within a list of records, or behind it in its envelope.
  bool step_inside(std::span<trino::Value> row) {
    const JsonToken token = reader_->next();
    if (token == JsonToken::kFault) {
      recover(at_);
      return false;
    }
    if (!in_list_) {
      step_in_envelope(token);
      return false;
    }
    if (token == JsonToken::kArrayEnd) {
      in_list_ = false;
      at_ = base_ + reader_->end();
      if (reader_->depth() == 0) reader_.reset();
      return false;
    }
    at_ = base_ + reader_->begin();
    if (token == JsonToken::kObjectBegin) {
      // The reader is left behind in the case of a broken record, hence the copy of where it starts in at_.
      if (!read_record(*reader_, row)) return false;
      at_ = base_ + reader_->end();
      return true;
    }
    if (reader_->skip_value()) {
      add_new_bad("not a CloudTrail record");
      at_ = base_ + reader_->end();
    } else {
      recover(at_);
    }
    return false;
  }

  void step_in_envelope(JsonToken token) {
    if (token == JsonToken::kObjectEnd) {
      at_ = base_ + reader_->end();
      reader_.reset();
      return;
    }
    const std::string key = lower(reader_->text());
    in_list_ = reader_->next() == JsonToken::kArrayBegin && key == "records";
    if (!in_list_ && !reader_->skip_value()) recover(at_);
  }

  bool read_record(JsonReader& reader, std::span<trino::Value> row) {
    const std::string_view text = std::string_view{text_}.substr(base_);
    if (!decoder_.decode(reader, text, row)) {
      recover(at_);
      return false;
    }
    ++number_;
    if (decoder_.misfit()) add_bad("value that is none of its column's type");
    return true;
  }

  // What begins at `broken` is no JSON: goes on at the next object that begins as records do, or at the next line that
  // begins with a brace.
  void recover(std::size_t broken) {
    reader_.reset();
    budget_ -= std::min(budget_, text_.size() - broken);
    const std::size_t next = budget_ == 0 ? std::string::npos : next_record(broken + 1);
    if (next == std::string::npos) {
      const std::size_t last = text_.find_last_not_of(" \t\r\n");
      const bool closed = last != std::string::npos && (text_[last] == '}' || text_[last] == ']');
      if (read_ || closed) add_new_bad(closed ? "not JSON" : "JSON ends inside a record");
      state_ = State::kEnded;
      return;
    }
    add_new_bad("not JSON");
    at_ = next;
    separators_ = kLooseSeparators;
  }

  std::size_t next_record(std::size_t from) const {
    std::size_t next = std::string::npos;
    for (std::size_t found = text_.find(kFirstKey, from); found != std::string::npos;
         found = text_.find(kFirstKey, found + 1)) {
      const std::size_t before = text_.find_last_not_of(" \t\r\n", found - 1);
      if (before != std::string::npos && before >= from && text_[before] == '{') {
        next = before;
        break;
      }
    }
    const std::size_t line = text_.find("\n{", from);
    return line == std::string::npos ? next : std::min(next, line + 1);
  }

  std::size_t next_line(std::size_t from) const {
    const std::size_t newline = text_.find('\n', from);
    return newline == std::string::npos ? text_.size() : newline + 1;
  }

  std::string_view rest() const { return std::string_view{text_}.substr(base_); }

  static constexpr std::string_view kSeparators = " \t\r\n,\x1e";
  // Once a record was broken, the brackets around it are still to be closed.
  static constexpr std::string_view kLooseSeparators = " \t\r\n,\x1e]}";

  JsonDecoder decoder_;
  std::string key_;
  std::string text_;
  Status read_;
  State state_ = State::kDone;
  std::uint64_t number_ = 0;
  std::size_t at_ = 0;    // where the next value, or the one being read, begins
  std::size_t base_ = 0;  // where the text of the reader begins
  std::optional<JsonReader> reader_;
  bool in_list_ = false;
  bool anything_ = false;
  std::string_view separators_ = kSeparators;
  std::size_t budget_ = 0;  // bounds the work on hostile text
};

}  // namespace

MadeReader make_cloudtrail_reader(Setup setup, JsonFlavor flavor) {
  FT_TRY(JsonRules rules, json_rules_of(setup, flavor));
  rules.keep_blanks = flavor == JsonFlavor::kHive;
  FT_TRY(JsonDecoder decoder, JsonDecoder::make(setup.columns, setup.wanted, std::move(rules)));
  return std::make_unique<CloudTrailReader>(std::move(decoder));
}

}  // namespace flowtrail::serde
