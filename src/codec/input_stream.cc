#include "codec/input_stream.h"

#include <fcntl.h>
#include <isa-l/igzip_lib.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>

#include "base/file_error.h"

namespace flowtrail::codec {
namespace {

constexpr std::size_t kInputBytes = std::size_t{64} << 10U;
constexpr std::size_t kSmallestRead = std::size_t{64} << 10U;
/// ISA-L (2.30) counts what it copied from before the text, or for a code that does not exist, as output: at most 532
/// bytes in 100,000 damaged files, whatever was in memory. Two copies of 258 bytes (RFC 1951, 3.2.5) and a vector.
constexpr std::size_t kMadeUpBytes = 1024;

/// Stored bytes of a file through one buffer.
class FileBytes {
 public:
  explicit FileBytes(std::filesystem::path path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  ~FileBytes() { ::close(descriptor_); }
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  [[nodiscard]] std::span<const char> available() const { return std::span(buffer_).subspan(begin_, end_ - begin_); }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  void consume(std::size_t bytes) { begin_ += bytes; }

  /// Reads on behind what is still unread, until at least `wanted` bytes are available or the file ends.
  Status fill(std::size_t wanted) {
    if (begin_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    while (end_ < wanted) {
      const ssize_t got = ::read(descriptor_, buffer_.data() + end_, buffer_.size() - end_);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return std::unexpected(errno_error("cannot read", path_));
      if (got == 0) break;
      end_ += static_cast<std::size_t>(got);
    }
    return {};
  }

  [[nodiscard]] Error corrupt(std::string_view what) const {
    return Error{ErrorCode::kCorrupt, std::string(what), path_.string(), {}};
  }

 private:
  std::filesystem::path path_;
  int descriptor_;
  std::array<char, kInputBytes> buffer_;  // not zeroed: for small objects that would be most of the work
  std::size_t begin_ = 0, end_ = 0;
};

using Source = std::unique_ptr<FileBytes>;

class PlainStream final : public InputStream {
 public:
  explicit PlainStream(Source source) : source_(std::move(source)) {}
  [[nodiscard]] Compression compression() const override { return Compression::kNone; }

  Result<std::size_t> read(std::span<char> buffer) override {
    if (source_->empty()) FT_CHECK(source_->fill(1));
    const std::size_t size = std::min(buffer.size(), source_->available().size());
    std::memcpy(buffer.data(), source_->available().data(), size);
    source_->consume(size);
    return size;
  }

 private:
  Source source_;
};

/// What gzip and zstd share: members one after the other, padding, and faults that wait until all bytes before them
/// are delivered.
class MemberStream : public InputStream {
 public:
  explicit MemberStream(Source source) : source_(std::move(source)) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    if (buffer.empty()) return std::size_t{0};
    while (!fault_ && !ended_) {
      if (source_->empty() && !more_output_) {
        FT_CHECK(source_->fill(1));
        if (source_->empty()) {
          finish();
          break;
        }
      }
      if (!in_member_ && !begin_member()) break;
      const std::size_t produced = step(buffer);
      more_output_ = produced == buffer.size();
      if (produced > 0) return produced;
    }
    if (fault_) return std::unexpected(*fault_);
    return std::size_t{0};
  }

 protected:
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual bool starts_member(std::span<const char> bytes) const = 0;
  /// Decompresses from `source()` into `buffer`; says through `end_member` and `set_fault` what happened.
  virtual std::size_t step(std::span<char> buffer) = 0;
  /// Makes the decompressor ready for one more member.
  virtual void restart() = 0;

  [[nodiscard]] FileBytes& source() { return *source_; }
  void end_member() { in_member_ = false; }
  void set_fault(const std::string& what) { fault_ = source_->corrupt(what); }

 private:
  void finish() {
    ended_ = true;
    if (in_member_) set_fault(fmt::format("truncated {}", name()));
  }

  /// At the end of a member: skips padding and starts the next member. False: nothing follows, or a fault.
  bool begin_member() {
    while (true) {
      const auto bytes = source_->available();
      const auto data = std::ranges::find_if(bytes, [](char byte) { return byte != 0; });
      source_->consume(static_cast<std::size_t>(data - bytes.begin()));
      if (!source_->empty()) break;
      if (auto filled = source_->fill(1); !filled) {
        fault_ = filled.error();
        return false;
      }
      if (source_->empty()) {
        ended_ = true;
        return false;
      }
    }
    if (auto filled = source_->fill(4); !filled) {
      fault_ = filled.error();
      return false;
    }
    if (!starts_member(source_->available())) {
      set_fault(fmt::format("bytes after {} end", name()));
      return false;
    }
    restart();
    in_member_ = true;
    more_output_ = false;
    return true;
  }

  Source source_;
  std::optional<Error> fault_;
  bool in_member_ = false;
  bool more_output_ = false;  // the last step filled its buffer: the decompressor may hold more without new input
  bool ended_ = false;
};

bool is_gzip(std::span<const char> bytes) {
  return bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
}

bool is_zstd(std::span<const char> bytes) {
  if (bytes.size() < 4) return false;
  const std::string_view magic(bytes.data(), 4);
  if (magic == "\x28\xb5\x2f\xfd") return true;
  // RFC 8878, 3.1.2: skippable frames, 0x184D2A50 to 0x184D2A5F in little-endian order.
  return (static_cast<unsigned char>(magic[0]) & 0xf0U) == 0x50U && magic.substr(1) == "\x2a\x4d\x18";
}

/// ISA-L inflates two to three times as fast as zlib.
class GzipStream final : public MemberStream {
 public:
  explicit GzipStream(Source source) : MemberStream(std::move(source)) { isal_inflate_init(&state_); }
  [[nodiscard]] Compression compression() const override { return Compression::kGzip; }

