// Where the shell's lines come from: a terminal, a pipe, a file, a test.
#pragma once

#include <istream>
#include <string>
#include <string_view>

namespace flowtrail::shell {

struct Line {
  enum class Kind : std::uint8_t {
    kText,         // a line, maybe empty
    kInterrupted,  // Ctrl-C
    kEnd,          // nothing more will come
  };
  Kind kind = Kind::kEnd;
  std::string text;  // without its line feed
};

class LineSource {
 public:
  virtual ~LineSource() = default;
  /// `unended` is what stands in front of the line, for completion and colours.
  [[nodiscard]] virtual Line next(std::string_view prompt, std::string_view unended) = 0;
  /// True if a person types: then an error does not end the shell.
  [[nodiscard]] virtual bool is_person() const = 0;
  /// Keeps a statement or command for a person who looks back.
  virtual void remember(std::string_view /*text*/) {}
};

/// The lines of a stream, without prompts. The stream must outlive this.
class StreamLines : public LineSource {
 public:
  explicit StreamLines(std::istream& stream) : stream_(stream) {}
  [[nodiscard]] Line next(std::string_view prompt, std::string_view unended) override;
  [[nodiscard]] bool is_person() const override { return false; }

 private:
  std::istream& stream_;
};

}  // namespace flowtrail::shell
