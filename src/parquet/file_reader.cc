#include "parquet/file_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
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
constexpr std::size_t kDigits = 20;                               // of the longest number, with its sign
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
  std::string bytes;
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

Status FileReader::read(std::size_t group, std::size_t column, std::string_view null, ColumnTexts& texts) {
  const Chunk& chunk = groups_[group].chunks[column];
  FT_CHECK(read_bytes(chunk.begin, chunk.size, bytes_));
  texts.codes_.clear();
  texts.pages_.clear();
  texts.texts_.assign(1, null);
  texts.digits_.clear();
  // Views of numbers are good only as long as their digits do not move.
  if (chunk.type != Type::kText) texts.digits_.reserve(chunk.values * kDigits);
  Page page;
  for (std::size_t at = 0; texts.codes_.size() < chunk.values;) {
    FT_CHECK(next_page(bytes_, at, page));
    if (page.values > chunk.values) return corrupt();
    if (!page.is_dictionary && page.values > chunk.values - texts.codes_.size()) return corrupt();
    if (page.is_dictionary && texts.texts_.size() > 1) return corrupt();
    FT_CHECK(page.is_dictionary ? add_dictionary(page, chunk.type, texts) : add_data(page, chunk.type, texts));
  }
  return {};
}

Status FileReader::next_page(std::string_view bytes, std::size_t& at, Page& page) {
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
  page.bytes.resize(static_cast<std::size_t>(uncompressed));
  const std::size_t size = ZSTD_decompressDCtx(context_.get(), page.bytes.data(), page.bytes.size(), bytes.data() + at,
                                               static_cast<std::size_t>(compressed));
  at += static_cast<std::size_t>(compressed);
  if (ZSTD_isError(size) != 0 || size != page.bytes.size()) return corrupt();
  return {};
}

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
bool add_numbers(std::string_view from, std::uint64_t count, std::vector<char>& digits,
                 std::vector<std::string_view>& texts) {
  for (std::uint64_t i = 0; i < count; ++i) {
    Number number = 0;
    if (!take_number(from, number) || digits.capacity() - digits.size() < kDigits) return false;
    const fmt::format_int text(number);
    const char* const begin = digits.data() + digits.size();
    digits.insert(digits.end(), text.data(), text.data() + text.size());
    texts.emplace_back(begin, text.size());
  }
  return true;
}

}  // namespace

Status FileReader::add_dictionary(const Page& page, Type type, ColumnTexts& texts) {
  texts.pages_.push_back(page.bytes);
  const std::string_view from = texts.pages_.back();
  const bool fine = type == Type::kText    ? add_texts(from, page.values, texts.texts_)
                    : type == Type::kInt32 ? add_numbers<std::int32_t>(from, page.values, texts.digits_, texts.texts_)
                                           : add_numbers<std::int64_t>(from, page.values, texts.digits_, texts.texts_);
  if (!fine) return corrupt();
  return {};
}

Status FileReader::add_data(const Page& page, Type type, ColumnTexts& texts) {
  std::string_view from = page.bytes;
  std::uint32_t levels_size = 0;
  if (!take_number(from, levels_size) || levels_size > from.size()) return corrupt();
  if (!read_hybrid(from.substr(0, levels_size), page.values, 1, levels_)) return corrupt();
  from.remove_prefix(levels_size);
  const auto present = static_cast<std::size_t>(std::ranges::count(levels_, 1U));
  const std::size_t known = texts.texts_.size();
  codes_.clear();
  if (page.is_coded && present > 0) {
    if (from.empty()) return corrupt();
    const auto width = static_cast<unsigned char>(from.front());
    if (!read_hybrid(from.substr(1), present, width, codes_)) return corrupt();
    if (std::ranges::max(codes_) >= known - 1) return corrupt();
    for (std::uint32_t& code : codes_) ++code;
  } else if (present > 0) {
    Page values;
    values.values = present;
    values.bytes = from;
    FT_CHECK(add_dictionary(values, type, texts));
    for (std::size_t i = 0; i < present; ++i) codes_.push_back(static_cast<std::uint32_t>(known + i));
  }
  std::size_t next = 0;
  for (const std::uint32_t level : levels_) texts.codes_.push_back(level == 0 ? 0 : codes_[next++]);
  return {};
}

}  // namespace flowtrail::parquet
