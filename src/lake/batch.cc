#include "lake/batch.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <utility>

#include "base/in_order.h"
#include "base/threads.h"
#include "flowlog/reader.h"
#include "lake/columns.h"
#include "lake/row_maker.h"
#include "lake/row_order.h"
#include "lake/row_store.h"
#include "lake/sorted_runs.h"
#include "parquet/file_writer.h"
#include "tables/parquet_reader.h"

namespace flowtrail::lake {
namespace {

using Objects = std::vector<const source::Object*>;

constexpr std::size_t kKeptTexts = std::size_t{4} << 20U;  // bytes of texts that a row group may leave to the next

struct FirstHeader {
  flowlog::Header names;   // empty when there is no record
  std::size_t object = 0;  // that has it
};

/// The header of the first record.
FirstHeader first_header(const Objects& objects, const flowlog::ParquetReader& parquet) {
  flowlog::SymbolTable symbols;
  flowlog::RowReader reader(symbols, {}, parquet);
  FirstHeader first;
  for (std::size_t i = 0; i < objects.size() && first.names.empty(); ++i) {
    flowlog::ReadStats unused;
    reader.read(
        *objects[i], 0,
        [&](const flowlog::FlowRecord&, const flowlog::RawRecord& raw) {
          first = {*raw.header, i};
          return false;
        },
        unused);
  }
  return first;
}

/// What the threads of a batch share.
struct Batch {
  explicit Batch(const Objects& objects_in) : objects(objects_in) {}

  const Objects& objects;
  flowlog::ParquetReader parquet;
  flowlog::Header header;
  Columns columns;
  bool with_place = true;
  std::filesystem::path path;
  std::size_t memory_bytes = 0;  // of the rows of all threads, if they are sorted
  unsigned threads = 1;
  bool sorted = true;

  /// What became of one object.
  struct Outcome {
    std::uint64_t records = 0;
    bool fits = true;
    BadInput bad;
  };
  std::vector<Outcome> outcomes = std::vector<Outcome>(objects.size());
  std::atomic<std::size_t> next_object = 0;
  std::atomic<std::size_t> used_bytes = 0;
  std::atomic<bool> has_misfits = false;  // rows are of no use any more, but each object is looked at to its end
  std::atomic<bool> has_failed = false;   // nor is anything else

  std::mutex writing;  // guards `writer`
  std::optional<parquet::FileWriter> writer;

  Status append(const parquet::RowGroup& group) {
    const std::scoped_lock lock(writing);
    return writer->append(group);
  }
  /// Writes the rows of a store as a group.
  Status append(const RowStore& store, parquet::ChunkEncoder& encoder) {
    parquet::RowGroup group;
    for (std::size_t i = 0; i < store.types().size(); ++i) encoder.add(store.values(0, i), group);
    return append(group);
  }
};

bool fills_group(const RowStore& store) {
  return store.rows() == kGroupRows || store.dictionary().bytes() > 8 * kKeptTexts;
}

/// Reads objects, and keeps their rows; one for each thread.
class Collector {
 public:
  Collector(Batch& batch, unsigned number)
      : batch_(batch),
        number_(number),
        reader_(symbols_, {}, batch.parquet),
        store_(types_of(batch.columns)),
        rows_(batch.columns, batch.with_place, store_) {}

  /// Takes one object after the other, until there are no more.
  void run() {
    for (std::size_t i = batch_.next_object++; i < batch_.objects.size(); i = batch_.next_object++) {
      if (batch_.has_failed) return;
      read(i);
    }
    if (!batch_.sorted && !batch_.has_misfits && store_.rows() > 0) fail_on(write_group());
  }

  /// Sorts what is in memory and writes it aside.
  Status spill() {
    if (!runs_) {
      const std::string name = fmt::format("{}.run-{}", batch_.path.string(), number_);
      FT_TRY(runs_, RunFile::create(name));
    }
    end_segment();
    FT_CHECK(runs_->append(store_, segments_, {batch_.columns.interface, batch_.columns.start}));
    forget_rows(0);
    return {};
  }

  [[nodiscard]] const Status& status() const { return status_; }
  [[nodiscard]] RowStore& store() { return store_; }
  [[nodiscard]] const std::vector<Segment>& segments() const { return segments_; }
  [[nodiscard]] std::optional<RunFile>& runs() { return runs_; }

  static std::vector<parquet::Type> types_of(const Columns& columns) {
    std::vector<parquet::Type> types;
    for (const parquet::Column& column : columns.schema.columns) types.push_back(column.type);
    return types;
  }

