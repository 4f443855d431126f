#include "base/sorted_records.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace flowtrail {
namespace {

// In memory and in the file, a record is the lengths of key and value, then both.
struct Lengths {
  std::uint32_t key = 0, value = 0;
  [[nodiscard]] std::size_t record() const { return sizeof(Lengths) + key + value; }
};

constexpr std::size_t kChunkBytes = std::size_t{64} << 10U;
constexpr std::size_t kWriteBytes = std::size_t{256} << 10U;
// Of one run while runs are merged.
constexpr std::size_t kLeastReadBytes = std::size_t{4} << 10U;
constexpr std::size_t kMostReadBytes = std::size_t{256} << 10U;

Lengths lengths_of(const std::byte* record) {
  Lengths lengths;
  std::memcpy(&lengths, record, sizeof lengths);
  return lengths;
}

SortedRecords::Record record_at(const std::byte* record) {
  const Lengths lengths = lengths_of(record);
  const std::byte* key = record + sizeof lengths;
  return {{key, lengths.key}, {key + lengths.key, lengths.value}};
}

std::uint64_t prefix_of(std::span<const std::byte> key) {
  std::uint64_t prefix = 0;
  for (std::size_t i = 0; i < sizeof prefix; ++i) {
    prefix = prefix << 8U | (i < key.size() ? std::to_integer<std::uint64_t>(key[i]) : 0);
  }
  return prefix;
}

int compare(std::span<const std::byte> a, std::span<const std::byte> b) {
  const std::size_t common = std::min(a.size(), b.size());
  const int order = common == 0 ? 0 : std::memcmp(a.data(), b.data(), common);
  if (order != 0) return order;
  return a.size() < b.size() ? -1 : static_cast<int>(a.size() > b.size());
}

}  // namespace

RecordSorter::RecordSorter(SpillOptions options) : options_(std::move(options)) {}

std::byte* RecordSorter::room(std::size_t bytes) {
  while (chunk_ < chunks_.size() && used_ + bytes > chunks_[chunk_].size()) {
    ++chunk_;
    used_ = 0;
  }
  if (chunk_ == chunks_.size()) chunks_.emplace_back(std::max(bytes, kChunkBytes));
  std::byte* const at = chunks_[chunk_].data() + used_;
  used_ += bytes;
  return at;
}

Status RecordSorter::add(std::span<const std::byte> key, std::span<const std::byte> value) {
  const Lengths lengths{static_cast<std::uint32_t>(key.size()), static_cast<std::uint32_t>(value.size())};
  const std::size_t needed = held_bytes_ + lengths.record() + (entries_.size() + 1) * sizeof(Entry);
  if (needed > options_.memory_budget_bytes && !entries_.empty()) FT_CHECK(spill());
  std::byte* const record = room(lengths.record());
  std::memcpy(record, &lengths, sizeof lengths);
  std::ranges::copy(value, std::ranges::copy(key, record + sizeof lengths).out);
  held_bytes_ += lengths.record();
  entries_.push_back({prefix_of(key), record});
  ++size_;
  return {};
}

void RecordSorter::sort() {
  std::ranges::stable_sort(entries_, [](const Entry& a, const Entry& b) {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    return compare(record_at(a.record).key, record_at(b.record).key) < 0;
  });
}

Status RecordSorter::spill() {
  sort();
  if (!file_) file_ = std::make_unique<TemporaryFile>(options_.folder);
  std::vector<std::byte> waiting;
  waiting.reserve(kWriteBytes);
  Run run{runs_.empty() ? 0 : runs_.back().end, 0};
  run.end = run.begin;
  const auto write = [&]() -> Status {
    FT_TRY(const std::uint64_t begin, file_->append(waiting));
    run.end = begin + waiting.size();
    waiting.clear();
    return {};
  };
  for (const Entry& entry : entries_) {
    const std::size_t bytes = lengths_of(entry.record).record();
    if (waiting.size() + bytes > kWriteBytes && !waiting.empty()) FT_CHECK(write());
    waiting.insert(waiting.end(), entry.record, entry.record + bytes);
  }
  FT_CHECK(write());
  runs_.push_back(run);
  entries_.clear();
  held_bytes_ = chunk_ = used_ = 0;
  return {};
}

