#include "parquet/file_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <numeric>
#include <optional>
#include <system_error>
#include <utility>

#include "parquet/hybrid_encoding.h"
#include "parquet/metadata.h"
#include "parquet/thrift_reader.h"

namespace flowtrail::parquet {
namespace {

constexpr std::string_view kMagic = "PAR1";
constexpr std::string_view kMaker = "flowtrail version ";
constexpr std::size_t kTail = 8;                                  // length of the footer, and the magic
constexpr std::uint64_t kLargestPage = std::uint64_t{64} << 20U;  // ours are far smaller
constexpr std::uint64_t kMostRows = std::uint64_t{1} << 20U;      // of a row group, likewise
constexpr std::int64_t kInt32 = 1, kInt64 = 2, kByteArray = 6, kZstd = 6;

std::unexpected<Error> corrupt() {
  return failure(ErrorCode::kCorrupt, "damaged Parquet file");
}

std::unexpected<Error> foreign() {
  return failure(ErrorCode::kUnsupported, "not a Parquet file of flowtrail");
}

std::unexpected<Error> errno_failure(int fault) {
  const ErrorCode code = fault == ENOENT ? ErrorCode::kNotFound : fault == EACCES ? ErrorCode::kDenied : ErrorCode::kIo;
  return failure(code, "cannot read: {}", std::error_code(fault, std::generic_category()).message());
}

template <typename Number>
bool take_number(std::string_view& from, Number& number) {
  if (from.size() < sizeof number) return false;
  std::memcpy(&number, from.data(), sizeof number);
  from.remove_prefix(sizeof number);
  return true;
}

std::optional<Type> type_of(std::int64_t physical) {
  switch (physical) {
    case kInt32: return Type::kInt32;
    case kInt64: return Type::kInt64;
    case kByteArray: return Type::kText;
    default: return std::nullopt;
  }
}

}  // namespace

struct FileReader::Page {
  bool is_dictionary = false, is_coded = false;
  std::uint64_t values = 0;
  std::size_t compressed = 0, uncompressed = 0;  // bytes
};

void FileReader::ContextDeleter::operator()(ZSTD_DCtx_s* context) const {
  ZSTD_freeDCtx(context);
}

FileReader::FileReader(int descriptor) : descriptor_(descriptor), context_(ZSTD_createDCtx()) {
  if (!context_) throw std::bad_alloc();
}
FileReader::FileReader(FileReader&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      context_(std::move(other.context_)),
      columns_(std::move(other.columns_)),
      groups_(std::move(other.groups_)) {}
FileReader& FileReader::operator=(FileReader&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  context_.swap(other.context_);
  columns_.swap(other.columns_);
  groups_.swap(other.groups_);
  return *this;
}
FileReader::~FileReader() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<FileReader> FileReader::open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return errno_failure(errno);
  FileReader reader(descriptor);
  FT_CHECK(reader.read_footer());
  return reader;
}

Status FileReader::read_bytes(std::uint64_t offset, std::size_t size, std::string& bytes) const {
  bytes.resize(size);
  for (std::size_t done = 0; done < size;) {
    const ::ssize_t got = ::pread(descriptor_, bytes.data() + done, size - done, static_cast<::off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_failure(errno);
    if (got == 0) return corrupt();
    done += static_cast<std::size_t>(got);
  }
  return {};
}

// ---- footer

Status FileReader::read_footer() {
  struct ::stat status{};
  if (::fstat(descriptor_, &status) != 0) return errno_failure(errno);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (!S_ISREG(status.st_mode) || size < kMagic.size() + kTail) return foreign();
  std::string bytes;
  FT_CHECK(read_bytes(size - kTail, kTail, bytes));
  if (!bytes.ends_with(kMagic)) return foreign();
  std::uint32_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof length);
  if (length > size - kTail - kMagic.size()) return foreign();
  const std::uint64_t pages_end = size - kTail - length;
  FT_CHECK(read_bytes(pages_end, length, bytes));
  return parse_footer(bytes, pages_end);
}

Status FileReader::parse_footer(std::string_view footer, std::uint64_t pages_end) {
  ThriftReader reader(footer);
  bool is_ours = false, is_known = true;
  std::size_t elements = 0;
  const auto read_column = [&] {
    Column column;
    std::int64_t physical = kByteArray;
    reader.each_field([&](int id) {
      if (id == 1) physical = reader.integer();
      if (id == 4) column.name = reader.text();
      return id == 1 || id == 4;
    });
    const std::optional<Type> type = type_of(physical);
    is_known = is_known && type.has_value();
    column.type = type.value_or(Type::kText);
    if (elements++ > 0) columns_.push_back(std::move(column));  // the first stands for all
  };
  const auto read_chunk = [&](Group& group) {
    Chunk chunk;
    std::int64_t values = 0, size = 0, data = -1, dictionary = -1, codec = -1, physical = -1;
    reader.each_field([&](int field) {
      if (field != 3) return false;
      reader.each_field([&](int id) {
        switch (id) {
          case 1: physical = reader.integer(); return true;
          case 4: codec = reader.integer(); return true;
          case 5: values = reader.integer(); return true;
          case 7: size = reader.integer(); return true;
          case 9: data = reader.integer(); return true;
          case 11: dictionary = reader.integer(); return true;
          default: return false;
        }
      });
      return true;
    });
    const std::int64_t begin = dictionary >= 0 ? dictionary : data;
    const auto end = static_cast<std::int64_t>(pages_end);
    const bool is_inside = begin >= 0 && size >= 0 && size <= end && begin <= end - size && values >= 0;
    const std::optional<Type> type = type_of(physical);
    is_known =
        is_known && codec == kZstd && type.has_value() && is_inside && static_cast<std::uint64_t>(values) <= kMostRows;
    if (!is_known) return;
    group.chunks.push_back({*type, static_cast<std::uint64_t>(begin), static_cast<std::uint64_t>(size),
                            static_cast<std::uint64_t>(values)});
  };
  const auto read_group = [&] {
    Group& group = groups_.emplace_back();
    reader.each_field([&](int id) {
      if (id == 1) reader.each_element([&] { read_chunk(group); });
      if (id == 3) group.rows = static_cast<std::size_t>(reader.integer());
      return id == 1 || id == 3;
    });
  };
  reader.each_field([&](int id) {
    if (id == 2) reader.each_element(read_column);
    if (id == 4) reader.each_element(read_group);
    if (id == 6) is_ours = reader.text().starts_with(kMaker);
    return id == 2 || id == 4 || id == 6;
  });
  if (!reader.ok() || !is_ours || !is_known || columns_.empty()) return foreign();
  for (const Group& group : groups_) {
    if (group.chunks.size() != columns_.size()) return corrupt();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (group.chunks[i].values != group.rows || group.chunks[i].type != columns_[i].type) return corrupt();
    }
  }
  return {};
}