 private:
  [[nodiscard]] std::string_view name() const override { return "gzip"; }
  [[nodiscard]] bool starts_member(std::span<const char> bytes) const override { return is_gzip(bytes); }
  void restart() override {
    isal_inflate_reset(&state_);
    state_.crc_flag = ISAL_GZIP;  // header and trailer are read and checked, too
  }

  std::size_t step(std::span<char> buffer) override {
    const auto input = source().available();
    const std::size_t room = std::min<std::size_t>(buffer.size(), std::numeric_limits<std::uint32_t>::max());
    // It takes a pointer to non-const bytes but does not write through it.
    state_.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(input.data()));
    state_.avail_in = static_cast<std::uint32_t>(input.size());
    state_.next_out = reinterpret_cast<std::uint8_t*>(buffer.data());
    state_.avail_out = static_cast<std::uint32_t>(room);
    const int outcome = isal_inflate(&state_);
    source().consume(input.size() - state_.avail_in);
    const std::size_t produced = room - state_.avail_out;
    if (outcome < ISAL_DECOMP_OK || outcome == ISAL_NEED_DICT) {
      set_fault("bad gzip data");
      const bool made_up = outcome == ISAL_INVALID_LOOKBACK || outcome == ISAL_INVALID_SYMBOL;
      return made_up ? produced - std::min(produced, kMadeUpBytes) : produced;
    }
    if (state_.block_state == ISAL_BLOCK_FINISH) end_member();
    return produced;
  }

  inflate_state state_;  // `isal_inflate_init` sets what has to be set; the rest is 80 KB of room
};

class ZstdStream final : public MemberStream {
 public:
  explicit ZstdStream(Source source) : MemberStream(std::move(source)), state_(ZSTD_createDStream()) {}
  ~ZstdStream() override { ZSTD_freeDStream(state_); }
  ZstdStream(const ZstdStream&) = delete;
  ZstdStream& operator=(const ZstdStream&) = delete;
  [[nodiscard]] Compression compression() const override { return Compression::kZstd; }

 private:
  [[nodiscard]] std::string_view name() const override { return "zstd"; }
  [[nodiscard]] bool starts_member(std::span<const char> bytes) const override { return is_zstd(bytes); }
  void restart() override {
    if (state_ != nullptr) ZSTD_initDStream(state_);
  }

  std::size_t step(std::span<char> buffer) override {
    if (state_ == nullptr) {
      set_fault("no memory to read zstd");
      return 0;
    }
    const auto bytes = source().available();
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    ZSTD_outBuffer output{buffer.data(), buffer.size(), 0};
    const std::size_t outcome = ZSTD_decompressStream(state_, &output, &input);
    source().consume(input.pos);
    if (ZSTD_isError(outcome) != 0U) {
      set_fault("bad zstd data");
    } else if (outcome == 0) {
      end_member();
    }
    return output.pos;
  }

  ZSTD_DStream* state_;
};

}  // namespace

Result<std::unique_ptr<InputStream>> InputStream::open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::unexpected(errno_error("cannot open", path));
  auto source = std::make_unique<FileBytes>(path, descriptor);
  FT_CHECK(source->fill(4));
  if (is_gzip(source->available())) return std::make_unique<GzipStream>(std::move(source));
  if (is_zstd(source->available())) return std::make_unique<ZstdStream>(std::move(source));
  return std::make_unique<PlainStream>(std::move(source));
}

Status read_all(const std::filesystem::path& path, std::uint64_t max_bytes, std::string& text) {
  FT_TRY(const auto stream, InputStream::open(path));
  const std::size_t start = text.size();
  while (true) {
    // One byte more than allowed tells whether there is more.
    const std::uint64_t left = max_bytes + 1 - (text.size() - start);
    const std::size_t used = text.size();
    const std::size_t free = std::max(text.capacity() - used, kSmallestRead);
    Result<std::size_t> size = std::size_t{0};
    text.resize_and_overwrite(used + static_cast<std::size_t>(std::min<std::uint64_t>(free, left)),
                              [&](char* bytes, std::size_t room) {
                                size = stream->read(std::span(bytes, room).subspan(used));
                                return used + size.value_or(0);
                              });
    if (!size) return std::unexpected(size.error());
    if (*size == 0) return {};
    if (text.size() - start > max_bytes) {
      text.resize(start + static_cast<std::size_t>(max_bytes));
      return std::unexpected(
          Error{ErrorCode::kUnsupported, fmt::format("larger than {} bytes", max_bytes), path.string(), {}});
    }
  }
}

}  // namespace flowtrail::codec
