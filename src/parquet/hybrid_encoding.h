// Parquet's hybrid of runs and bit-packed numbers: dictionary codes and definition levels. Format: Encodings.md of
// apache/parquet-format, "Run Length Encoding / Bit-Packing Hybrid (RLE = 3)".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace flowtrail::parquet {

/// The number of bits that `largest` needs, at least 1.
[[nodiscard]] unsigned bit_width_of(std::uint32_t largest);

/// Appends `values`, each below 2^width (width 1 to 32), to `out`. Cost: about a nanosecond a value.
void append_hybrid(std::string& out, std::span<const std::uint32_t> values, unsigned width);

/// The same for `count` times one value.
void append_run(std::string& out, std::uint32_t value, std::size_t count, unsigned width);

/// Reads `count` values from the front of `bytes` into `values`. False: the bytes end too early, or are not of the
/// format.
[[nodiscard]] bool read_hybrid(std::string_view bytes, std::size_t count, unsigned width,
                               std::vector<std::uint32_t>& values);

}  // namespace flowtrail::parquet
