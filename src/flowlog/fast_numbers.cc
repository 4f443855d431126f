#include "flowlog/fast_numbers.h"

namespace flowtrail::flowlog {

constinit const NumberConstants kNumberConstants;

}  // namespace flowtrail::flowlog
