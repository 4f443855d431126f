// Bytes as UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace flowtrail::trino {

/// The bytes; those that are no UTF-8 become `replacement`, each broken letter once, as Java has it.
[[nodiscard]] std::string valid_text(std::string_view bytes, std::string_view replacement = "\xef\xbf\xbd");

}  // namespace flowtrail::trino
