#include "shell/terminal_sink.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "shell/messages.h"

namespace flowtrail::shell {
namespace {

void print_to_stderr(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

TerminalSink::TerminalSink(TerminalSinkOptions options) : options_(std::move(options)), progress_(print_to_stderr) {}

void TerminalSink::begin() {
  in_answer_ = true;
  screen_lines_ = options_.screen_lines ? options_.screen_lines() : 0;
  if (options_.progress) progress_.start();
}

void TerminalSink::write(std::string_view text) {
  const bool may_page = paging_ && in_answer_ && screen_lines_ > 0;
  if (pager_) return pager_->write(text);
  if (!may_page) return print(text);
  held_ += text;
  held_lines_ += static_cast<int>(std::ranges::count(text, '\n'));
  if (held_lines_ < screen_lines_) return;
  progress_.stop();
  auto opened = Pager::open(pager_command());
  if (!opened) {
    note(note_line(opened.error().to_string()));
    paging_ = false;
    return print(std::exchange(held_, {}));
  }
  pager_ = *std::move(opened);
  pager_->write(std::exchange(held_, {}));
}

void TerminalSink::end() {
  progress_.stop();
  pager_.reset();
  if (!held_.empty()) print(std::exchange(held_, {}));
  held_lines_ = 0;
  in_answer_ = false;
}

void TerminalSink::note(std::string_view lines) {
  progress_.stop();
  print_to_stderr(lines);
}

void TerminalSink::print(std::string_view text) {
  progress_.stop();
  if (status_) status_ = options_.print(text);
}

}  // namespace flowtrail::shell