 private:
  static constexpr std::size_t kRowsBetweenLooks = 256;

  void read(std::size_t index) {
    const source::Object& object = *batch_.objects[index];
    Batch::Outcome& outcome = batch_.outcomes[index];
    flowlog::ReadStats stats;
    object_ = static_cast<std::uint32_t>(index);
    segment_begin_ = store_.rows();
    reader_.read(
        object, 0,
        [&](const flowlog::FlowRecord& record, const flowlog::RawRecord& raw) {
          outcome.fits = outcome.fits && (raw.header == header_ || *raw.header == batch_.header);
          if (!outcome.fits) return true;
          header_ = raw.header;
          rows_.add(record, raw, object, stats.bad);
          if (store_.rows() % kRowsBetweenLooks != 0) return true;
          fail_on(make_room());
          return !batch_.has_failed;
        },
        stats);
    end_segment();
    outcome.records = stats.records;
    outcome.fits = outcome.fits && stats.bad.total() == 0 && stats.transit_gateway_objects == 0;
    outcome.bad = std::move(stats.bad);
    if (!outcome.fits) batch_.has_misfits = true;
  }

  void end_segment() {
    if (store_.rows() > segment_begin_) segments_.push_back({object_, number_, segment_begin_, store_.rows()});
    segment_begin_ = store_.rows();
  }

  Status make_room() {
    if (batch_.has_misfits) {
      forget_rows(kKeptTexts);
      return {};
    }
    if (batch_.sorted) {
      const std::size_t own = store_.bytes();
      const std::size_t all = batch_.used_bytes += own - std::exchange(used_bytes_, own);
      // Whoever has the most, or no less than others, makes room: so runs are long.
      return all > batch_.memory_bytes && own * batch_.threads >= all ? spill() : Status{};
    }
    return fills_group(store_) ? write_group() : Status{};
  }

  Status write_group() {
    FT_CHECK(batch_.append(store_, encoder_));
    forget_rows(kKeptTexts);
    return {};
  }

  void forget_rows(std::size_t kept_texts) {
    store_.clear(kept_texts);
    batch_.used_bytes -= std::exchange(used_bytes_, 0);
    segments_.clear();
    segment_begin_ = 0;
  }

  void fail_on(Status status) {
    if (status) return;
    status_ = std::move(status);
    batch_.has_failed = true;
  }

