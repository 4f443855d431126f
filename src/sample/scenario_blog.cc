#include "sample/simulation.h"

namespace flowtrail::sample {

Result<Outcome> run_blog(Simulation& simulation) {
  FT_CHECK(simulation.run([](std::int64_t) {}));
  return Outcome{};
}

}  // namespace flowtrail::sample
