#include "lake/sorted_runs.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <queue>
#include <string>
#include <utility>

#include "base/file_error.h"

namespace flowtrail::lake {
namespace {

using parquet::Type;

// A row: its length and its object, 4 bytes each; then for each column a byte that is 0 for NULL, and 8 bytes for a
// number, or the length in 4 bytes and a text.
constexpr std::size_t kRowHead = 2 * sizeof(std::uint32_t);
constexpr std::size_t kWriteBytes = std::size_t{256} << 10U;
constexpr std::size_t kMergeBytes = std::size_t{32} << 20U, kLeastBuffer = std::size_t{16} << 10U;

template <typename Number>
void append_number(std::string& out, Number number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

template <typename Number>
Number take_number(const char*& from) {
  Number number{};
  std::memcpy(&number, from, sizeof number);
  from += sizeof number;
  return number;
}

void append_value(std::string& out, const RowStore& store, const RowStore::Cells& cells, Type type, std::size_t row) {
  const bool is_null =
      type == Type::kText ? cells.codes[row] == parquet::TextDictionary::kNull : cells.nulls && cells.nulls[row] != 0;
  out += is_null ? '\0' : '\1';
  if (is_null) return;
  if (type == Type::kText) {
    const std::string_view text = store.dictionary().text(cells.codes[row]);
    append_number(out, static_cast<std::uint32_t>(text.size()));
    out += text;
  } else {
    append_number(out, type == Type::kInt32 ? std::int64_t{cells.narrow[row]} : cells.wide[row]);
  }
}

/// Reads the rows of one run.
class RunReader {
 public:
  RunReader(const RunFile& file, const RunFile::Run& run, const std::vector<Type>& types, std::size_t buffer)
      : file_(file), at_(run.begin), end_(run.end), types_(types), buffer_(buffer) {
    row_.values.resize(types.size());
  }

  /// False at the end.
  Result<bool> next() {
    if (at_ == end_ && unread() == 0) return false;
    FT_CHECK(provide(kRowHead));
    const char* from = buffer_.data() + begin_;
    const std::size_t size = take_number<std::uint32_t>(from);
    FT_CHECK(provide(size));
    from = buffer_.data() + begin_ + sizeof(std::uint32_t);
    row_.object = take_number<std::uint32_t>(from);
    for (std::size_t i = 0; i < types_.size(); ++i) {
      StoredValue& value = row_.values[i];
      value.is_null = *from++ == '\0';
      if (value.is_null) continue;
      if (types_[i] == Type::kText) {
        const std::size_t length = take_number<std::uint32_t>(from);
        value.text = {from, length};
        from += length;
      } else {
        value.number = take_number<std::int64_t>(from);
      }
    }
    begin_ += size;
    return true;
  }

  /// Valid until the next `next`.
  [[nodiscard]] const StoredRow& row() const { return row_; }

 private:
  [[nodiscard]] std::size_t unread() const { return filled_ - begin_; }

  /// Sees to it that `size` bytes of the row are in the buffer.
  Status provide(std::size_t size) {
    if (unread() >= size) return {};
    std::memmove(buffer_.data(), buffer_.data() + begin_, unread());
    filled_ = unread();
    begin_ = 0;
    buffer_.resize(std::max(buffer_.size(), size));
    while (filled_ < size) {
      const auto room = std::min<std::int64_t>(static_cast<std::int64_t>(buffer_.size() - filled_), end_ - at_);
      const ::ssize_t got = ::pread(file_.descriptor(), buffer_.data() + filled_, static_cast<std::size_t>(room), at_);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return std::unexpected(errno_error("cannot read", file_.path()));
      if (got == 0)
        return std::unexpected(file_error("cannot read", file_.path(), std::make_error_code(std::errc::io_error)));
      filled_ += static_cast<std::size_t>(got);
      at_ += got;
    }
    return {};
  }

  const RunFile& file_;
  std::int64_t at_, end_;
  const std::vector<Type>& types_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, filled_ = 0;
  StoredRow row_;
};

/// Whether one reader's row comes behind another's, which came earlier into the merge where the rows are equal.
class ComesLater {
 public:
  ComesLater(const std::vector<std::unique_ptr<RunReader>>& readers, const SortColumns& columns)
      : readers_(readers), columns_(columns) {}

  bool operator()(std::size_t a, std::size_t b) const {
    const StoredRow& left = readers_[a]->row();
    const StoredRow& right = readers_[b]->row();
    if (columns_.interface) {
      const StoredValue& x = left.values[*columns_.interface];
      const StoredValue& y = right.values[*columns_.interface];
      if (x.is_null != y.is_null) return x.is_null;
      if (!x.is_null && x.text != y.text) return x.text > y.text;
    }
    if (columns_.start) {
      const StoredValue& x = left.values[*columns_.start];
      const StoredValue& y = right.values[*columns_.start];
      if (x.is_null != y.is_null) return x.is_null;
      if (!x.is_null && x.number != y.number) return x.number > y.number;
    }
    return std::pair{left.object, a} > std::pair{right.object, b};
  }

 private:
  const std::vector<std::unique_ptr<RunReader>>& readers_;
  const SortColumns& columns_;
};

}  // namespace

Result<RunFile> RunFile::create(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return std::unexpected(errno_error("cannot make", path));
  RunFile file(descriptor, path);
  if (::unlink(path.c_str()) != 0) return std::unexpected(errno_error("cannot remove", path));
  return file;
}

RunFile::RunFile(RunFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)), runs_(std::move(other.runs_)) {}
RunFile& RunFile::operator=(RunFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  path_.swap(other.path_);
  runs_.swap(other.runs_);
  return *this;
}
RunFile::~RunFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status RunFile::append(const RowStore& store, std::span<const Segment> segments, const SortColumns& columns) {
  std::vector<Segment> own(segments.begin(), segments.end());
  for (Segment& segment : own) segment.store = 0;
  const RowStore* const stores[] = {&store};
  const RowOrder order(stores, own, columns);
  const std::int64_t begin = runs_.empty() ? 0 : runs_.back().end;
  std::int64_t end = begin;
  std::string bytes;
  for (std::size_t at = 0; at < order.rows(); ++at) {
    const RowOrder::Place place = order.place(at);
    const std::size_t row = place.block * kGroupRows + place.row;
    const auto segment = std::ranges::upper_bound(own, row, {}, &Segment::end);
    const std::size_t head = bytes.size();
    append_number(bytes, std::uint32_t{0});
    append_number(bytes, segment->object);
    for (std::size_t i = 0; i < store.types().size(); ++i) {
      append_value(bytes, store, store.blocks()[place.block][i], store.types()[i], place.row);
    }
    const auto size = static_cast<std::uint32_t>(bytes.size() - head);
    std::memcpy(bytes.data() + head, &size, sizeof size);
    if (bytes.size() < kWriteBytes && at + 1 < order.rows()) continue;
    if (!write_all(descriptor_, bytes)) return std::unexpected(errno_error("cannot write", path_));
    end += static_cast<std::int64_t>(bytes.size());
    bytes.clear();
  }
  if (end > begin) runs_.push_back({begin, end});
  return {};
}

Status merge_runs(std::span<const RunFile> files, const std::vector<Type>& types, const SortColumns& columns,
                  const std::function<Status(const StoredRow& row)>& sink) {
  std::size_t runs = 0;
  for (const RunFile& file : files) runs += file.runs().size();
  const std::size_t buffer = std::clamp(kMergeBytes / std::max<std::size_t>(runs, 1), kLeastBuffer, kMergeBytes / 32);
  std::vector<std::unique_ptr<RunReader>> readers;
  for (const RunFile& file : files) {
    for (const RunFile::Run& run : file.runs()) {
      readers.push_back(std::make_unique<RunReader>(file, run, types, buffer));
    }
  }
  std::priority_queue<std::size_t, std::vector<std::size_t>, ComesLater> next(ComesLater(readers, columns));
  for (std::size_t i = 0; i < readers.size(); ++i) {
    FT_TRY(const bool more, readers[i]->next());
    if (more) next.push(i);
  }
  while (!next.empty()) {
    const std::size_t reader = next.top();
    FT_CHECK(sink(readers[reader]->row()));
    next.pop();
    FT_TRY(const bool more, readers[reader]->next());
    if (more) next.push(reader);
  }
  return {};
}

}  // namespace flowtrail::lake
