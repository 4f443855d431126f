// Flow records: what attribution, grading and coverage need, decoded once and carried in batches. Text that repeats
// (interface, account, service names) is a 32-bit code of a `SymbolTable`; nothing is allocated per record.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ip_address.h"
#include "base/source_place.h"

namespace flowtrail::flowlog {

/// Text <-> dense code, starting at 1; code 0 is "absent" (`-`, or a field that the flow log does not have).
/// Thread-safe; lookups by text take a lock, so threads that ask for every record keep what they learned (SymbolCache).
class SymbolTable {
 public:
  static constexpr std::uint32_t kAbsent = 0;

  SymbolTable();
  SymbolTable(const SymbolTable&) = delete;
  SymbolTable& operator=(const SymbolTable&) = delete;
  ~SymbolTable() = default;

  [[nodiscard]] std::uint32_t code(std::string_view text);
  /// The code of `text` if it was seen before, else kAbsent.
  [[nodiscard]] std::uint32_t find(std::string_view text) const;
  /// Good as long as the table.
  [[nodiscard]] const std::string& text(std::uint32_t code) const {
    return (*blocks_[code / kBlockTexts])[code % kBlockTexts];
  }
  /// One more than the largest code.
  [[nodiscard]] std::size_t size() const;

 private:
  // Texts never move and the list of blocks never grows beyond what it reserved, so that `text` needs no lock.
  static constexpr std::size_t kBlockTexts = 1024;
  static constexpr std::size_t kMostBlocks = std::size_t{1} << 16U;
  using Block = std::array<std::string, kBlockTexts>;

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Block>> blocks_;
  std::size_t size_ = 1;
  std::unordered_map<std::string_view, std::uint32_t> codes_;
};

enum class Action : std::uint8_t { kAbsent, kAccept, kReject };
enum class LogStatus : std::uint8_t { kOk, kNoData, kSkipData };  // a log without the column is all kOk
enum class FlowDirection : std::uint8_t { kAbsent, kIngress, kEgress };

/// One decoded record. Absent integers are -1; absent addresses are `has_*` = false.
/// Times are seconds since 1970; `start` <= `end` is not guaranteed by AWS.
struct FlowRecord {
  IpAddress src;
  IpAddress dst;
  IpAddress pkt_src;  // equal to `src` where the field is absent
  IpAddress pkt_dst;  // equal to `dst` where the field is absent
  // These eight in this order: the fast decoder writes them all at once.
  std::int64_t packets = 0;
  std::int64_t bytes = 0;
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::int32_t src_port = -1;
  std::int32_t dst_port = -1;
  std::int32_t protocol = -1;  // IANA number
  std::int32_t tcp_flags = -1;
  std::uint32_t interface = 0;    // symbol of interface_id (or of resource_id for regional NAT gateways)
  std::uint32_t account = 0;      // symbol of account_id; the path's account where the record says `unknown`
  std::uint32_t instance = 0;     // symbol of instance_id
  std::uint32_t vpc = 0;          // symbol of vpc_id
  std::uint32_t src_service = 0;  // symbol of pkt_src_aws_service
  std::uint32_t dst_service = 0;  // symbol of pkt_dst_aws_service
  SourcePlace place;
  bool has_src = false;
  bool has_dst = false;
  bool has_pkt_src = false;
  bool has_pkt_dst = false;
  bool has_time = true;  // false: the record has no `start` or no `end`, so it cannot be put into any window or count
  Action action = Action::kAbsent;
  LogStatus status = LogStatus::kOk;
  FlowDirection direction = FlowDirection::kAbsent;

  friend bool operator==(const FlowRecord&, const FlowRecord&) = default;
};

}  // namespace flowtrail::flowlog
