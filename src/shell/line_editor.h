// Lines from a person at a terminal, edited with libedit: history with search (Ctrl-R), completion (Tab), colours while
// typing. Prompt and echo go to standard error, so that standard output holds answers alone.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "shell/completer.h"
#include "shell/history_file.h"
#include "shell/line_source.h"

namespace flowtrail::shell {

struct EditorOptions {
  bool color = false;
  HistoryFile history{{}};
  std::function<Names()> names;  // asked at each Tab; may be empty
};

/// One at a time: libedit sets the terminal's mode while a line is read.
class LineEditor : public LineSource {
 public:
  struct State;
  /// Errors: kUnsupported if the terminal cannot be used.
  [[nodiscard]] static Result<std::unique_ptr<LineEditor>> open(EditorOptions options);
  ~LineEditor() override;
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  [[nodiscard]] Line next(std::string_view prompt, std::string_view unended) override;
  [[nodiscard]] bool is_person() const override { return true; }
  /// What equals the latest entry is not kept again.
  void remember(std::string_view text) override;

 private:
  explicit LineEditor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace flowtrail::shell
