#include "bench/files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

#ifdef FLOWTRAIL_BENCH_LIBDEFLATE
#include <libdeflate.h>
#else
#include <zlib.h>
#endif

namespace flowtrail::bench {
namespace {

constexpr int kLevel = 6;

std::string time_text(std::int64_t time, const char* form) {
  const std::time_t moment = time;
  std::tm parts{};
  gmtime_r(&moment, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, form, &parts)};
}

#ifdef FLOWTRAIL_BENCH_LIBDEFLATE
std::string gzip(std::string_view text) {
  struct Free {
    void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
  };
  thread_local std::unique_ptr<libdeflate_compressor, Free> compressor(libdeflate_alloc_compressor(kLevel));
  std::string packed(libdeflate_gzip_compress_bound(compressor.get(), text.size()), '\0');
  packed.resize(libdeflate_gzip_compress(compressor.get(), text.data(), text.size(), packed.data(), packed.size()));
  return packed;
}
#else
std::string gzip(std::string_view text) {
  constexpr int kGzipWindowBits = 15 + 16;  // zlib: 16 more means a gzip wrapper
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindowBits, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    fail("zlib cannot start");
  }
  std::string packed(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int code = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (code != Z_STREAM_END) fail("zlib cannot finish");
  return packed;
}
#endif

}  // namespace

void fail(const std::string& sentence) {
  std::fprintf(stderr, "flowtrail-generate: %s\n", sentence.c_str());
  std::_Exit(1);
}

void write_plain(const std::string& path, std::string_view text, std::int64_t modified) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  std::FILE* file = std::fopen(path.c_str(), "wb");
  const bool written = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool closed = file != nullptr && std::fclose(file) == 0;
  if (!written || !closed) fail("cannot write " + path + ": " + std::strerror(errno));
  if (modified == 0) return;
  const timespec times[2] = {{modified, 0}, {modified, 0}};
  if (utimensat(AT_FDCWD, path.c_str(), times, 0) != 0) fail("cannot set the time of " + path);
}

void write_gzip(const std::string& path, std::string_view text) {
  write_plain(path, gzip(text));
}

void for_each_file(int count, const std::function<void(int)>& make) {
  std::atomic<int> next = 0;
  const auto work = [&] {
    for (int i = next++; i < count; i = next++) make(i);
  };
  std::thread second(work);
  work();
  second.join();
}

std::string utc_text(std::int64_t time) {
  return time_text(time, "%Y-%m-%dT%H:%M:%SZ");
}
std::string day_folder(std::int64_t time) {
  return time_text(time, "%Y/%m/%d");
}
std::string key_stamp(std::int64_t time) {
  return time_text(time, "%Y%m%dT%H%MZ");
}

}  // namespace flowtrail::bench
