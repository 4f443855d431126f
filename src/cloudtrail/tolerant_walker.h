// Finds the records of one text in whatever envelopes, and goes on behind what is broken: at the next object that
// begins with the same key as the broken one, or at the next line.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/bad_input.h"
#include "cloudtrail/event.h"
#include "cloudtrail/record_parser.h"

namespace flowtrail::cloudtrail {

struct Walk {
  const std::string& object_key;  // for places of bad records
  /// Takes a record's text (brackets match; more is not known), its members, and its number in the text, from 1.
  const std::function<void(std::string_view, std::span<const CutMember>, std::uint64_t)>& record;
  BadInput& bad;
  bool end_is_reported = false;     // the text's sudden end is already counted (a fault of the compressed stream)
  std::uint64_t known_records = 0;  // the first so many records are already dealt with
};

/// Cost: linear in the text, whatever is in it.
void walk_tolerantly(std::string_view text, RecordParser& parser, const Walk& walk);

}  // namespace flowtrail::cloudtrail
