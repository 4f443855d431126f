// What the seven published statements of the blog scenario answer under Athena's semantics, computed statement by
// statement with plain loops over the records that were written.
#pragma once

#include <string>
#include <vector>

#include "sample/trail.h"

namespace flowtrail::sample {

/// The columns of a written flow record that the statements look at (log-status OK only).
struct SeenFlow {
  std::string interface_id, source, destination;
  int destination_port = 0;
};

/// `statements` of truth.json: file, columns, rows. Rows of statements without ORDER BY are sorted.
[[nodiscard]] Json blog_statements(const std::vector<Json>& events, const std::vector<SeenFlow>& flows);

}  // namespace flowtrail::sample
