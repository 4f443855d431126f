#include "cloudtrail/interpret.h"

namespace flowtrail::cloudtrail {
bool may_change_state(const Event&) {
  return true;
}
Result<std::vector<Change>> interpret(const Event&) {
  return std::vector<Change>{};
}
int tie_rank(const Event&) {
  return 2;
}
}  // namespace flowtrail::cloudtrail
