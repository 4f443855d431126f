// Memory that the program has freed, but that its allocator still holds.
#pragma once

namespace flowtrail {

/// Gives it back to the system, as far as it makes whole pages: for the moment when much was freed in small pieces, and
/// what comes next needs memory in other sizes or on other threads. Does nothing where the allocator cannot. Cost: a
/// few milliseconds for 100 MB.
void give_free_memory_back();

}  // namespace flowtrail
