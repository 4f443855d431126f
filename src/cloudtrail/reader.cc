#include "cloudtrail/reader.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "base/in_order.h"
#include "cloudtrail/event_ids.h"
#include "cloudtrail/interpret.h"
#include "cloudtrail/outline.h"
#include "cloudtrail/strict_walker.h"
#include "cloudtrail/tolerant_walker.h"
#include "codec/input_stream.h"

namespace flowtrail::cloudtrail {

namespace {

constexpr std::uint64_t kMaxObjectBytes = 2ULL << 30U;
constexpr std::size_t kExpected = 16;  // events ahead whose ids are looked up early

std::string reason_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kCorrupt: return error.what;
    case ErrorCode::kUnsupported: return "more than 2 GiB when decompressed";
    case ErrorCode::kDenied: return "access denied";
    case ErrorCode::kNotFound: return "no such file";
    default: return "read error";
  }
}

/// Takes the events of one object in their order.
class Receiver {
 public:
  Receiver() = default;
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;
  virtual ~Receiver() = default;
  /// An event that is of no interest beyond the statistics.
  virtual void count(const EventOutline& event) = 0;
  virtual void take(Event&& event) = 0;
};

/// Reads one object after the other with the same buffers.
class ObjectReader {
 public:
  struct Place {
    const source::Object& object;
    std::uint32_t index;
  };

  /// With `changes_only`, events that change nothing are only counted.
  ObjectReader(bool plain, bool changes_only) : plain_(plain), changes_only_(changes_only) {}

  void read(const Place& place, Receiver& receiver, BadInput& bad) {
    text_.clear();
    const Status status = codec::read_all(place.object.path, kMaxObjectBytes, text_);
    read_text(text_, place, receiver, bad, !status);
    if (!status) bad.add(reason_of(status.error()), place.object.key, 0);
  }

  void read_text(const std::string& text, const Place& place, Receiver& receiver, BadInput& bad, bool end_is_reported) {
    Records records{*this, place, receiver, bad};
    if (!plain_ && strict_.run(text, records)) return;
    const std::function<void(std::string_view, std::span<const CutMember>, std::uint64_t)> record =
        [&](std::string_view record_text, std::span<const CutMember> members, std::uint64_t number) {
          if (!plain_ && changes_only_ && is_only_counted(record_text, place, receiver)) return;
          parse(record_text, members, number, place, receiver, bad);
        };
    walk_tolerantly(text, parser_, {place.object.key, record, bad, end_is_reported, records.number});
  }

 private:
  struct Records final : StrictWalker::Receiver {
    Records(ObjectReader& reader_in, const Place& place_in, cloudtrail::Receiver& receiver_in, BadInput& bad_in)
        : reader(reader_in), place(place_in), receiver(receiver_in), bad(bad_in) {}

    void record(const StrictWalker::Record& record) override {
      ++number;
      if (reader.changes_only_ && is_only_counted(record, place, receiver)) return;
      if (record.certain && !record.has_escapes) {
        if (auto event = RecordParser::parse_plain(record.members)) {
          return reader.deliver(*std::move(event), number, place, receiver);
        }
      }
      reader.parse(record.text, record.members, number, place, receiver, bad);
    }

    ObjectReader& reader;
    const Place& place;
    cloudtrail::Receiver& receiver;
    BadInput& bad;
    std::uint64_t number = 0;
  };

  /// A record by itself, as one that lies in a damaged text.
  struct LoneRecord final : StrictWalker::Receiver {
    LoneRecord(std::string_view whole_in, const Place& place_in, cloudtrail::Receiver& receiver_in)
        : whole(whole_in), place(place_in), receiver(receiver_in) {}

    void record(const StrictWalker::Record& record) override {
      // Shorter ones lie in what the strict walker takes for an envelope.
      if (record.text.size() == whole.size()) counted = is_only_counted(record, place, receiver);
    }

    std::string_view whole;
    const Place& place;
    cloudtrail::Receiver& receiver;
    bool counted = false;
  };

  bool is_only_counted(std::string_view record, const Place& place, Receiver& receiver) {
    lone_record_.assign(record);
    LoneRecord lone{lone_record_, place, receiver};
    static_cast<void>(strict_.run(lone_record_, lone));
    return lone.counted;
  }

  static bool is_only_counted(const StrictWalker::Record& record, const Place& place, Receiver& receiver) {
    if (!record.certain) return false;
    std::optional<EventOutline> outline = outline_of(record.members, record.has_escapes);
    if (!outline || may_change_state(*outline)) return false;
    if (outline->account.empty()) outline->account = place.object.account;
    if (outline->region.empty()) outline->region = place.object.region;
    receiver.count(*outline);
    return true;
  }

  void parse(std::string_view record, std::span<const CutMember> members, std::uint64_t number, const Place& place,
             Receiver& receiver, BadInput& bad) {
    auto event = parser_.parse(record, members);
    if (!event) return bad.add(event.error().what, place.object.key, number);
    deliver(*std::move(event), number, place, receiver);
  }

