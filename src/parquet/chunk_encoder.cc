#include "parquet/chunk_encoder.h"

#include <zstd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <variant>

#include "parquet/hybrid_encoding.h"

namespace flowtrail::parquet {
namespace {

constexpr int kZstdLevel = 1;
constexpr std::size_t kLargestDictionary = std::size_t{1} << 20U;  // bytes; what other writers take as well
constexpr std::size_t kLongestStatistic = 1024;                    // bytes
constexpr std::size_t kFirstSlots = 256;

void append_bytes(std::string& out, const void* bytes, std::size_t size) {
  out.append(static_cast<const char*>(bytes), size);
}

void append_text(std::string& out, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  append_bytes(out, &size, sizeof size);
  out += text;
}

template <typename Number>
std::string bytes_of(Number number) {
  std::string bytes;
  append_bytes(bytes, &number, sizeof number);
  return bytes;
}

/// The first eight bytes as a number: where it is less, the text is less.
std::uint64_t front_of(std::string_view text) {
  std::uint64_t word = 0;
  if (text.size() >= sizeof word) {
    std::memcpy(&word, text.data(), sizeof word);
  } else {
    std::memcpy(&word, text.data(), text.size());
  }
  return __builtin_bswap64(word);
}

std::size_t slot_of(std::int64_t number, std::size_t slots) {
  const std::uint64_t hash = static_cast<std::uint64_t>(number) * 0x9e3779b97f4a7c15U;
  return (hash ^ hash >> 32U) & (slots - 1);
}

}  // namespace

void ChunkEncoder::ContextDeleter::operator()(ZSTD_CCtx_s* context) const {
  ZSTD_freeCCtx(context);
}

ChunkEncoder::ChunkEncoder(PageLimits limits) : limits_(limits), context_(ZSTD_createCCtx()) {
  if (!context_) throw std::bad_alloc();
}

ChunkEncoder::~ChunkEncoder() = default;

void ChunkEncoder::add(const ColumnValues& values, RowGroup& group) {
  Chunk chunk{group, {}};
  chunk.metadata.offset = static_cast<std::int64_t>(group.bytes.size());
  levels_.clear();
  codes_.clear();
  std::visit([&](const auto& typed) { add_values(typed, chunk); }, values);
  chunk.metadata.compressed_bytes = static_cast<std::int64_t>(group.bytes.size()) - chunk.metadata.offset;
  group.rows = chunk.metadata.values;
  group.chunks.push_back(std::move(chunk.metadata));
}

// ---- texts

void ChunkEncoder::add_values(const TextValues& values, Chunk& chunk) {
  const TextDictionary& dictionary = *values.dictionary;
  const std::size_t rows = values.codes.size();
  chunk.metadata.values = static_cast<std::int64_t>(rows);
  find_text_codes(values);
  chunk.metadata.statistics.nulls = static_cast<std::int64_t>(rows - codes_.size());
  const std::size_t bytes = note_texts(dictionary, chunk.metadata.statistics);
  if (!distinct_.empty() && bytes <= kLargestDictionary && distinct_.size() * 4 <= codes_.size() * 3) {
    page_.clear();
    for (const std::uint32_t code : distinct_) append_text(page_, dictionary.text(code));
    write_dictionary(chunk, distinct_.size());
    set_page_ends(rows);
    return write_coded_pages(chunk, distinct_.size());
  }
  set_page_ends(rows, dictionary);
  write_pages(chunk, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) append_text(page_, dictionary.text(distinct_[codes_[i]]));
  });
}

void ChunkEncoder::find_text_codes(const TextValues& values) {
  distinct_.clear();
  if (chunk_codes_.size() < values.dictionary->size()) chunk_codes_.resize(values.dictionary->size());
  codes_.resize(values.codes.size());
  const bool has_nulls = std::ranges::find(values.codes, TextDictionary::kNull) != values.codes.end();
  if (has_nulls) levels_.reserve(values.codes.size());
  std::size_t count = 0;
  for (const std::uint32_t code : values.codes) {
    if (has_nulls) levels_.push_back(code == TextDictionary::kNull ? 0 : 1);
    if (code == TextDictionary::kNull) continue;
    std::uint32_t& known = chunk_codes_[code];
    if (known == 0) {
      distinct_.push_back(code);
      known = static_cast<std::uint32_t>(distinct_.size());
    }
    codes_[count++] = known - 1;
  }
  codes_.resize(count);
  for (const std::uint32_t code : distinct_) chunk_codes_[code] = 0;
}

