// The sink of a process: answers to standard output, everything else to standard error; on a terminal with a line that
// tells how far a statement is, and a pager for long answers.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "shell/pager.h"
#include "shell/progress_line.h"
#include "shell/sink.h"

namespace flowtrail::shell {

struct TerminalSinkOptions {
  std::function<Status(std::string_view)> print;  // to standard output
  std::function<int()> width;                     // of tables; a window may change it
  bool progress = false;                          // standard error is a terminal
  std::function<int()> screen_lines;              // longer answers are paged; empty or 0: none is
};

class TerminalSink : public Sink {
 public:
  explicit TerminalSink(TerminalSinkOptions options);

  void write(std::string_view text) override;
  void note(std::string_view lines) override;
  [[nodiscard]] Status status() const override { return status_; }
  void begin() override;
  void rows_came(std::size_t rows) override { progress_.rows_came(rows); }
  void end() override;
  void set_pager(bool on) override { paging_ = on; }
  [[nodiscard]] int width() const override { return options_.width ? options_.width() : Sink::width(); }

 private:
  void print(std::string_view text);

  TerminalSinkOptions options_;
  ProgressLine progress_;
  bool paging_ = true;
  bool in_answer_ = false;
  std::string held_;  // the beginning of an answer, as long as it fits the screen
  int held_lines_ = 0;
  int screen_lines_ = 0;  // of this answer
  std::unique_ptr<Pager> pager_;
  Status status_;
};

}  // namespace flowtrail::shell