  Batch& batch_;
  std::uint32_t number_;
  flowlog::SymbolTable symbols_;
  flowlog::RowReader reader_;
  RowStore store_;
  RowMaker rows_;
  parquet::ChunkEncoder encoder_;            // of rows in no order
  const flowlog::Header* header_ = nullptr;  // the reader's, once it was compared
  std::uint32_t object_ = 0;
  std::size_t segment_begin_ = 0;
  std::size_t used_bytes_ = 0;  // of this thread, as all were told
  std::vector<Segment> segments_;
  std::optional<RunFile> runs_;
  Status status_;
};

using Collectors = std::vector<std::unique_ptr<Collector>>;

/// Counts, misfits and bad input, in the order of the objects.
Written summary_of(Batch& batch) {
  Written written;
  for (std::size_t i = 0; i < batch.outcomes.size(); ++i) {
    written.records += batch.outcomes[i].records;
    written.bad.merge(batch.outcomes[i].bad);
    if (!batch.outcomes[i].fits) written.misfits.push_back(i);
  }
  return written;
}

/// The texts of all stores in the dictionary of the first, and their codes with them.
void share_dictionary(const Collectors& collectors) {
  std::vector<std::vector<std::uint32_t>> codes(collectors.size());
  for (std::size_t i = 1; i < collectors.size(); ++i) {
    const parquet::TextDictionary& own = collectors[i]->store().dictionary();
    codes[i].push_back(parquet::TextDictionary::kNull);
    for (std::uint32_t code = 1; code < own.size(); ++code) {
      codes[i].push_back(collectors.front()->store().code(own.text(code)));
    }
  }
  run_on_threads(static_cast<unsigned>(collectors.size()), [&](unsigned i) {
    if (i > 0) collectors[i]->store().recode(codes[i]);
  });
}

Status write_sorted(Batch& batch, const Collectors& collectors) {
  share_dictionary(collectors);
  std::vector<const RowStore*> stores;
  std::vector<Segment> segments;
  for (const auto& collector : collectors) {
    stores.push_back(&collector->store());
    segments.insert(segments.end(), collector->segments().begin(), collector->segments().end());
  }
  std::ranges::sort(segments, {}, &Segment::object);
  const RowOrder order(stores, segments, {batch.columns.interface, batch.columns.start});
  std::vector<std::unique_ptr<RowOrder::Encoder>> encoders;
  for (std::size_t i = 0; i < collectors.size(); ++i) encoders.push_back(std::make_unique<RowOrder::Encoder>(order));
  Status status;
  for_each_in_order((order.rows() + kGroupRows - 1) / kGroupRows, static_cast<unsigned>(collectors.size()),
                    [&](unsigned thread, std::size_t group) {
                      return encoders[thread]->encode(group * kGroupRows,
                                                      std::min((group + 1) * kGroupRows, order.rows()));
                    },
                    [&](std::size_t /*group*/, const parquet::RowGroup& group) {
                      if (status) status = batch.append(group);
                    });
  return status;
}

Status write_merged(Batch& batch, const Collectors& collectors) {
  std::vector<RunFile> files;
  for (const auto& collector : collectors) {
    FT_CHECK(collector->spill());
    files.push_back(*std::exchange(collector->runs(), std::nullopt));
  }
  RowStore store(Collector::types_of(batch.columns));
  parquet::ChunkEncoder encoder;
  const auto add = [&](const StoredRow& row) -> Status {
    store.begin_row();
    for (std::size_t i = 0; i < row.values.size(); ++i) {
      const StoredValue& value = row.values[i];
      if (value.is_null) {
        store.add_null(i);
      } else if (store.types()[i] == parquet::Type::kText) {
        store.add_text(i, value.text);
      } else {
        store.add_number(i, value.number);
      }
    }
    store.end_row();
    if (!fills_group(store)) return {};
    FT_CHECK(batch.append(store, encoder));
    store.clear(kKeptTexts);
    return {};
  };
  FT_CHECK(merge_runs(files, store.types(), {batch.columns.interface, batch.columns.start}, add));
  return store.rows() > 0 ? batch.append(store, encoder) : Status{};
}

/// For objects without records: only looks for bad input.
Written look_for_bad_input(const Objects& objects, const flowlog::ParquetReader& parquet) {
  flowlog::SymbolTable symbols;
  flowlog::RowReader reader(symbols, {}, parquet);
  Written written;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    flowlog::ReadStats stats;
    reader.read(*objects[i], 0, [](const flowlog::FlowRecord&, const flowlog::RawRecord&) { return true; }, stats);
    written.bad.merge(stats.bad);
    if (stats.bad.total() > 0 || stats.transit_gateway_objects > 0) written.misfits.push_back(i);
  }
  return written;
}

Status write_rows(Batch& batch) {
  Collectors collectors;
  for (unsigned i = 0; i < batch.threads; ++i) collectors.push_back(std::make_unique<Collector>(batch, i));
  run_on_threads(batch.threads, [&](unsigned thread) { collectors[thread]->run(); });
  for (const auto& collector : collectors) FT_CHECK(collector->status());
  if (batch.has_misfits) return {};
  if (batch.sorted) {
    const bool has_runs = std::ranges::any_of(collectors, [](const auto& one) { return one->runs().has_value(); });
    FT_CHECK(has_runs ? write_merged(batch, collectors) : write_sorted(batch, collectors));
  }
  return batch.writer->finish();
}

}  // namespace

Result<Written> write_batch(const BatchOptions& options, const Objects& objects, const std::filesystem::path& path) {
  const flowlog::ParquetReader parquet = tables::parquet_reader();
  FirstHeader first = first_header(objects, parquet);
  if (!is_usable(first.names)) return Written{.records = 0, .misfits = {first.object}, .bad = {}};
  if (first.names.empty()) return look_for_bad_input(objects, parquet);
  const auto threads = static_cast<unsigned>(std::min<std::size_t>(thread_count(options.threads), objects.size()));
  Batch batch(objects);
  batch.parquet = parquet;
  batch.header = std::move(first.names);
  batch.path = path;
  batch.columns = columns_of(batch.header, options.with_place, options.sorted);
  batch.with_place = options.with_place;
  batch.memory_bytes = options.memory_bytes;
  batch.threads = threads;
  batch.sorted = options.sorted;
  FT_TRY(batch.writer, parquet::FileWriter::create(path, batch.columns.schema, "flowtrail version " FLOWTRAIL_VERSION));
  FT_CHECK(write_rows(batch));
  return summary_of(batch);
}

}  // namespace flowtrail::lake
