#include "codec/read_ahead.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace flowtrail::codec {
namespace {

/// Delivers a text in pieces of random sizes, then its end, or a fault.
class PiecesStream final : public InputStream {
 public:
  PiecesStream(std::string_view text, bool faulty, unsigned seed) : text_(text), faulty_(faulty), random_(seed) {}
  [[nodiscard]] Compression compression() const override { return Compression::kGzip; }
  Result<std::size_t> read(std::span<char> buffer) override {
    if (text_.empty() && faulty_) return failure(ErrorCode::kCorrupt, "truncated gzip");
    const std::size_t size = std::min({buffer.size(), text_.size(), std::size_t{1} + random_() % 400'000});
    std::ranges::copy(text_.substr(0, size), buffer.begin());
    text_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view text_;
  bool faulty_;
  std::mt19937 random_;
};

std::string random_text(std::size_t size) {
  std::mt19937 random(1);
  std::string text(size, '\0');
  for (char& byte : text) byte = static_cast<char>(random());
  return text;
}

TEST(ReadAhead, DeliversWhatTheStreamDelivers) {
  const std::string text = random_text(3'000'000);
  for (unsigned seed = 0; seed < 12; ++seed) {
    const bool faulty = seed % 2 == 1;
    const auto stream = read_ahead(std::make_unique<PiecesStream>(text, faulty, seed));
    EXPECT_EQ(stream->compression(), Compression::kGzip);
    std::string delivered;
    std::vector<char> buffer(seed < 6 ? 1000 : 1'000'000);
    for (int after_end = 0; after_end < 3;) {
      const auto size = stream->read(buffer);
      EXPECT_TRUE(size || faulty);
      if (!size || *size == 0) {
        EXPECT_EQ(!size, faulty);
        ++after_end;
        continue;
      }
      EXPECT_EQ(after_end, 0);
      delivered.append(buffer.data(), *size);
    }
    EXPECT_TRUE(delivered == text) << seed;
  }
}

TEST(ReadAhead, AStreamThatNobodyReadsToItsEndIsLetGo) {
  const std::string text = random_text(5'000'000);
  for (unsigned seed = 0; seed < 10; ++seed) {
    const auto stream = read_ahead(std::make_unique<PiecesStream>(text, false, seed));
    std::vector<char> buffer(100);
    if (seed % 2 == 0) {
      EXPECT_GT(stream->read(buffer).value(), 0U);
    }
  }
}

}  // namespace
}  // namespace flowtrail::codec
