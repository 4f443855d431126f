#include "parquet/file_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "base/file_error.h"
#include "parquet/metadata.h"

namespace flowtrail::parquet {
namespace {

constexpr std::string_view kMagic = "PAR1";

}  // namespace

FileWriter::FileWriter(int descriptor, std::filesystem::path path, Schema schema, std::string created_by)
    : descriptor_(descriptor), path_(std::move(path)), schema_(std::move(schema)), created_by_(std::move(created_by)) {}

FileWriter::FileWriter(FileWriter&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      schema_(std::move(other.schema_)),
      created_by_(std::move(other.created_by_)),
      offset_(other.offset_),
      rows_(other.rows_),
      entries_(std::move(other.entries_)),
      entry_count_(other.entry_count_) {}

FileWriter& FileWriter::operator=(FileWriter&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  path_.swap(other.path_);
  std::swap(schema_, other.schema_);
  created_by_.swap(other.created_by_);
  std::swap(offset_, other.offset_);
  std::swap(rows_, other.rows_);
  entries_.swap(other.entries_);
  std::swap(entry_count_, other.entry_count_);
  return *this;
}

FileWriter::~FileWriter() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<FileWriter> FileWriter::create(const std::filesystem::path& path, Schema schema, std::string created_by) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) return std::unexpected(errno_error("cannot make", path));
  FileWriter writer(descriptor, path, std::move(schema), std::move(created_by));
  FT_CHECK(writer.write(kMagic));
  return writer;
}

Status FileWriter::append(const RowGroup& group) {
  entries_ += row_group_entry(schema_, group.chunks, group.rows, offset_);
  ++entry_count_;
  rows_ += group.rows;
  return write(group.bytes);
}

Status FileWriter::finish() {
  std::string end = footer(schema_, rows_, entry_count_, entries_, created_by_);
  const auto size = static_cast<std::uint32_t>(end.size());
  for (unsigned bits = 0; bits < 32; bits += 8) end += static_cast<char>(size >> bits);
  end += kMagic;
  FT_CHECK(write(end));
  return close();
}

Status FileWriter::write(std::string_view bytes) {
  offset_ += static_cast<std::int64_t>(bytes.size());
  if (!write_all(descriptor_, bytes)) return std::unexpected(errno_error("cannot write", path_));
  return {};
}

Status FileWriter::close() {
  // What was written may fail as late as here (quotas, network disks).
  if (::close(std::exchange(descriptor_, -1)) != 0) return std::unexpected(errno_error("cannot write", path_));
  return {};
}

}  // namespace flowtrail::parquet
