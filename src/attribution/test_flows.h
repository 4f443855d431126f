// Random records, as a log may have them and as no log should; normalized, see `normalize` in lane.h. For tests.
#pragma once

#include <cstdint>
#include <random>

#include "attribution/flow.h"

namespace flowtrail::attribution {

class RandomRecords {
 public:
  /// `addresses`, `ports`: of how many different ones; few make long conversations.
  RandomRecords(unsigned seed, std::uint32_t addresses, std::uint32_t ports)
      : random_(seed), addresses_(addresses), ports_(ports) {}

  [[nodiscard]] flowlog::FlowRecord next() {
    flowlog::FlowRecord record;
    record.interface = below(4) + 1;
    record.account = below(3);
    record.instance = below(5);
    record.src_service = rarely() ? below(5) : 0;
    record.dst_service = rarely() ? below(5) : 0;
    record.has_src = !rarely();
    record.has_dst = !rarely();
    if (record.has_src) record.src = address();
    if (record.has_dst) record.dst = address();
    record.has_pkt_src = below(2) == 0;
    record.has_pkt_dst = below(2) == 0;
    record.pkt_src = rarely() ? address() : record.src;
    record.pkt_dst = rarely() ? address() : record.dst;
    record.src_port = port();
    record.dst_port = port();
    record.protocol = rarely() ? static_cast<std::int32_t>(random_()) : 6;
    record.tcp_flags = rarely() ? static_cast<std::int32_t>(below(65'536)) : static_cast<std::int32_t>(below(70)) - 1;
    record.packets = count();
    record.bytes = count();
    record.start = rarely() ? count() - 1'000 : 1'700'000'000 + below(50);
    record.end = record.start + (rarely() ? count() - 70'000 : 60);
    record.action = static_cast<flowlog::Action>(below(3));
    record.status = static_cast<flowlog::LogStatus>(below(3));
    record.direction = static_cast<flowlog::FlowDirection>(below(3));
    record.place = {0, ++line_};
    return record;
  }
  [[nodiscard]] Side side() { return static_cast<Side>(below(3)); }
  [[nodiscard]] std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_() % limit); }

 private:
  [[nodiscard]] bool rarely() { return below(25) == 0; }
  [[nodiscard]] std::int64_t count() {
    return static_cast<std::int64_t>(rarely() ? random_() % 1'000'000'000'000'000 : below(9));
  }
  [[nodiscard]] std::int32_t port() { return rarely() ? -1 : static_cast<std::int32_t>(below(ports_)); }
  [[nodiscard]] IpAddress address() {
    return rarely() ? IpAddress{0x20010db8'00000000U, below(addresses_)}
                    : IpAddress::from_v4(0x0a000000U + below(addresses_));
  }

  std::mt19937_64 random_;
  std::uint32_t addresses_, ports_;
  std::uint32_t line_ = 0;
};

}  // namespace flowtrail::attribution