// ---- pages

namespace {

/// Appends `count` values to `texts`, whose bytes stay where they are. False: there are not so many.
bool add_texts(std::string_view from, std::uint64_t count, std::vector<std::string_view>& texts) {
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint32_t size = 0;
    if (!take_number(from, size) || from.size() < size) return false;
    texts.push_back(from.substr(0, size));
    from.remove_prefix(size);
  }
  return true;
}

template <typename Number>
bool add_numbers(std::string_view from, std::uint64_t count, std::vector<std::int64_t>& numbers) {
  if (count > from.size() / sizeof(Number)) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    Number number = 0;
    std::memcpy(&number, from.data() + i * sizeof number, sizeof number);
    numbers.push_back(number);
  }
  return true;
}

bool add_values(std::string_view from, std::uint64_t count, Type type, std::vector<std::string_view>& texts,
                std::vector<std::int64_t>& numbers) {
  switch (type) {
    case Type::kText: return add_texts(from, count, texts);
    case Type::kInt32: return add_numbers<std::int32_t>(from, count, numbers);
    case Type::kInt64: return add_numbers<std::int64_t>(from, count, numbers);
  }
  return false;
}

}  // namespace

void CodedColumn::clear() {
  codes_.clear();
  texts_.clear();
  numbers_.clear();
  distinct_ = 0;
  used_pages_ = 0;
}

Status FileReader::read(std::size_t group, std::size_t column, CodedColumn& values) {
  const Chunk& chunk = groups_[group].chunks[column];
  FT_CHECK(read_bytes(chunk.begin, chunk.size, bytes_));
  values.clear();
  if (chunk.type == Type::kText) {
    values.texts_.emplace_back();
  } else {
    values.numbers_.push_back(0);
  }
  Page page;
  for (std::size_t at = 0; values.codes_.size() < chunk.values; at += page.compressed) {
    FT_CHECK(read_page_head(bytes_, at, page));
    if (page.values > chunk.values) return corrupt();
    if (!page.is_dictionary && page.values > chunk.values - values.codes_.size()) return corrupt();
    if (page.is_dictionary && values.values() > 1) return corrupt();
    const bool has_texts = chunk.type == Type::kText && (page.is_dictionary || !page.is_coded);
    if (has_texts && values.used_pages_ == values.pages_.size()) values.pages_.emplace_back();
    std::string& bytes = has_texts ? values.pages_[values.used_pages_++] : page_;
    FT_CHECK(decompress(std::string_view{bytes_}.substr(at, page.compressed), page.uncompressed, bytes));
    if (!page.is_dictionary) {
      FT_CHECK(add_data(bytes, page, chunk.type, values));
    } else if (!add_values(bytes, page.values, chunk.type, values.texts_, values.numbers_)) {
      return corrupt();
    } else {
      values.distinct_ = page.values;
    }
  }
  return {};
}

