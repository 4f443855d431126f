// Where the shell's text goes.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/error.h"

namespace flowtrail::shell {

class Sink {
 public:
  virtual ~Sink() = default;
  /// The next piece of an answer.
  virtual void write(std::string_view text) = 0;
  /// Whole lines that are no answer: errors, warnings, times.
  virtual void note(std::string_view lines) = 0;
  /// Of answers, an error that writing them met.
  [[nodiscard]] virtual Status status() const { return {}; }

  /// A statement begins to run; what is written until `end` is one answer.
  virtual void begin() {}
  /// So many more rows were found.
  virtual void rows_came(std::size_t /*rows*/) {}
  virtual void end() {}

  /// Answers longer than the screen go through a pager, where there is a screen.
  virtual void set_pager(bool /*on*/) {}
  /// Columns for tables.
  [[nodiscard]] virtual int width() const { return 100; }
};

}  // namespace flowtrail::shell
