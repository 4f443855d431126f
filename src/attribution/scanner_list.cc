// The list of scanners' ranges: CSV (RFC 4180) with the header `cidr,name,source,seen`. Ranges hold one another or have
// nothing in common, so that each address has one narrowest range, which is found by a binary search.
#include "attribution/scanner_list.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <iterator>
#include <optional>
#include <span>
#include <tuple>
#include <utility>

namespace flowtrail::attribution {

extern const std::string_view kScannersCsv;  // data/scanners.csv, embedded by the build

namespace {

constexpr std::array<std::string_view, 4> kHeader = {"cidr", "name", "source", "seen"};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// The fields of one line; nothing when a quote stays open or something follows a closing one.
std::optional<std::vector<std::string>> split_csv(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  bool closed = false;  // the field was quoted and its quote has closed
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char letter = line[at];
    if (quoted) {
      if (letter != '"') {
        fields.back() += letter;
      } else if (at + 1 < line.size() && line[at + 1] == '"') {
        fields.back() += '"';
        ++at;
      } else {
        quoted = false;
        closed = true;
      }
    } else if (letter == ',') {
      fields.emplace_back();
      closed = false;
    } else if (letter == '"' && fields.back().empty() && !closed) {
      quoted = true;
    } else if (closed) {
      return std::nullopt;
    } else {
      fields.back() += letter;
    }
  }
  if (quoted) return std::nullopt;
  return fields;
}

Result<ScannerList::Entry> entry_of(std::span<const std::string> fields) {
  if (fields.size() != kHeader.size()) {
    return failure(ErrorCode::kCorrupt, "4 fields are expected (cidr,name,source,seen), not {}", fields.size());
  }
  auto range = Cidr::parse(trimmed(fields[0]));
  if (!range) return failure(ErrorCode::kCorrupt, "{}", range.error().what);
  ScannerList::Entry entry{*range, std::string(trimmed(fields[1])), std::string(trimmed(fields[2])),
                           std::string(trimmed(fields[3]))};
  if (entry.name.empty()) return failure(ErrorCode::kCorrupt, "the range {} has no name", entry.range.to_string());
  return entry;
}

auto sort_key(const Cidr& range) {
  return std::tuple(!range.is_v4(), range.network(), range.prefix_length());
}

IpAddress next_after(const IpAddress& address) {
  const std::uint64_t low = address.low() + 1;
  return {address.high() + (low == 0 ? 1 : 0), low};
}

}  // namespace

Result<ScannerList> ScannerList::parse(std::string_view csv, std::string_view where) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (csv.starts_with(kByteOrderMark)) csv.remove_prefix(kByteOrderMark.size());

  ScannerList list;
  bool header_seen = false;
  for (std::size_t number = 1; !csv.empty(); ++number) {
    const std::size_t end = csv.find('\n');
    const std::string_view line = trimmed(csv.substr(0, end));
    csv.remove_prefix(end == std::string_view::npos ? csv.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;

    const auto fail = [&](std::string what) {
      return std::unexpected(Error{ErrorCode::kCorrupt, std::move(what), fmt::format("{}:{}", where, number), {}});
    };
    const auto fields = split_csv(line);
    if (!fields) return fail("a quoted field does not end where the field does");
    if (!header_seen) {
      const bool is_header =
          std::ranges::equal(*fields, kHeader, {}, [](std::string_view field) { return trimmed(field); });
      if (!is_header) return fail("the header is not cidr,name,source,seen");
      header_seen = true;
      continue;
    }
    auto entry = entry_of(*fields);
    if (!entry) return fail(std::move(entry).error().what);
    list.entries_.push_back(*std::move(entry));
  }
  if (!header_seen) {
    return std::unexpected(
        Error{ErrorCode::kCorrupt, "the header cidr,name,source,seen is missing", std::string(where), {}});
  }

  const auto key = [](const Entry& entry) { return sort_key(entry.range); };
  std::ranges::stable_sort(list.entries_, {}, key);
  const auto repeated = std::ranges::adjacent_find(list.entries_, {}, key);
  if (repeated != list.entries_.end()) {
    return std::unexpected(Error{ErrorCode::kCorrupt,
                                 fmt::format("the range stands here twice: {}", repeated->range.to_string()),
                                 std::string(where),
                                 {}});
  }
  list.note_segments();
  return list;
}

void ScannerList::note_segments() {
  v4_segments_ = segments_of(true);
  v6_segments_ = segments_of(false);
}

std::vector<ScannerList::Segment> ScannerList::segments_of(bool v4) const {
  std::vector<Segment> segments{{IpAddress{}, kNone}};
  const auto begin = [&](const IpAddress& from, std::size_t entry) {
    if (segments.back().from == from) {
      segments.back().entry = entry;
    } else {
      segments.push_back({from, entry});
    }
  };
  std::vector<std::size_t> open;  // ranges around the address at hand, the narrowest last
  const auto close_last = [&] {
    const IpAddress after = next_after(entries_[open.back()].range.last());
    open.pop_back();
    if (after != IpAddress{}) begin(after, open.empty() ? kNone : open.back());
  };
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Cidr& range = entries_[i].range;
    if (range.is_v4() != v4) continue;
    while (!open.empty() && entries_[open.back()].range.last() < range.network()) close_last();
    begin(range.network(), i);
    open.push_back(i);
  }
  while (!open.empty()) close_last();
  return segments;
}

const ScannerList& ScannerList::shipped() {
  static const ScannerList kList = [] {
    auto list = parse(kScannersCsv, "data/scanners.csv");
    assert(list.has_value());
    return std::move(list).value_or(ScannerList{});
  }();
  return kList;
}

void ScannerList::add(const ScannerList& other) {
  std::vector<Entry> merged = other.entries_;
  for (Entry& entry : entries_) {
    const auto at = std::ranges::lower_bound(other.entries_, sort_key(entry.range), {},
                                             [](const Entry& each) { return sort_key(each.range); });
    if (at == other.entries_.end() || at->range != entry.range) merged.push_back(std::move(entry));
  }
  std::ranges::sort(merged, {}, [](const Entry& each) { return sort_key(each.range); });
  entries_ = std::move(merged);
  note_segments();
}

const ScannerList::Entry* ScannerList::find(const IpAddress& address) const {
  const std::vector<Segment>& segments = address.is_v4() ? v4_segments_ : v6_segments_;
  const auto after = std::ranges::upper_bound(segments, address, {}, &Segment::from);
  const std::size_t entry = after == segments.begin() ? kNone : std::prev(after)->entry;
  return entry == kNone ? nullptr : &entries_[entry];
}

}  // namespace flowtrail::attribution
