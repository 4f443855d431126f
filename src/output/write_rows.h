// Prints rows, one after the other, so that neither the rows nor their text need be in memory as a whole.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "output/result_table.h"
#include "output/rows.h"

namespace flowtrail::output {

/// Takes text, piece by piece: a row or some hundred each time, so that whoever writes to a file gathers some. Always
/// called by the thread that prints. An error ends the printing.
using TextSink = std::function<Status(std::string_view)>;

/// A sink that gathers all text in `text`, which must outlive it. Never fails.
[[nodiscard]] TextSink append_to(std::string& text);

/// How many rows, and how wide.
struct RowsShown {
  std::uint64_t limit = 0;  // 0: all
  std::size_t width = 100;  // of a table
  unsigned threads = 1;     // for formats that print each row by itself; 0: one per core
};

/// The rows alone, as `render` describes the formats. A table goes through the rows twice, since all of them decide
/// its widths; the others once. Errors: those of the rows and of the sink.
[[nodiscard]] Status write_rows(const Rows& rows, Format format, const RowsShown& shown, const TextSink& sink);

/// The array of format kJson without the newline at its end: part of an envelope.
[[nodiscard]] Status write_json_array(const Rows& rows, const RowsShown& shown, const TextSink& sink);

}  // namespace flowtrail::output
