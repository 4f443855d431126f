#include "attribution/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>

namespace flowtrail::attribution {
namespace {

using flowlog::FlowRecord;

constexpr std::size_t kHeadBytes = 1;
constexpr std::size_t kMostBytes = 192;  // an encoded record is never longer
constexpr std::size_t kMostChunkBytes = std::size_t{32} << 10U;

// What an encoded record holds. Fields follow in the order of `write_fields`.
enum Bit : std::uint32_t {
  kHasSource = 1U << 0U,
  kHasDestination = 1U << 1U,
  kHasPacketSource = 1U << 2U,
  kHasPacketDestination = 1U << 3U,
  kSourceV4 = 1U << 4U,
  kDestinationV4 = 1U << 5U,
  kOtherPacketSource = 1U << 6U,  // differs from `src`
  kOtherPacketDestination = 1U << 7U,
  kPacketSourceV4 = 1U << 8U,
  kPacketDestinationV4 = 1U << 9U,
  kHasInstance = 1U << 10U,
  kHasServices = 1U << 11U,
  kWideEnd = 1U << 12U,
  kWideCounts = 1U << 13U,
  kWidePorts = 1U << 14U,
  kWideProtocol = 1U << 15U,
  kHasFlags = 1U << 16U,
};
constexpr unsigned kActionShift = 20;
constexpr unsigned kStatusShift = 22;
constexpr unsigned kDirectionShift = 24;
constexpr unsigned kSideShift = 26;

class Writer {
 public:
  explicit Writer(std::byte* to) : to_(to) {}
  template <typename T>
  void put(T value) {
    std::memcpy(to_, &value, sizeof value);
    to_ += sizeof value;
  }
  void put_address(const IpAddress& address) {
    if (address.is_v4()) return put(address.v4());
    put(address.high());
    put(address.low());
  }
  [[nodiscard]] std::byte* position() const { return to_; }

 private:
  std::byte* to_;
};

class Reader {
 public:
  explicit Reader(const std::byte* from) : from_(from) {}
  template <typename T>
  [[nodiscard]] T get() {
    T value;
    std::memcpy(&value, from_, sizeof value);
    from_ += sizeof value;
    return value;
  }
  [[nodiscard]] IpAddress get_address(bool v4) {
    if (v4) return IpAddress::from_v4(get<std::uint32_t>());
    const auto high = get<std::uint64_t>();
    const auto low = get<std::uint64_t>();
    return {high, low};
  }