/// Returns what the distinct texts need as a dictionary page.
std::size_t ChunkEncoder::note_texts(const TextDictionary& dictionary, Statistics& statistics) {
  if (distinct_.empty()) return 0;
  std::string_view least = dictionary.text(distinct_.front()), greatest = least;
  std::uint64_t least_front = front_of(least), greatest_front = least_front;
  std::size_t bytes = 0;
  for (const std::uint32_t code : distinct_) {
    const std::string_view text = dictionary.text(code);
    const std::uint64_t front = front_of(text);
    bytes += sizeof(std::uint32_t) + text.size();
    if (front <= least_front && text < least) {
      least = text;
      least_front = front;
    }
    if (front >= greatest_front && greatest < text) {
      greatest = text;
      greatest_front = front;
    }
  }
  if (least.size() <= kLongestStatistic && greatest.size() <= kLongestStatistic) {
    statistics.least = least;
    statistics.greatest = greatest;
  }
  return bytes;
}

// ---- numbers

template <typename Number>
void ChunkEncoder::add_values(const NumberValues<Number>& values, Chunk& chunk) {
  const std::size_t rows = values.numbers.size();
  chunk.metadata.values = static_cast<std::int64_t>(rows);
  const std::span<const Number> numbers = without_nulls(values);
  chunk.metadata.statistics.nulls = static_cast<std::int64_t>(rows - numbers.size());
  if (!numbers.empty()) {
    const auto [least, greatest] = std::ranges::minmax(numbers);
    chunk.metadata.statistics.least = bytes_of(least);
    chunk.metadata.statistics.greatest = bytes_of(greatest);
  }
  set_page_ends(rows);
  if (find_number_codes(numbers)) {
    const auto& distinct = std::get<Numbers<Number>>(distinct_numbers_);
    page_.clear();
    append_bytes(page_, distinct.data(), distinct.size() * sizeof(Number));
    write_dictionary(chunk, distinct.size());
    return write_coded_pages(chunk, distinct.size());
  }
  write_pages(chunk, [&](std::size_t begin, std::size_t end) {
    append_bytes(page_, numbers.data() + begin, (end - begin) * sizeof(Number));
  });
}

template <typename Number>
std::span<const Number> ChunkEncoder::without_nulls(const NumberValues<Number>& values) {
  if (std::ranges::find(values.nulls, std::uint8_t{1}) == values.nulls.end()) return values.numbers;
  auto& dense = std::get<Numbers<Number>>(dense_numbers_);
  dense.clear();
  levels_.resize(values.numbers.size());
  for (std::size_t i = 0; i < values.numbers.size(); ++i) {
    levels_[i] = values.nulls[i] == 0 ? 1 : 0;
    if (values.nulls[i] == 0) dense.push_back(values.numbers[i]);
  }
  return dense;
}

/// False: too many of the numbers differ for a dictionary to be worth it.
template <typename Number>
bool ChunkEncoder::find_number_codes(std::span<const Number> numbers) {
  constexpr std::size_t kEnoughToTell = 4096;
  auto& distinct = std::get<Numbers<Number>>(distinct_numbers_);
  distinct.clear();
  slots_.assign(kFirstSlots, {});
  codes_.resize(numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const Number number = numbers[i];
    if (i > 0 && number == numbers[i - 1]) {
      codes_[i] = codes_[i - 1];
      continue;
    }
    std::size_t at = slot_of(number, slots_.size());
    while (slots_[at].code != kFree && slots_[at].number != number) at = (at + 1) & (slots_.size() - 1);
    if (slots_[at].code == kFree) {
      slots_[at] = {number, static_cast<std::uint32_t>(distinct.size())};
      distinct.push_back(number);
      if (distinct.size() * 4 > std::max(numbers.size(), kEnoughToTell)) return false;
      if (i >= kEnoughToTell && distinct.size() * 2 > i) return false;
      codes_[i] = static_cast<std::uint32_t>(distinct.size() - 1);
      if (distinct.size() * 2 > slots_.size()) grow_slots(distinct);
      continue;
    }
    codes_[i] = slots_[at].code;
  }
  return !distinct.empty() && distinct.size() * 4 <= numbers.size();
}

