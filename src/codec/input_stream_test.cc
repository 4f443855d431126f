#include "codec/input_stream.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace flowtrail::codec {
namespace {

std::string gzip(const std::string& text) {
  z_stream state{};
  EXPECT_EQ(deflateInit2(&state, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&state, static_cast<uLong>(text.size())) + 64, '\0');
  std::string input = text;
  state.next_in = reinterpret_cast<Bytef*>(input.data());
  state.avail_in = static_cast<uInt>(input.size());
  state.next_out = reinterpret_cast<Bytef*>(packed.data());
  state.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&state, Z_FINISH), Z_STREAM_END);
  packed.resize(state.total_out);
  deflateEnd(&state);
  return packed;
}

std::string zstd(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  const std::size_t size = ZSTD_compress2(context, packed.data(), packed.size(), text.data(), text.size());
  ZSTD_freeCCtx(context);
  EXPECT_FALSE(ZSTD_isError(size));
  packed.resize(size);
  return packed;
}

struct Outcome {
  std::string text;
  std::string fault;  // empty: a clean end
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

void PrintTo(const Outcome& outcome, std::ostream* out) {
  *out << outcome.text.size() << " bytes, fault '" << outcome.fault << "'";
}

class InputStreamTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "codec_test_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& bytes) {
    const auto path = folder_ / "object";
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    return path;
  }

  Outcome read(const std::string& bytes, std::size_t step = 4096) {
    Outcome outcome;
    auto stream = InputStream::open(write(bytes));
    if (!stream) return {"", stream.error().what};
    std::vector<char> buffer(step);
    while (true) {
      auto got = (*stream)->read(buffer);
      if (!got) {
        EXPECT_FALSE((*stream)->read(buffer).has_value()) << "a fault stays";
        outcome.fault = got.error().what;
        return outcome;
      }
      if (*got == 0) return outcome;
      outcome.text.append(buffer.data(), *got);
    }
  }

  std::filesystem::path folder_;
};

std::string varied_text(std::size_t bytes) {
  std::mt19937_64 random(7);
  std::string text;
  while (text.size() < bytes) text += fmt::format("2 111122223333 eni-{:x} 10.0.0.{}\n", random(), random() % 256);
  text.resize(bytes);
  return text;
}

