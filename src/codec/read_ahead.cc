#include "codec/read_ahead.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace flowtrail::codec {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{256} << 10U;
constexpr std::size_t kBlocks = 3;

/// A ring of blocks. The inflating thread owns those that are free, the caller those that are full.
class ReadAheadStream final : public InputStream {
 public:
  explicit ReadAheadStream(std::unique_ptr<InputStream> stream)
      : stream_(std::move(stream)), compression_(stream_->compression()) {
    for (Block& block : blocks_) block.bytes.resize(kBlockBytes);
    thread_ = std::jthread{[this](const std::stop_token& stop) { inflate(stop); }};
  }

  [[nodiscard]] Compression compression() const override { return compression_; }

  Result<std::size_t> read(std::span<char> buffer) override {
    if (buffer.empty()) return std::size_t{0};
    {
      std::unique_lock lock{mutex_};
      changed_.wait(lock, [this] { return full_ > 0; });
    }
    Block& block = blocks_[reading_];
    if (!block.outcome) return std::unexpected(block.outcome.error());  // the last one: it stays
    if (block.size == 0) return std::size_t{0};                         // likewise
    const std::size_t size = std::min(buffer.size(), block.size - taken_);
    std::memcpy(buffer.data(), block.bytes.data() + taken_, size);
    taken_ += size;
    if (taken_ == block.size) give_back();
    return size;
  }

 private:
  struct Block {
    std::vector<char> bytes;
    std::size_t size = 0;  // 0: the end, or a fault
    Status outcome;
  };

  void give_back() {
    taken_ = 0;
    reading_ = (reading_ + 1) % kBlocks;
    const std::scoped_lock lock{mutex_};
    --full_;
    changed_.notify_all();
  }

  void inflate(const std::stop_token& stop) {
    for (std::size_t writing = 0;; writing = (writing + 1) % kBlocks) {
      {
        std::unique_lock lock{mutex_};
        if (!changed_.wait(lock, stop, [this] { return full_ < kBlocks; })) return;
      }
      const bool goes_on = fill(blocks_[writing]);
      const std::scoped_lock lock{mutex_};
      ++full_;
      changed_.notify_all();
      if (!goes_on) return;
    }
  }

  /// False after the end or a fault.
  bool fill(Block& block) {
    const Result<std::size_t> size = stream_->read(block.bytes);
    block.size = size.value_or(0);
    if (!size) block.outcome = std::unexpected(size.error());
    return block.size > 0;
  }

  std::unique_ptr<InputStream> stream_;
  Compression compression_;
  std::array<Block, kBlocks> blocks_;
  std::size_t reading_ = 0, taken_ = 0;  // the caller's
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t full_ = 0;  // guarded by `mutex_`
  std::jthread thread_;   // last: joined before anything it uses goes
};

}  // namespace

std::unique_ptr<InputStream> read_ahead(std::unique_ptr<InputStream> stream) {
  return std::make_unique<ReadAheadStream>(std::move(stream));
}

}  // namespace flowtrail::codec