template <typename Number>
void ChunkEncoder::grow_slots(const Numbers<Number>& distinct) {
  slots_.assign(slots_.size() * 4, {});
  for (std::size_t i = 0; i < distinct.size(); ++i) {
    std::size_t at = slot_of(distinct[i], slots_.size());
    while (slots_[at].code != kFree) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {distinct[i], static_cast<std::uint32_t>(i)};
  }
}

// ---- pages

void ChunkEncoder::set_page_ends(std::size_t rows) {
  page_ends_.clear();
  for (std::size_t end = 0; end < rows;) page_ends_.push_back(end = std::min(end + limits_.rows, rows));
}

/// The same for texts as they are, by their length as well.
void ChunkEncoder::set_page_ends(std::size_t rows, const TextDictionary& dictionary) {
  page_ends_.clear();
  std::size_t value = 0, bytes = 0, begin = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const bool is_null = !levels_.empty() && levels_[row] == 0;
    const std::size_t size = is_null ? 0 : sizeof(std::uint32_t) + dictionary.text(distinct_[codes_[value++]]).size();
    if (row > begin && (bytes + size > limits_.bytes || row - begin == limits_.rows)) {
      page_ends_.push_back(begin = row);
      bytes = 0;
    }
    bytes += size;
  }
  if (rows > 0) page_ends_.push_back(rows);
}

void ChunkEncoder::write_dictionary(Chunk& chunk, std::size_t distinct) {
  chunk.metadata.encoding = Encoding::kPlainDictionary;
  finish_page(chunk, distinct, true);
}

void ChunkEncoder::write_coded_pages(Chunk& chunk, std::size_t distinct) {
  const unsigned width = bit_width_of(static_cast<std::uint32_t>(distinct - 1));
  write_pages(chunk, [&](std::size_t begin, std::size_t end) {
    page_ += static_cast<char>(width);
    append_hybrid(page_, std::span(codes_).subspan(begin, end - begin), width);
  });
}

template <typename AppendValues>
void ChunkEncoder::write_pages(Chunk& chunk, const AppendValues& append_values) {
  chunk.metadata.data_offset = static_cast<std::int64_t>(chunk.group.bytes.size());
  std::size_t row = 0, value = 0;
  for (const std::size_t row_end : page_ends_) {
    page_.clear();
    append_levels(row, row_end);
    std::size_t value_end = value + (row_end - row);
    if (!levels_.empty()) {
      const auto levels = std::span(levels_).subspan(row, row_end - row);
      value_end = value + static_cast<std::size_t>(std::ranges::count(levels, 1U));
    }
    append_values(value, value_end);
    finish_page(chunk, row_end - row, false);
    ++chunk.metadata.data_pages;
    row = row_end;
    value = value_end;
  }
}

void ChunkEncoder::append_levels(std::size_t begin, std::size_t end) {
  page_.append(sizeof(std::uint32_t), '\0');
  if (levels_.empty()) {
    append_run(page_, 1, end - begin, 1);
  } else {
    append_hybrid(page_, std::span(levels_).subspan(begin, end - begin), 1);
  }
  const auto size = static_cast<std::uint32_t>(page_.size() - sizeof(std::uint32_t));
  std::memcpy(page_.data(), &size, sizeof size);
}

void ChunkEncoder::finish_page(Chunk& chunk, std::size_t values, bool is_dictionary) {
  compressed_.resize(std::max(compressed_.size(), ZSTD_compressBound(page_.size())));
  const std::size_t size =
      ZSTD_compressCCtx(context_.get(), compressed_.data(), compressed_.size(), page_.data(), page_.size(), kZstdLevel);
  if (ZSTD_isError(size) != 0) throw std::bad_alloc();  // there is room for any outcome, so it can be nothing else
  const PageSize page{static_cast<std::int32_t>(values), static_cast<std::int32_t>(page_.size()),
                      static_cast<std::int32_t>(size)};
  std::string& bytes = chunk.group.bytes;
  const std::size_t begin = bytes.size();
  if (is_dictionary) {
    append_dictionary_page_header(bytes, page);
  } else {
    append_data_page_header(bytes, page, chunk.metadata.encoding);
  }
  chunk.metadata.uncompressed_bytes += static_cast<std::int64_t>(bytes.size() - begin + page_.size());
  bytes.append(compressed_.data(), size);
}

}  // namespace flowtrail::parquet
