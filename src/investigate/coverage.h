// What was read and what is missing: the `coverage` member of the JSON envelope, the closing lines of the table view,
// and the warnings that every question shares.
#pragma once

#include <string>
#include <vector>

#include "investigate/question.h"

namespace flowtrail::investigate {

/// {flow_logs, cloudtrail, snapshots, baseline} of the contract.
[[nodiscard]] std::string coverage_json(const ingest::Evidence& evidence);

/// A line for each kind of source: `flow logs: 12 objects, 3.1 MB, 10,000 records, 2026-03-01T00:00:00Z to ...`.
[[nodiscard]] std::vector<std::string> coverage_lines(const ingest::Evidence& evidence);

/// Warnings about the input that bear on `question`: bad input, copies, kinds of records or fields that are missing,
/// gaps, contradictions, unknown baselines, what was set aside.
[[nodiscard]] std::vector<Warning> common_warnings(const Question& question, const Context& context);

/// `3.1 MB`.
[[nodiscard]] std::string byte_text(std::uint64_t bytes);

}  // namespace flowtrail::investigate