TEST_F(InputStreamTest, PlainBytesComeAsTheyAre) {
  const std::string text = varied_text(300'000);
  for (const std::size_t step : {std::size_t{1000}, std::size_t{1} << 20U})
    EXPECT_EQ(read(text, step), (Outcome{text, ""}));
  EXPECT_EQ(read(""), (Outcome{"", ""}));
  EXPECT_EQ(read("\x1f"), (Outcome{"\x1f", ""}));
}

TEST_F(InputStreamTest, CompressionIsToldByBytesNotByName) {
  EXPECT_EQ(InputStream::open(write("text")).value()->compression(), Compression::kNone);
  EXPECT_EQ(InputStream::open(write(gzip("text"))).value()->compression(), Compression::kGzip);
  EXPECT_EQ(InputStream::open(write(zstd("text"))).value()->compression(), Compression::kZstd);
}

TEST_F(InputStreamTest, SeveralMembersAreOneText) {
  const std::string text = varied_text(200'000);
  for (const std::size_t step : {std::size_t{1}, std::size_t{777}, std::size_t{1} << 20U}) {
    EXPECT_EQ(read(gzip(text) + gzip("") + gzip("tail"), step), (Outcome{text + "tail", ""})) << step;
    EXPECT_EQ(read(zstd(text) + zstd("") + zstd("tail"), step), (Outcome{text + "tail", ""})) << step;
  }
}

TEST_F(InputStreamTest, MemberBoundariesMayFallAnywhereInTheInputBuffer) {
  const std::string small = gzip("0123456789");
  const std::size_t buffer = std::size_t{64} << 10U;
  for (std::size_t shift = 0; shift < 24; ++shift) {
    // Random bytes hardly compress, so the first member ends close to the buffer's end.
    std::mt19937 random(static_cast<unsigned>(shift));
    std::string noise(buffer - 60 + shift, '\0');
    for (char& byte : noise) byte = static_cast<char>(random());
    EXPECT_EQ(read(gzip(noise) + small), (Outcome{noise + "0123456789", ""})) << shift;
  }
}

TEST_F(InputStreamTest, ZeroPaddingIsTolerated) {
  EXPECT_EQ(read(gzip("abc") + std::string(100'000, '\0')), (Outcome{"abc", ""}));
  EXPECT_EQ(read(gzip("abc") + std::string(512, '\0') + gzip("def")), (Outcome{"abcdef", ""}));
  EXPECT_EQ(read(zstd("abc") + std::string(512, '\0')), (Outcome{"abc", ""}));
}

TEST_F(InputStreamTest, BytesAfterTheEndAreReportedAfterTheText) {
  EXPECT_EQ(read(gzip("abc") + "junk"), (Outcome{"abc", "bytes after gzip end"}));
  EXPECT_EQ(read(gzip("abc") + "\x1f"), (Outcome{"abc", "bytes after gzip end"}));
  EXPECT_EQ(read(gzip("abc") + std::string(20, '\0') + "x"), (Outcome{"abc", "bytes after gzip end"}));
  EXPECT_EQ(read(zstd("abc") + "junk!"), (Outcome{"abc", "bytes after zstd end"}));
}

TEST_F(InputStreamTest, EveryCutDeliversAPrefixAndThenTheFault) {
  const std::string text = varied_text(2000);
  for (const auto& [packed, fault, least] : {std::tuple{gzip(text), "truncated gzip", std::size_t{2}},
                                             std::tuple{zstd(text), "truncated zstd", std::size_t{4}}}) {
    std::size_t longest = 0;
    for (std::size_t cut = least; cut < packed.size(); ++cut) {
      const Outcome outcome = read(packed.substr(0, cut));
      EXPECT_EQ(outcome.fault, fault) << cut;
      EXPECT_EQ(text.substr(0, outcome.text.size()), outcome.text) << cut;
      longest = std::max(longest, outcome.text.size());
    }
    EXPECT_EQ(longest, text.size()) << "only the checksum is missing";
  }
}

TEST_F(InputStreamTest, DamagedBytesAreAFaultAndNeverACrash) {
  const std::string text = varied_text(5000);
  std::mt19937 random(3);
  for (const std::string& packed : {gzip(text), zstd(text)}) {
    int faults = 0;
    for (int round = 0; round < 300; ++round) {
      std::string damaged = packed;
      damaged[4 + random() % (packed.size() - 4)] = static_cast<char>(random());
      faults += read(damaged).fault.empty() ? 0 : 1;
    }
    EXPECT_GT(faults, 200);
  }
}

TEST_F(InputStreamTest, WhatDamagedBytesGiveIsAPrefixOfWhatTheyHold) {
  // Zlib, given one byte after the other, tells the text before the damage exactly.
  const auto text_before_the_damage = [](std::string packed) {
    z_stream state{};
    EXPECT_EQ(inflateInit2(&state, 15 + 16), Z_OK);
    std::string text(200'000, '\0');
    state.next_out = reinterpret_cast<Bytef*>(text.data());
    state.avail_out = static_cast<uInt>(text.size());
    for (char& byte : packed) {
      state.next_in = reinterpret_cast<Bytef*>(&byte);
      state.avail_in = 1;
      if (inflate(&state, Z_SYNC_FLUSH) != Z_OK) break;
    }
    text.resize(state.total_out);
    inflateEnd(&state);
    return text;
  };
  std::mt19937 random(5);
  int made_shorter = 0;
  for (const std::size_t size : {std::size_t{40}, std::size_t{20'000}}) {  // 40 bytes are packed with the fixed codes
    const std::string packed = gzip(varied_text(size));
    for (int round = 0; round < 400; ++round) {
      std::string damaged = packed;
      damaged[10 + random() % (packed.size() - 18)] = static_cast<char>(random());
      const Outcome outcome = read(damaged, std::size_t{1} << 16U);
      const std::string before = text_before_the_damage(damaged);
      EXPECT_EQ(outcome.text, before.substr(0, outcome.text.size())) << size << " bytes, round " << round;
      made_shorter += outcome.text.size() < before.size() ? 1 : 0;
    }
  }
  EXPECT_GT(made_shorter, 20);
}

TEST_F(InputStreamTest, ChecksumErrorIsReportedAfterAllBytes) {
  std::string packed = gzip("hello");
  packed[packed.size() - 8] = static_cast<char>(packed[packed.size() - 8] ^ 1);
  EXPECT_EQ(read(packed), (Outcome{"hello", "bad gzip data"}));
}

TEST_F(InputStreamTest, OpenTellsWhatIsWrong) {
  EXPECT_EQ(InputStream::open(folder_ / "missing").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(InputStream::open(folder_).error().code, ErrorCode::kIo);
}

TEST_F(InputStreamTest, ReadAllStopsAtItsCap) {
  std::string text;
  const std::string zeros(1'000'000, 'a');
  const Status status = read_all(write(gzip(zeros)), 1000, text);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(text, std::string(1000, 'a'));

  text = "x";
  EXPECT_TRUE(read_all(write(gzip(zeros)), zeros.size(), text).has_value());
  EXPECT_EQ(text, "x" + zeros);

  text.clear();
  EXPECT_EQ(read_all(write(gzip(zeros).substr(0, 500)), zeros.size(), text).error().what, "truncated gzip");
  EXPECT_GT(text.size(), 0U);
}

}  // namespace
}  // namespace flowtrail::codec
