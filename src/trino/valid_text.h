// Bytes as UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace flowtrail::trino {

/// The bytes; those that are no UTF-8 become `replacement`, each broken letter once, as Java has it.
[[nodiscard]] std::string valid_text(std::string_view bytes, std::string_view replacement = "\xef\xbf\xbd");

/// The bytes of the first code point of a text that is UTF-8.
[[nodiscard]] std::string_view first_letter(std::string_view text);
/// Its number; `text` is not empty.
[[nodiscard]] std::uint32_t first_code_point(std::string_view text);

}  // namespace flowtrail::trino