 private:
  const std::byte* from_;
};

template <typename Narrow, typename Wide>
bool fits(Wide value) {
  return static_cast<Wide>(static_cast<Narrow>(value)) == value;
}

std::uint32_t bits_of(const Flow& flow) {
  const FlowRecord& r = flow.record;
  std::uint32_t bits = 0;
  const auto set = [&](bool condition, Bit bit) { bits |= condition ? static_cast<std::uint32_t>(bit) : 0U; };
  set(r.has_src, kHasSource);
  set(r.has_dst, kHasDestination);
  set(r.has_pkt_src, kHasPacketSource);
  set(r.has_pkt_dst, kHasPacketDestination);
  set(r.src.is_v4(), kSourceV4);
  set(r.dst.is_v4(), kDestinationV4);
  set(r.pkt_src != r.src, kOtherPacketSource);
  set(r.pkt_dst != r.dst, kOtherPacketDestination);
  set(r.pkt_src.is_v4(), kPacketSourceV4);
  set(r.pkt_dst.is_v4(), kPacketDestinationV4);
  set(r.instance != 0, kHasInstance);
  set(r.src_service != 0 || r.dst_service != 0, kHasServices);
  // Unsigned, since hostile times may lie further apart than a signed difference can tell.
  set(!fits<std::uint32_t>(static_cast<std::uint64_t>(r.end) - static_cast<std::uint64_t>(r.start)), kWideEnd);
  set(!fits<std::uint32_t>(r.packets) || !fits<std::uint32_t>(r.bytes), kWideCounts);
  set(!fits<std::uint16_t>(r.src_port) || !fits<std::uint16_t>(r.dst_port), kWidePorts);
  set(!fits<std::uint8_t>(r.protocol), kWideProtocol);
  set(r.tcp_flags >= 0, kHasFlags);
  bits |= static_cast<std::uint32_t>(r.action) << kActionShift;
  bits |= static_cast<std::uint32_t>(r.status) << kStatusShift;
  bits |= static_cast<std::uint32_t>(r.direction) << kDirectionShift;
  bits |= static_cast<std::uint32_t>(flow.side) << kSideShift;
  return bits;
}

std::byte* write_fields(const Flow& flow, std::uint32_t bits, std::byte* to) {
  const FlowRecord& r = flow.record;
  Writer out{to};
  out.put(bits);
  out.put(r.interface);
  out.put(r.account);
  out.put(r.place.object);
  out.put(r.place.line);
  out.put(r.start);
  out.put_address(r.src);
  out.put_address(r.dst);
  if ((bits & kOtherPacketSource) != 0) out.put_address(r.pkt_src);
  if ((bits & kOtherPacketDestination) != 0) out.put_address(r.pkt_dst);
  if ((bits & kHasInstance) != 0) out.put(r.instance);
  if ((bits & kHasServices) != 0) {
    out.put(r.src_service);
    out.put(r.dst_service);
  }
  if ((bits & kWideEnd) != 0) {
    out.put(r.end);
  } else {
    out.put(static_cast<std::uint32_t>(static_cast<std::uint64_t>(r.end) - static_cast<std::uint64_t>(r.start)));
  }
  if ((bits & kWideCounts) != 0) {
    out.put(r.packets);
    out.put(r.bytes);
  } else {
    out.put(static_cast<std::uint32_t>(r.packets));
    out.put(static_cast<std::uint32_t>(r.bytes));
  }
  if ((bits & kWidePorts) != 0) {
    out.put(r.src_port);
    out.put(r.dst_port);
  } else {
    out.put(static_cast<std::uint16_t>(r.src_port));
    out.put(static_cast<std::uint16_t>(r.dst_port));
  }
  if ((bits & kWideProtocol) != 0) {
    out.put(r.protocol);
  } else {
    out.put(static_cast<std::uint8_t>(r.protocol));
  }
  if ((bits & kHasFlags) != 0) out.put(r.tcp_flags);
  return out.position();
}

Flow decode(const std::byte* from) {
  Reader in{from};
  Flow flow;
  FlowRecord& r = flow.record;
  const auto bits = in.get<std::uint32_t>();
  r.interface = in.get<std::uint32_t>();
  r.account = in.get<std::uint32_t>();
  r.place.object = in.get<std::uint32_t>();
  r.place.line = in.get<std::uint32_t>();
  r.start = in.get<std::int64_t>();
  r.src = in.get_address((bits & kSourceV4) != 0);
  r.dst = in.get_address((bits & kDestinationV4) != 0);
  r.pkt_src = (bits & kOtherPacketSource) != 0 ? in.get_address((bits & kPacketSourceV4) != 0) : r.src;
  r.pkt_dst = (bits & kOtherPacketDestination) != 0 ? in.get_address((bits & kPacketDestinationV4) != 0) : r.dst;
  if ((bits & kHasInstance) != 0) r.instance = in.get<std::uint32_t>();
  if ((bits & kHasServices) != 0) {
    r.src_service = in.get<std::uint32_t>();
    r.dst_service = in.get<std::uint32_t>();
  }
  r.end = (bits & kWideEnd) != 0
              ? in.get<std::int64_t>()
              : static_cast<std::int64_t>(static_cast<std::uint64_t>(r.start) + in.get<std::uint32_t>());
  const bool wide_counts = (bits & kWideCounts) != 0;
  r.packets = wide_counts ? in.get<std::int64_t>() : in.get<std::uint32_t>();
  r.bytes = wide_counts ? in.get<std::int64_t>() : in.get<std::uint32_t>();
  const bool wide_ports = (bits & kWidePorts) != 0;
  r.src_port = wide_ports ? in.get<std::int32_t>() : in.get<std::uint16_t>();
  r.dst_port = wide_ports ? in.get<std::int32_t>() : in.get<std::uint16_t>();
  r.protocol = (bits & kWideProtocol) != 0 ? in.get<std::int32_t>() : in.get<std::uint8_t>();
  if ((bits & kHasFlags) != 0) r.tcp_flags = in.get<std::int32_t>();
  r.has_src = (bits & kHasSource) != 0;
  r.has_dst = (bits & kHasDestination) != 0;
  r.has_pkt_src = (bits & kHasPacketSource) != 0;
  r.has_pkt_dst = (bits & kHasPacketDestination) != 0;
  r.action = static_cast<flowlog::Action>(bits >> kActionShift & 3U);
  r.status = static_cast<flowlog::LogStatus>(bits >> kStatusShift & 3U);
  r.direction = static_cast<flowlog::FlowDirection>(bits >> kDirectionShift & 3U);
  flow.side = static_cast<Side>(bits >> kSideShift & 3U);
  return flow;
}

void decode_all(const std::byte* bytes, std::size_t size, const std::function<void(const Flow&)>& visit) {
  for (std::size_t at = 0; at < size; at += std::to_integer<std::size_t>(bytes[at])) {
    visit(decode(bytes + at + kHeadBytes));
  }
}

Error io_error(const char* doing, const std::filesystem::path& folder) {
  return {ErrorCode::kIo,
          fmt::format("{} the temporary file failed: {}", doing, std::generic_category().message(errno)),
          folder.string(), "set TMPDIR to a folder with free space"};
}

}  // namespace

Spool::Spool(std::size_t memory_budget_bytes, std::filesystem::path folder)
    : chunk_bytes_(std::clamp(memory_budget_bytes / (2 * kPartitions), kMostBytes, kMostChunkBytes)),
      chunks_left_(memory_budget_bytes / chunk_bytes_),
      memory_(std::make_unique_for_overwrite<std::byte[]>(  // NOLINT(modernize-avoid-c-arrays)
          (chunks_left_ + kPartitions) * chunk_bytes_)),
      next_chunk_(memory_.get()),
      folder_(std::move(folder)) {}

Spool::~Spool() {
  if (file_ >= 0) ::close(file_);
}

Status Spool::add(const Flow& flow) {
  Partition& partition = partitions_[pair_hash(flow.record) % kPartitions];
  if (partition.open.bytes == nullptr || partition.open.used + kMostBytes > chunk_bytes_) {
    FT_CHECK(put_away(partition));
  }
  std::byte* begin = partition.open.bytes + partition.open.used;
  const auto length = static_cast<std::size_t>(write_fields(flow, bits_of(flow), begin + kHeadBytes) - begin);
  begin[0] = static_cast<std::byte>(length);
  partition.open.used += length;
  ++partition.records;
  return {};
}

Status Spool::put_away(Partition& partition) {
  if (partition.open.bytes != nullptr) {
    if (chunks_left_ == 0) return write(partition);
    --chunks_left_;
    partition.full.push_back(partition.open);
  }
  partition.open = {next_chunk_, 0};
  next_chunk_ += chunk_bytes_;
  return {};
}

Status Spool::open_file() {
  std::error_code ignored;
  if (folder_.empty()) folder_ = std::filesystem::temp_directory_path(ignored);
  std::string path = (folder_ / "flowtrail-spool-XXXXXX").string();
  file_ = ::mkostemp(path.data(), O_CLOEXEC);
  if (file_ < 0) return std::unexpected(io_error("opening", folder_));
  ::unlink(path.c_str());
  return {};
}

Status Spool::write(Partition& partition) {
  if (file_ < 0) FT_CHECK(open_file());
  for (std::size_t written = 0; written < partition.open.used;) {
    const ssize_t count = ::pwrite(file_, partition.open.bytes + written, partition.open.used - written,
                                   static_cast<off_t>(file_size_ + written));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::unexpected(io_error("writing", folder_));
    written += static_cast<std::size_t>(count);
  }
  partition.on_disk.push_back({file_size_, partition.open.used});
  file_size_ += partition.open.used;
  partition.open.used = 0;
  return {};
}

Status Spool::for_each(std::size_t partition, const std::function<void(const Flow&)>& visit) const {
  const Partition& of = partitions_[partition];
  std::vector<std::byte> bytes(of.on_disk.empty() ? 0 : chunk_bytes_);
  for (const Stored& chunk : of.on_disk) {
    for (std::size_t held = 0; held < chunk.length;) {
      const ssize_t count =
          ::pread(file_, bytes.data() + held, chunk.length - held, static_cast<off_t>(chunk.offset + held));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return std::unexpected(io_error("reading", folder_));
      held += static_cast<std::size_t>(count);
    }
    decode_all(bytes.data(), chunk.length, visit);
  }
  for (const Chunk& chunk : of.full) decode_all(chunk.bytes, chunk.used, visit);
  decode_all(of.open.bytes, of.open.used, visit);
  return {};
}

}  // namespace flowtrail::attribution