/// Moves `at` behind the head.
Status FileReader::read_page_head(std::string_view bytes, std::size_t& at, Page& page) {
  if (at >= bytes.size()) return corrupt();
  ThriftReader reader(bytes.substr(at));
  std::int64_t type = -1, uncompressed = -1, compressed = -1, values = -1, encoding = -1;
  reader.each_field([&](int id) {
    if (id == 1) type = reader.integer();
    if (id == 2) uncompressed = reader.integer();
    if (id == 3) compressed = reader.integer();
    if (id == 5 || id == 7) {
      reader.each_field([&](int inner) {
        if (inner == 1) values = reader.integer();
        if (inner == 2) encoding = reader.integer();
        return inner == 1 || inner == 2;
      });
    }
    return (id >= 1 && id <= 3) || id == 5 || id == 7;
  });
  at += reader.position();
  if (!reader.ok() || values < 0 || compressed < 0 || static_cast<std::uint64_t>(compressed) > bytes.size() - at ||
      uncompressed < 0 || static_cast<std::uint64_t>(uncompressed) > kLargestPage || (type != 0 && type != 2)) {
    return corrupt();
  }
  page.is_dictionary = type == 2;
  page.is_coded = encoding == static_cast<std::int64_t>(Encoding::kPlainDictionary);
  page.values = static_cast<std::uint64_t>(values);
  page.compressed = static_cast<std::size_t>(compressed);
  page.uncompressed = static_cast<std::size_t>(uncompressed);
  return {};
}

Status FileReader::decompress(std::string_view bytes, std::size_t size, std::string& page) {
  std::size_t got = 0;
  page.resize_and_overwrite(size, [&](char* to, std::size_t) {
    got = ZSTD_decompressDCtx(context_.get(), to, size, bytes.data(), bytes.size());
    return ZSTD_isError(got) != 0 ? 0 : got;
  });
  if (ZSTD_isError(got) != 0 || got != size) return corrupt();
  return {};
}

Status FileReader::add_data(std::string_view bytes, const Page& page, Type type, CodedColumn& column) {
  std::uint32_t levels_size = 0;
  if (!take_number(bytes, levels_size) || levels_size > bytes.size()) return corrupt();
  const std::string_view levels = bytes.substr(0, levels_size);
  bytes.remove_prefix(levels_size);
  const std::size_t before = column.codes_.size();
  column.codes_.resize(before + page.values);
  const std::span<std::uint32_t> codes = std::span(column.codes_).subspan(before);
  if (begins_with_run(levels, 1, codes.size(), 1)) return add_codes(bytes, page.is_coded, type, codes, column);

  levels_.resize(codes.size());
  if (!read_hybrid(levels, 1, 0, levels_)) return corrupt();
  codes_.resize(static_cast<std::size_t>(std::ranges::count(levels_, 1U)));
  FT_CHECK(add_codes(bytes, page.is_coded, type, codes_, column));
  std::size_t next = 0;
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = levels_[i] == 0 ? 0 : codes_[next++];
  return {};
}

Status FileReader::add_codes(std::string_view bytes, bool is_coded, Type type, std::span<std::uint32_t> codes,
                             CodedColumn& column) {
  if (codes.empty()) return {};
  if (!is_coded) {
    std::iota(codes.begin(), codes.end(), static_cast<std::uint32_t>(column.values()));
    if (!add_values(bytes, codes.size(), type, column.texts_, column.numbers_)) return corrupt();
    return {};
  }
  if (bytes.empty() || column.distinct_ == 0) return corrupt();
  const auto width = static_cast<unsigned char>(bytes.front());
  if (width > bit_width_of(static_cast<std::uint32_t>(column.distinct_ - 1))) return corrupt();
  // Whatever number the bits give is that of a value then, if only of an empty one in a damaged file.
  const std::size_t numbers = (std::size_t{1} << width) + 1;
  if (type == Type::kText && column.texts_.size() < numbers) column.texts_.resize(numbers);
  if (type != Type::kText && column.numbers_.size() < numbers) column.numbers_.resize(numbers);
  if (!read_hybrid(bytes.substr(1), width, 1, codes)) return corrupt();
  return {};
}

}  // namespace flowtrail::parquet
