# flowtrail_embed_text(TARGET FILE SYMBOL) makes the text of FILE part of TARGET as a constant
# `extern const std::string_view SYMBOL`, where SYMBOL is fully qualified (flowtrail::attribution::kScannersCsv).
# The constant is made anew whenever FILE changes; the code that uses it declares it itself.
#
# Run as a script (cmake -DTEXT=... -DOUTPUT=... -DSYMBOL=... -P EmbedText.cmake), the same file writes the constant's .cc.

if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${TEXT} text)
  string(FIND "${text}" ")flowtrail_text\"" clash)
  if(NOT clash EQUAL -1)
    message(FATAL_ERROR "${TEXT} holds the delimiter of the string literal that should hold it")
  endif()
  string(REGEX MATCH "^(.*)::([^:]+)$" matched "${SYMBOL}")
  set(namespace ${CMAKE_MATCH_1})
  set(name ${CMAKE_MATCH_2})
  file(WRITE ${OUTPUT} "// Made from ${TEXT} by EmbedText.cmake.\n#include <string_view>\n\nnamespace ${namespace} {\n"
    "extern const std::string_view ${name};\n"
    "constinit const std::string_view ${name} = R\"flowtrail_text(${text})flowtrail_text\";\n}  // namespace ${namespace}\n")
  return()
endif()

function(flowtrail_embed_text target file symbol)
  get_filename_component(text ${file} ABSOLUTE)
  string(REGEX REPLACE "[^A-Za-z0-9]+" "_" output ${symbol})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${output}.cc)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DTEXT=${text} -DOUTPUT=${output} -DSYMBOL=${symbol} -P ${CMAKE_CURRENT_FUNCTION_LIST_FILE}
    DEPENDS ${text} ${CMAKE_CURRENT_FUNCTION_LIST_FILE}
    COMMENT "Embedding ${file}"
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