SortedRecords::SortedRecords(std::vector<RecordSorter> parts) : parts_(std::move(parts)) {
  for (RecordSorter& part : parts_) {
    part.sort();
    size_ += part.size_;
  }
}

SortedRecords::Cursor SortedRecords::open() const {
  std::size_t runs = 0, budget = 0;
  for (const RecordSorter& part : parts_) {
    runs += part.runs_.size();
    budget += part.options_.memory_budget_bytes;
  }
  Cursor cursor;
  for (const RecordSorter& part : parts_) {
    for (const RecordSorter::Run& run : part.runs_) {
      Cursor::Source& source = *cursor.sources_.emplace_back(std::make_unique<Cursor::Source>());
      source.file = part.file_.get();
      source.at = run.begin;
      source.end = run.end;
      source.buffer.resize(std::clamp(budget / runs, kLeastReadBytes, kMostReadBytes));
    }
    cursor.sources_.emplace_back(std::make_unique<Cursor::Source>())->in_memory = part.entries_;
  }
  return cursor;
}

// Makes the buffer hold at least `bytes` from `taken` on.
Status SortedRecords::Cursor::hold(Source& source, std::size_t bytes) {
  if (source.filled - source.taken >= bytes) return {};
  const auto begin = source.buffer.begin();
  std::copy(begin + static_cast<std::ptrdiff_t>(source.taken), begin + static_cast<std::ptrdiff_t>(source.filled),
            begin);
  source.filled -= source.taken;
  source.taken = 0;
  if (source.buffer.size() < bytes) source.buffer.resize(bytes);
  const auto more =
      static_cast<std::size_t>(std::min<std::uint64_t>(source.buffer.size() - source.filled, source.end - source.at));
  FT_CHECK(source.file->read(source.at, std::span{source.buffer}.subspan(source.filled, more)));
  source.at += more;
  source.filled += more;
  return {};
}

// False at the end of the run.
Result<bool> SortedRecords::Cursor::advance(Source& source) {
  if (source.file == nullptr) {
    if (source.in_memory.empty()) return false;
    source.prefix = source.in_memory.front().prefix;
    source.record = record_at(source.in_memory.front().record);
    source.in_memory = source.in_memory.subspan(1);
    return true;
  }
  if (source.at == source.end && source.taken == source.filled) return false;
  FT_CHECK(hold(source, sizeof(Lengths)));
  const std::size_t bytes = lengths_of(source.buffer.data() + source.taken).record();
  FT_CHECK(hold(source, bytes));
  source.record = record_at(source.buffer.data() + source.taken);
  source.prefix = prefix_of(source.record.key);
  source.taken += bytes;
  return true;
}

bool SortedRecords::Cursor::later(const Source* a, const Source* b) {
  if (a->prefix != b->prefix) return a->prefix > b->prefix;
  const int order = compare(a->record.key, b->record.key);
  return order == 0 ? a->rank > b->rank : order > 0;
}

Status SortedRecords::Cursor::start() {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    Source& source = *sources_[i];
    source.rank = i;
    FT_TRY(const bool any, advance(source));
    if (any) heap_.push_back(&source);
  }
  std::ranges::make_heap(heap_, later);
  started_ = true;
  return {};
}

Result<const SortedRecords::Record*> SortedRecords::Cursor::next() {
  if (!started_) {
    FT_CHECK(start());
  } else if (!heap_.empty()) {
    std::ranges::pop_heap(heap_, later);
    FT_TRY(const bool more, advance(*heap_.back()));
    if (more) {
      std::ranges::push_heap(heap_, later);
    } else {
      heap_.pop_back();
    }
  }
  return heap_.empty() ? nullptr : &heap_.front()->record;
}

}  // namespace flowtrail
