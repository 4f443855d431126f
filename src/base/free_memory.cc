#include "base/free_memory.h"

#include <cstdlib>
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace flowtrail {

void give_free_memory_back() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace flowtrail
