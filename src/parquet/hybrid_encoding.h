// Parquet's hybrid of runs and bit-packed numbers: dictionary codes and definition levels. Format: Encodings.md of
// apache/parquet-format, "Run Length Encoding / Bit-Packing Hybrid (RLE = 3)".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace flowtrail::parquet {

/// The number of bits that `largest` needs, at least 1.
[[nodiscard]] unsigned bit_width_of(std::uint32_t largest);

/// Appends `values`, each below 2^width (width 1 to 32), to `out`. Cost: about a nanosecond a value.
void append_hybrid(std::string& out, std::span<const std::uint32_t> values, unsigned width);

/// The same for `count` times one value.
void append_run(std::string& out, std::uint32_t value, std::size_t count, unsigned width);

/// Reads as many values as there is room for from the front of `bytes`, and adds `plus` to each. False: the bytes end
/// too early, or are not of the format. Cost: half a nanosecond a value.
[[nodiscard]] bool read_hybrid(std::string_view bytes, unsigned width, std::uint32_t plus,
                               std::span<std::uint32_t> values);

/// True if `bytes` begin with a run, as `append_run` writes it, of so many values or more.
[[nodiscard]] bool begins_with_run(std::string_view bytes, std::uint32_t value, std::size_t count, unsigned width);

}  // namespace flowtrail::parquet
