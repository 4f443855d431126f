// The two JSON SerDes over text: a JSON object a line, what follows it on the line ignored (and counted). The grammar
// is RFC 8259's, stricter than OpenX's own parser, which also takes unquoted names. A line that is no object fails the
// query; with ignore.malformed.json it is a row of NULLs, and counted. A blank line, and for OpenX also a line that
// does not begin with a brace, is a row of NULLs; Hive's SerDe fails there. A value that is none of its column's type
// fails the query unless use.null.for.invalid.data is set. An object or array in a text column is its JSON without
// blanks. Source: Amazon Athena User Guide, "OpenX JSON SerDe", "Hive JSON SerDe", "JSON SerDe libraries".
#include <utility>

#include "serde/json_decoder.h"
#include "serde/readers.h"

namespace flowtrail::serde {
namespace {

using scalar::JsonReader;
using scalar::JsonToken;

class JsonLineReader final : public LineRowReader {
 public:
  JsonLineReader(Setup setup, JsonFlavor flavor, JsonDecoder decoder)
      : LineRowReader(std::move(setup)),
        ignores_malformed_(this->setup().is_true("ignore.malformed.json")),
        flavor_(flavor),
        decoder_(std::move(decoder)) {}

 private:
  Status read_line(std::string_view line, std::span<trino::Value> row) override {
    const std::size_t first = line.find_first_not_of(" \t");
    if (flavor_ == JsonFlavor::kOpenX) {
      if (first == std::string_view::npos) return {};
      if (line[first] != '{') {
        add_bad("not a JSON object");
        return {};
      }
    }
    JsonReader reader{line};
    if (reader.next() != JsonToken::kObjectBegin || !decoder_.decode(reader, line, row)) {
      if (!ignores_malformed_) return std::unexpected(malformed());
      add_bad("not a JSON object");
      return {};
    }
    if (line.find_first_not_of(" \t", reader.end()) != std::string_view::npos) add_bad("text after the JSON object");
    if (const auto& wrong = decoder_.misfit()) return misfit(wrong->text, wrong->column);
    return {};
  }

  Error malformed() const {
    Error error = error_here("HIVE_CURSOR_ERROR: Row is not a valid JSON Object");
    error.hint = "one object a line is read; set ignore.malformed.json to read such lines as NULLs";
    return error;
  }

  bool ignores_malformed_;
  JsonFlavor flavor_;
  JsonDecoder decoder_;
};

}  // namespace

MadeReader make_json_line_reader(Setup setup, JsonFlavor flavor) {
  FT_TRY(JsonRules rules, json_rules_of(setup, flavor));
  FT_TRY(JsonDecoder decoder, JsonDecoder::make(setup.columns, setup.wanted, std::move(rules)));
  return std::make_unique<JsonLineReader>(std::move(setup), flavor, std::move(decoder));
}

}  // namespace flowtrail::serde