  void deliver(Event&& event, std::uint64_t number, const Place& place, Receiver& receiver) const {
    if (event.account.empty()) event.account = place.object.account;
    if (event.region.empty()) event.region = place.object.region;
    event.place = {place.index, static_cast<std::uint32_t>(number)};
    const EventOutline outline = outline_of(event);
    if (changes_only_ && !may_change_state(outline)) return receiver.count(outline);
    receiver.take(std::move(event));
  }

  bool plain_, changes_only_;
  std::string text_, lone_record_;
  StrictWalker strict_;
  RecordParser parser_;
};

/// Statistics, and what was seen before.
class EventCounter {
 public:
  struct Facts {
    EventId id;
    UtcSeconds time;
    bool failed = false;
  };

  EventCounter(bool deduplicate, ReadStats& stats) : deduplicate_(deduplicate), stats_(stats) {}

  static Facts facts_of(const EventOutline& event) { return {event_id_of(event.event_id), event.time, event.failed()}; }

  [[gnu::always_inline]] void expect(const EventId& id) const { seen_.expect(id); }

  /// About so many events will come in all.
  void foresee(std::size_t count) {
    if (deduplicate_) seen_.foresee(count);
  }

  /// False for an event that was there before. Its region and account are to be noted, if so.
  bool add(const Facts& event) {
    if (deduplicate_ && event.id != EventId{} && !seen_.insert(event.id)) {
      ++stats_.duplicate_events;
      return false;
    }
    ++stats_.events;
    if (event.failed) ++stats_.failed_calls;
    if (!stats_.from || event.time < *stats_.from) stats_.from = event.time;
    if (!stats_.to || event.time > *stats_.to) stats_.to = event.time;
    return true;
  }

  void note(std::string_view region, std::string_view account) {
    note(region, last_region_, stats_.regions);
    note(account, last_account_, stats_.accounts);
  }

 private:
  static void note(std::string_view name, std::string& last, std::set<std::string>& names) {
    if (name == last) return;
    last = name;
    if (!name.empty()) names.insert(last);
  }

  bool deduplicate_;
  ReadStats& stats_;
  EventIds seen_;
  std::string last_region_, last_account_;  // noted already
};

/// Few different regions of accounts, as small numbers.
class Homes {
 public:
  struct Home {
    std::string region, account;
    friend auto operator<=>(const Home&, const Home&) = default;
  };

  std::uint32_t number_of(std::string_view region, std::string_view account) {
    if (!homes_.empty() && homes_[last_]->region == region && homes_[last_]->account == account) return last_;
    const auto [found, is_new] =
        numbers_.try_emplace({std::string(region), std::string(account)}, static_cast<std::uint32_t>(homes_.size()));
    if (is_new) homes_.push_back(&found->first);
    return last_ = found->second;
  }
  [[nodiscard]] std::size_t size() const { return homes_.size(); }
  [[nodiscard]] const Home& operator[](std::uint32_t number) const { return *homes_[number]; }

 private:
  std::map<Home, std::uint32_t> numbers_;
  std::vector<const Home*> homes_;
  std::uint32_t last_ = 0;
};

template <JsonParser Parse>
InterpretedEvent interpreted(Event&& event) {
  auto changes = interpret(event, Parse);
  for (std::string* text :
       {&event.identity_json, &event.request_parameters, &event.response_elements, &event.additional_event_data,
        &event.service_event_details, &event.resources, &event.tls_details}) {
    *text = {};
  }
  return {std::move(event), std::move(changes)};
}

/// Passes events on while they are read. `Item` is what the sink takes.
template <typename Item>
class DirectReceiver final : public Receiver {
 public:
  using Make = Item (*)(Event&&);

  DirectReceiver(EventCounter& counter, Make make, const std::function<void(Item&&)>& sink)
      : counter_(counter), make_(make), sink_(sink) {}

  void count(const EventOutline& event) override { add(event); }
  void take(Event&& event) override {
    if (add(outline_of(event))) sink_(make_(std::move(event)));
  }

 private:
  bool add(const EventOutline& event) {
    const bool is_new = counter_.add(EventCounter::facts_of(event));
    if (is_new) counter_.note(event.region, event.account);
    return is_new;
  }

  EventCounter& counter_;
  Make make_;
  const std::function<void(Item&&)>& sink_;
};

/// Keeps what one object holds until all objects before it are delivered.
template <typename Item>
class KeepingReceiver final : public Receiver {
 public:
  struct Sizes {
    std::size_t events = 0, items = 0;
  };

  /// About as many events and items are expected as `like` holds.
  KeepingReceiver(Item (*make)(Event&&), const Sizes& like) : make_(make) {
    events_.reserve(like.events);
    items_.reserve(like.items);
  }

  void count(const EventOutline& event) override { keep(event, false); }
  void take(Event&& event) override {
    keep(outline_of(event), true);
    items_.push_back(make_(std::move(event)));
  }

  /// With some room to spare, so that the next one's need not grow for a few more.
  [[nodiscard]] Sizes sizes() const { return {events_.size() + events_.size() / 8, items_.size() + items_.size() / 2}; }
  [[nodiscard]] std::size_t events() const { return events_.size(); }

