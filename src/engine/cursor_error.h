// The last error of a cursor, kept whole while it passes through DuckDB, which carries only a text.
#pragma once

#include <mutex>
#include <optional>
#include <utility>

#include "base/error.h"

namespace flowtrail::engine {

/// Thread-safe: cursors run on DuckDB's threads.
struct CursorErrorSlot {
  void put(const Error& error) {
    const std::scoped_lock lock{mutex};
    kept = error;
  }
  std::optional<Error> take() {
    const std::scoped_lock lock{mutex};
    return std::exchange(kept, std::nullopt);
  }

  std::mutex mutex;
  std::optional<Error> kept;
};

}  // namespace flowtrail::engine
