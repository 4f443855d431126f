// Inflates on a second thread while the caller works on what was inflated before: two cores for one big object.
#pragma once

#include <memory>

#include "codec/input_stream.h"

namespace flowtrail::codec {

/// Delivers what `stream` does, faults included. Its thread starts at once, is at most three blocks of 256 KiB ahead,
/// and ends with the stream. Not thread-safe itself.
[[nodiscard]] std::unique_ptr<InputStream> read_ahead(std::unique_ptr<InputStream> stream);

}  // namespace flowtrail::codec
