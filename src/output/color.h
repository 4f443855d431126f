// One decision about colour, made once and passed down. Colour never carries meaning alone: what it marks is also a
// word. Conventions: no-color.org (NO_COLOR), bixense.com/clicolors (CLICOLOR_FORCE).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace flowtrail::output {

enum class ColorMode : std::uint8_t { kAuto, kAlways, kNever };

/// Errors: kUsage for a name that is none of auto, always, never.
[[nodiscard]] Result<ColorMode> parse_color_mode(std::string_view name);

/// What the decision looks at: the stream and the environment, given by the caller so that it can be tested.
struct ColorEnvironment {
  bool is_terminal = false;
  std::string no_color, clicolor_force, term;  // empty = not set

  /// For file descriptor `descriptor` of this process.
  [[nodiscard]] static ColorEnvironment of_process(int descriptor);
};

/// `--color always|never` wins; then NO_COLOR, then CLICOLOR_FORCE; else a terminal that is not dumb.
[[nodiscard]] bool decide_color(ColorMode mode, const ColorEnvironment& environment);

/// Marks up text, or leaves it alone.
class Style {
 public:
  Style() = default;
  explicit Style(bool color) : color_(color) {}
  [[nodiscard]] std::string bold(std::string_view text) const { return paint("1", text); }
  [[nodiscard]] std::string dim(std::string_view text) const { return paint("2", text); }
  [[nodiscard]] std::string warning(std::string_view text) const { return paint("33", text); }
  [[nodiscard]] std::string error(std::string_view text) const { return paint("31", text); }

 private:
  [[nodiscard]] std::string paint(std::string_view code, std::string_view text) const;
  bool color_ = false;
};

}  // namespace flowtrail::output
