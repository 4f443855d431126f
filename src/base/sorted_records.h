// Records of bytes in the order of their keys, in bounded memory: an external merge sort. Records are gathered in
// memory; what exceeds the budget goes, as a sorted run, to a temporary file. Reading merges the runs, as often as
// wanted, and never holds more than a buffer of each. Few records never touch the disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/temporary_file.h"

namespace flowtrail {

/// How much memory a step may take before it uses the disk, and where on the disk.
struct SpillOptions {
  std::size_t memory_budget_bytes = std::size_t{32} << 20U;
  std::filesystem::path folder;  // empty: the system's
};

/// Takes records, in any order. Not thread-safe: one per thread, joined by SortedRecords.
class RecordSorter {
 public:
  /// The budget bounds records and their index; one record is always held.
  explicit RecordSorter(SpillOptions options);

  /// `key`: ordered byte by byte, a beginning before what it begins (see SortKey). Both less than 4 GiB. Errors: kIo
  /// when the temporary file cannot be made or written.
  [[nodiscard]] Status add(std::span<const std::byte> key, std::span<const std::byte> value);

 private:
  friend class SortedRecords;
  struct Entry {
    std::uint64_t prefix;  // the first bytes of the key: decides most comparisons without a look at the record
    const std::byte* record;
  };
  struct Run {  // in the file
    std::uint64_t begin, end;
  };

  void sort();
  [[nodiscard]] Status spill();
  [[nodiscard]] std::byte* room(std::size_t bytes);

  SpillOptions options_;
  std::vector<Entry> entries_;
  std::vector<std::vector<std::byte>> chunks_;
  std::size_t chunk_ = 0, used_ = 0;  // the chunk being filled and how far
  std::size_t held_bytes_ = 0;        // of records in memory
  std::uint64_t size_ = 0;
  std::unique_ptr<TemporaryFile> file_;  // made with the first run; stays where it is when the sorter moves
  std::vector<Run> runs_;
};

class SortedRecords {
 public:
  SortedRecords() = default;
  /// All records of `parts`; records with equal keys in the order of the parts and, within one, of adding.
  explicit SortedRecords(std::vector<RecordSorter> parts);

  [[nodiscard]] std::uint64_t size() const { return size_; }

  struct Record {
    std::span<const std::byte> key, value;
  };
  /// Goes through all records once. The SortedRecords must outlive it and stay where they are.
  class Cursor {
   public:
    /// The next record, valid until the next call; nullptr at the end. Errors: kIo.
    [[nodiscard]] Result<const Record*> next();

   private:
    friend class SortedRecords;
    Cursor() = default;
    struct Source {  // one sorted run
      Record record;
      std::uint64_t prefix = 0;
      std::size_t rank = 0;                            // among equal keys
      std::span<const RecordSorter::Entry> in_memory;  // what is left, or
      const TemporaryFile* file = nullptr;             // what is left in the file:
      std::uint64_t at = 0, end = 0;
      std::vector<std::byte> buffer;
      std::size_t taken = 0, filled = 0;  // of the buffer
    };
    [[nodiscard]] static Result<bool> advance(Source& source);
    [[nodiscard]] static Status hold(Source& source, std::size_t bytes);
    static bool later(const Source* a, const Source* b);
    [[nodiscard]] Status start();

    std::vector<std::unique_ptr<Source>> sources_;  // each in a place of its own: the heap points to it
    std::vector<Source*> heap_;                     // the least on top; empty before the first call and at the end
    bool started_ = false;
  };
  [[nodiscard]] Cursor open() const;

 private:
  std::vector<RecordSorter> parts_;
  std::uint64_t size_ = 0;
};

}  // namespace flowtrail
