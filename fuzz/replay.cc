// Runs a fuzz target over files, and over changes to them that a fixed seed makes: what a fuzzer does, as a test.
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);  // NOLINT: libFuzzer's name

namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr int kChangesEach = 150;

/// A few bytes other than they were, or a piece missing, twice, or elsewhere.
void change(Bytes& bytes, std::mt19937& random) {
  const auto below = [&](std::size_t limit) { return static_cast<std::ptrdiff_t>(random() % limit); };
  for (auto times = below(6); times >= 0 && bytes.size() > 2; --times) {
    const auto at = bytes.begin() + below(bytes.size());
    const auto size = std::min<std::ptrdiff_t>(below(40) + 1, bytes.end() - at);
    const Bytes piece(at, at + size);
    switch (below(5)) {
      case 0: *at = static_cast<std::uint8_t>(random()); break;
      case 1: *at = static_cast<std::uint8_t>(" \n\t-\r0."[below(7)]); break;
      case 2: bytes.erase(at, at + size); break;
      case 3: bytes.insert(bytes.begin() + below(bytes.size()), piece.begin(), piece.end()); break;
      default: bytes.front() = static_cast<std::uint8_t>(random()); break;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("no corpus\n", stderr);
    return 1;
  }
  std::mt19937 random(1);
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    const Bytes seed((std::istreambuf_iterator<char>(file)), {});
    LLVMFuzzerTestOneInput(seed.data(), seed.size());
    for (int round = 0; round < kChangesEach; ++round) {
      Bytes changed = seed;
      change(changed, random);
      LLVMFuzzerTestOneInput(changed.data(), changed.size());
    }
  }
  std::printf("%d files, each with %d changes\n", argc - 1, kChangesEach);
  return 0;
}
