#include "output/color.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

namespace flowtrail::output {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // read before any thread is started
  return value == nullptr ? std::string{} : std::string{value};
}

}  // namespace

Result<ColorMode> parse_color_mode(std::string_view name) {
  if (name == "auto") return ColorMode::kAuto;
  if (name == "always") return ColorMode::kAlways;
  if (name == "never") return ColorMode::kNever;
  return std::unexpected(
      Error{ErrorCode::kUsage, fmt::format("not a colour mode: {}", name), {}, "auto, always or never"});
}

ColorEnvironment ColorEnvironment::of_process(int descriptor) {
  return {isatty(descriptor) == 1, variable("NO_COLOR"), variable("CLICOLOR_FORCE"), variable("TERM")};
}

bool decide_color(ColorMode mode, const ColorEnvironment& environment) {
  if (mode != ColorMode::kAuto) return mode == ColorMode::kAlways;
  if (!environment.no_color.empty()) return false;
  if (!environment.clicolor_force.empty() && environment.clicolor_force != "0") return true;
  return environment.is_terminal && environment.term != "dumb";
}

std::string Style::paint(std::string_view code, std::string_view text) const {
  if (!color_) return std::string{text};
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

}  // namespace flowtrail::output
