#include "sample/object_writer.h"

#include <zlib.h>

#include <chrono>
#include <fstream>
#include <system_error>

namespace flowtrail::sample {
namespace {

constexpr int kGzipWindowBits = 15 + 16;  // zlib: 16 more means a gzip wrapper
constexpr int kMemoryLevel = 8;

Result<std::string> deflate_gzip(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindowBits, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return failure(ErrorCode::kIo, "zlib cannot start");
  }
  std::string packed(deflateBound(&stream, static_cast<uLong>(text.size())) + 32, '\0');
  std::string input{text};
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int code = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (code != Z_STREAM_END) return failure(ErrorCode::kIo, "zlib cannot finish: {}", code);
  return packed;
}

}  // namespace

Status ObjectWriter::write_plain(const std::string& key, std::string_view text) {
  const std::filesystem::path path = folder_ / key;
  std::error_code error;
  if (path.parent_path() != last_parent_) {
    last_parent_ = path.parent_path();
    std::filesystem::create_directories(last_parent_, error);
    if (error) return failure(ErrorCode::kIo, "cannot make folder {}: {}", last_parent_.string(), error.message());
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) return failure(ErrorCode::kIo, "cannot write {}", path.string());
  bytes_ += text.size();
  return {};
}

Status ObjectWriter::write_gzip(const std::string& key, std::string_view text) {
  FT_TRY(const std::string packed, deflate_gzip(text));
  return write_plain(key, packed);
}

Status ObjectWriter::set_time(const std::string& key, std::int64_t time) {
  const auto moment = std::chrono::file_clock::from_sys(std::chrono::sys_seconds{std::chrono::seconds{time}});
  std::error_code error;
  std::filesystem::last_write_time(folder_ / key, moment, error);
  if (error) return failure(ErrorCode::kIo, "cannot set the time of {}: {}", key, error.message());
  return {};
}

}  // namespace flowtrail::sample
