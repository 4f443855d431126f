// A program that shows long text a screen at a time: $PAGER, or less.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace flowtrail::shell {

/// The command of the environment: $PAGER; where it is not set, less with its options, or cat where there is no less.
[[nodiscard]] std::string pager_command();

class Pager {
 public:
  /// Runs `command` by sh. It writes to our standard output. Errors: kIo.
  [[nodiscard]] static Result<std::unique_ptr<Pager>> open(const std::string& command);
  /// Waits for it to end.
  ~Pager();
  Pager(const Pager&) = delete;
  Pager& operator=(const Pager&) = delete;

  /// A person who leaves the pager wants no more: the text is then dropped. SIGPIPE must be ignored.
  void write(std::string_view text);

 private:
  Pager(int descriptor, int process) : descriptor_(descriptor), process_(process) {}
  int descriptor_;
  int process_;
};

}  // namespace flowtrail::shell