  void deliver(EventCounter& counter, const std::function<void(Item&&)>& sink) {
    auto item = items_.begin();
    std::vector<bool> noted(homes_.size());
    for (std::size_t index = 0; index < events_.size(); ++index) {
      const Kept& event = events_[index];
      if (index + kExpected < events_.size()) counter.expect(events_[index + kExpected].id);
      const bool is_new = counter.add(event.facts());
      if (is_new && !noted[event.home]) {
        noted[event.home] = true;
        counter.note(homes_[event.home].region, homes_[event.home].account);
      }
      if (is_new && event.has_item) sink(std::move(*item));
      if (event.has_item) ++item;
    }
  }

 private:
  struct Kept {
    EventId id;
    UtcSeconds time;
    std::uint32_t home = 0;  // its number
    bool failed = false;
    bool has_item = false;

    [[nodiscard]] EventCounter::Facts facts() const { return {id, time, failed}; }
  };

  void keep(const EventOutline& event, bool has_item) {
    events_.push_back({event_id_of(event.event_id), event.time, homes_.number_of(event.region, event.account),
                       event.failed(), has_item});
  }

  Item (*make_)(Event&&);
  Homes homes_;
  std::vector<Kept> events_;
  std::vector<Item> items_;
};

template <typename Item>
void read_objects(const source::Inventory& inventory, const ReadOptions& options, bool changes_only,
                  Item (*make)(Event&&), const std::function<void(Item&&)>& sink, ReadStats& stats) {
  std::vector<std::uint32_t> objects;
  for (std::size_t index = 0; index < inventory.objects.size(); ++index) {
    if (inventory.objects[index].kind == source::ObjectKind::kCloudTrail) {
      objects.push_back(static_cast<std::uint32_t>(index));
    }
  }
  EventCounter counter(options.deduplicate, stats);
  const auto place_of = [&](std::size_t number) {
    return ObjectReader::Place{inventory.objects[objects[number]], objects[number]};
  };
  const auto count_object = [&](const ObjectReader::Place& place) {
    ++stats.objects;
    stats.bytes += place.object.size;
  };
  // As if all objects held as many events a byte as one of them.
  const auto events_in_all = [&](std::size_t events, std::uint64_t bytes) {
    std::uint64_t bytes_in_all = 0;
    for (std::size_t number = 0; number < objects.size(); ++number) bytes_in_all += place_of(number).object.size;
    return bytes == 0 ? events
                      : static_cast<std::size_t>(static_cast<double>(events) / static_cast<double>(bytes) *
                                                 static_cast<double>(bytes_in_all));
  };
  const unsigned threads = static_cast<unsigned>(std::min<std::size_t>(thread_count(options.threads), objects.size()));
  std::vector<ObjectReader> readers;
  for (unsigned thread = 0; thread < std::max(threads, 1U); ++thread) readers.emplace_back(options.plain, changes_only);
  if (threads <= 1) {
    DirectReceiver<Item> receiver(counter, make, sink);
    for (std::size_t number = 0; number < objects.size(); ++number) {
      count_object(place_of(number));
      readers[0].read(place_of(number), receiver, stats.bad);
    }
    return;
  }

  struct Object {
    std::unique_ptr<KeepingReceiver<Item>> events;
    BadInput bad;
  };
  std::vector<typename KeepingReceiver<Item>::Sizes> sizes(threads);  // of the object that each thread read last
  for_each_in_order(
      objects.size(), threads,
      [&](unsigned thread, std::size_t number) {
        Object object{std::make_unique<KeepingReceiver<Item>>(make, sizes[thread]), {}};
        readers[thread].read(place_of(number), *object.events, object.bad);
        sizes[thread] = object.events->sizes();
        return object;
      },
      [&](std::size_t number, Object&& object) {
        count_object(place_of(number));
        stats.bad.merge(object.bad);
        if (number == 0) counter.foresee(events_in_all(object.events->events(), place_of(0).object.size));
        object.events->deliver(counter, sink);
      });
}

}  // namespace

void read_events(const source::Inventory& inventory, const ReadOptions& options, const EventSink& sink,
                 ReadStats& stats) {
  read_objects<Event>(inventory, options, false, [](Event&& event) { return std::move(event); }, sink, stats);
}

void read_changes(const source::Inventory& inventory, const ReadOptions& options, const ChangeSink& sink,
                  ReadStats& stats) {
  const auto make = options.plain ? interpreted<parse_json_plainly> : interpreted<parse_json>;
  read_objects<InterpretedEvent>(inventory, options, true, make, sink, stats);
}

void read_text(std::string_view text, const source::Object& object, std::uint32_t object_index, const EventSink& sink,
               BadInput& bad, bool plain) {
  ReadStats stats;
  EventCounter counter(false, stats);
  DirectReceiver<Event> receiver(counter, [](Event&& event) { return std::move(event); }, sink);
  ObjectReader(plain, false).read_text(std::string(text), {object, object_index}, receiver, bad, false);
}

}  // namespace flowtrail::cloudtrail
