// The functions of our own that translated SQL calls by names with the prefix ath_: those over texts, which all
// databases know from the start, and those over values (value_call.h), which come when a statement calls them.
#pragma once

#include "base/error.h"
#include "dialect/value_call.h"
#include "engine/database.h"

namespace flowtrail::dialect {

/// Which of them a database knows.
class Natives {
 public:
  /// Makes known what translated statements may call by now; to be called before they run. `connection` must always be
  /// of the same database. Errors: kUsage if a name is taken.
  [[nodiscard]] Status update(engine::Connection& connection);

 private:
  bool texts_known_ = false;
  RegisteredCalls calls_;
};

}  // namespace flowtrail::dialect
