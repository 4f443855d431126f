// Memory that the program has freed, but that its allocator still holds.
#pragma once

namespace flowtrail {

/// Gives it back to the system, as far as it makes whole pages: for the moment when much was freed in small pieces, and
/// what comes next needs memory in other sizes or on other threads. Does nothing where the allocator cannot. Cost: a
/// few milliseconds for 100 MB.
void give_free_memory_back();

/// To be called once, at the start: the allocator keeps what is freed for what comes next, until
/// `give_free_memory_back` or until there is much of it. New pages from the system cost more than most of what is done
/// with them. glibc comes to the same sizes by itself, but only after a piece so large was freed. Does nothing where
/// the allocator cannot.
void keep_freed_memory();

}  // namespace flowtrail
