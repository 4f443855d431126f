#include "shell/line_editor.h"

#include <fmt/format.h>
#include <histedit.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <utility>

#include "output/display_text.h"
#include "shell/highlighter.h"
#include "shell/messages.h"

namespace flowtrail::shell {

struct LineEditor::State {
  EditorOptions options;
  EditLine* editor = nullptr;
  History* history = nullptr;
  std::string prompt;
  std::string unended;
  std::string latest;  // history entry
  bool interrupted = false;
  bool told_history_error = false;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (editor != nullptr) el_end(editor);
    if (history != nullptr) history_end(history);
  }
};

namespace {

using State = LineEditor::State;

constexpr std::size_t kMostShown = 200;  // candidates

State& state_of(EditLine* editor) {
  void* data = nullptr;
  el_get(editor, EL_CLIENTDATA, &data);
  return *static_cast<State*>(data);
}

char* prompt_of(EditLine* editor) {
  return state_of(editor).prompt.data();
}

std::size_t screen_columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// Paints the line in colours over what libedit has printed. Only attributes change, so libedit's idea of the screen
/// stays right. Lines whose place on the screen is not certain stay as they are.
void paint_line(EditLine* editor) {
  const State& state = state_of(editor);
  const LineInfo* const line = el_line(editor);
  const std::string_view text{line->buffer, static_cast<std::size_t>(line->lastchar - line->buffer)};
  if (!state.options.color || text.empty()) return;
  const bool is_ascii = std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7f'; });
  const std::size_t columns = screen_columns();
  const std::size_t prompt = output::display_width(state.prompt);
  const std::size_t cursor =
      prompt + output::display_width(text.substr(0, static_cast<std::size_t>(line->cursor - line->buffer)));
  const std::size_t end = prompt + output::display_width(text);
  const bool has_controls = std::ranges::any_of(text, [](char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; });
  if (has_controls || (!is_ascii && end >= columns) || end % columns == 0 || cursor % columns == 0) return;

  const std::vector<Paint> all = highlight(state.unended + std::string{text});
  const std::vector<Paint> paints{all.end() - static_cast<std::ptrdiff_t>(text.size()), all.end()};
  std::string sequence =
      "\x1b"
      "7";  // the cursor is kept
  if (cursor / columns > 0) sequence += fmt::format("\x1b[{}A", cursor / columns);
  sequence += fmt::format(
      "\r\x1b[{}C{}\x1b"
      "8",
      prompt, painted(text, paints));
  std::fwrite(sequence.data(), 1, sequence.size(), stderr);
  std::fflush(stderr);
}

/// libedit waits for a key: the screen shows the line as it is.
int read_key(EditLine* editor, wchar_t* key) {
  paint_line(editor);
  std::mbstate_t decoding{};
  while (true) {
    char byte = 0;
    const ssize_t count = ::read(STDIN_FILENO, &byte, 1);
    if (count < 0 && errno == EINTR) continue;  // the window changed its size
    if (count <= 0) return static_cast<int>(count);
    const std::size_t length = std::mbrtowc(key, &byte, 1, &decoding);
    if (length == static_cast<std::size_t>(-2)) continue;  // more bytes follow
    if (length == static_cast<std::size_t>(-1)) {
      decoding = {};
      continue;  // no UTF-8: not typed by anybody
    }
    return 1;
  }
}

unsigned char interrupt_line(EditLine* editor, wint_t /*key*/) {
  state_of(editor).interrupted = true;
  std::fputs("^C", stderr);
  return CC_EOF;
}

void show(const std::vector<std::string>& candidates) {
  std::size_t widest = 0;
  const std::size_t shown = std::min(candidates.size(), kMostShown);
  for (std::size_t i = 0; i < shown; ++i)
    widest = std::max(widest, output::display_width(output::visible(candidates[i])));
  const std::size_t per_line = std::max<std::size_t>(1, screen_columns() / (widest + 2));
  std::string text = "\n";
  for (std::size_t i = 0; i < shown; ++i) {
    const bool last = (i + 1) % per_line == 0 || i + 1 == shown;
    const std::string name = output::visible(candidates[i]);
    text += last ? name + "\n" : output::pad_right(name, widest + 2);
  }
  if (shown < candidates.size()) text += fmt::format("and {} more\n", candidates.size() - shown);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

unsigned char complete_word(EditLine* editor, wint_t /*key*/) {
  const State& state = state_of(editor);
  if (!state.options.names) return CC_ERROR;
  const LineInfo* const line = el_line(editor);
  const std::string before = state.unended + std::string{line->buffer, line->cursor};
  const Completion found =
      complete(before, std::string_view{line->cursor, static_cast<std::size_t>(line->lastchar - line->cursor)},
               state.options.names());
  if (found.candidates.empty()) return CC_ERROR;
  const std::string common = common_beginning(found.candidates);
  const std::string_view word = std::string_view{before}.substr(found.begin);
  const bool is_only = found.candidates.size() == 1;
  if (common.size() > word.size() || is_only) {
    el_deletestr(editor, static_cast<int>(word.size()));  // letters, digits, _ and . alone: a byte each
    el_insertstr(editor, (common + (is_only && !common.ends_with('(') ? " " : "")).c_str());
    return CC_REFRESH;
  }
  show(found.candidates);
  return CC_REDISPLAY;
}

/// libedit decodes what it shows by the locale.
void choose_locale() {
  std::setlocale(LC_CTYPE, "");
  if (MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
}

void add_to_history(State& state, const std::string& entry) {
  HistEvent event{};
  ::history(state.history, &event, H_ENTER, entry.c_str());
  state.latest = entry;
}

}  // namespace

LineEditor::LineEditor(std::unique_ptr<State> state) : state_(std::move(state)) {}
LineEditor::~LineEditor() = default;

Result<std::unique_ptr<LineEditor>> LineEditor::open(EditorOptions options) {
  choose_locale();
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  state->editor = el_init("flowtrail", stdin, stderr, stderr);
  state->history = history_init();
  if (state->editor == nullptr || state->history == nullptr) {
    return failure(ErrorCode::kUnsupported, "lines cannot be edited on this terminal");
  }
  EditLine* const editor = state->editor;
  HistEvent event{};
  ::history(state->history, &event, H_SETSIZE, 10'000);
  for (const std::string& entry : state->options.history.load()) add_to_history(*state, entry);
  el_set(editor, EL_CLIENTDATA, state.get());
  el_set(editor, EL_PROMPT, prompt_of);
  el_set(editor, EL_EDITOR, "emacs");
  el_set(editor, EL_SIGNAL, 1);
  el_set(editor, EL_HIST, ::history, state->history);
  el_set(editor, EL_GETCFN, read_key);
  el_set(editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  el_source(editor, nullptr);  // ~/.editrc
  // By the wide interface, which keeps the texts; the other one copies them and never frees the copies.
  el_wset(editor, EL_ADDFN, L"flowtrail-complete", L"Complete the word", complete_word);
  el_wset(editor, EL_ADDFN, L"flowtrail-interrupt", L"Drop what is typed", interrupt_line);
  el_set(editor, EL_BIND, "^I", "flowtrail-complete", nullptr);
  el_set(editor, EL_BIND, "^C", "flowtrail-interrupt", nullptr);
  // Ctrl-C is a key while a line is typed, and a signal while a statement runs.
  el_set(editor, EL_SETTY, "-d", "-isig", nullptr);
  return std::unique_ptr<LineEditor>{new LineEditor{std::move(state)}};
}

Line LineEditor::next(std::string_view prompt, std::string_view unended) {
  state_->prompt = prompt;
  state_->unended = unended;
  state_->interrupted = false;
  el_set(state_->editor, EL_PREP_TERM, 1);  // before the prompt: a key that comes right after it is a key already
  int length = 0;
  const char* const text = el_gets(state_->editor, &length);
  if (state_->interrupted || text == nullptr || length <= 0) std::fputc('\n', stderr);
  if (state_->interrupted) return {Line::Kind::kInterrupted, {}};
  if (text == nullptr || length <= 0) return {};
  Line line{Line::Kind::kText, {text, static_cast<std::size_t>(length)}};
  if (line.text.ends_with('\n')) line.text.pop_back();
  return line;
}

void LineEditor::remember(std::string_view text) {
  if (text == state_->latest) return;
  add_to_history(*state_, std::string{text});
  const Status kept = state_->options.history.append(text);
  if (!kept && !std::exchange(state_->told_history_error, true)) {
    const std::string line = note_line(kept.error().to_string());
    std::fwrite(line.data(), 1, line.size(), stderr);
  }
}

}  // namespace flowtrail::shell
