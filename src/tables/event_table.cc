#include "tables/event_table.h"

#include <array>
#include <utility>

#include "base/utc_time.h"
#include "cloudtrail/reader.h"
#include "tables/fingerprint_set.h"
#include "tables/row_stream.h"

namespace flowtrail::tables {
namespace {

using cloudtrail::Event;
using engine::ColumnType;

struct EventColumn {
  std::string_view name;
  std::string (*text)(const Event&);  // empty = NULL
  std::string_view structure;         // of JSON that becomes a nested value; empty: stays text
};

// Member names are spelled as in the records; SQL finds them in any case.
constexpr std::string_view kIdentity =
    R"json({"type":"VARCHAR","principalId":"VARCHAR","arn":"VARCHAR","accountId":"VARCHAR","invokedBy":"VARCHAR",)json"
    R"json("accessKeyId":"VARCHAR","userName":"VARCHAR","sessionContext":{)json"
    R"json("attributes":{"mfaAuthenticated":"VARCHAR","creationDate":"VARCHAR"},)json"
    R"json("sessionIssuer":{"type":"VARCHAR","principalId":"VARCHAR","arn":"VARCHAR","accountId":"VARCHAR",)json"
    R"json("userName":"VARCHAR"},"ec2RoleDelivery":"VARCHAR","webIdFederationData":"MAP(VARCHAR, VARCHAR)"}})json";
constexpr std::string_view kResources = R"([{"ARN":"VARCHAR","accountId":"VARCHAR","type":"VARCHAR"}])";
constexpr std::string_view kTls =
    R"({"tlsVersion":"VARCHAR","cipherSuite":"VARCHAR","clientProvidedHostHeader":"VARCHAR"})";

std::string read_only_text(const Event& event) {
  if (!event.read_only) return {};
  return *event.read_only ? "true" : "false";
}

constexpr std::array kColumns{
    EventColumn{"eventversion", [](const Event& e) { return e.version; }, {}},
    EventColumn{"useridentity", [](const Event& e) { return e.identity_json; }, kIdentity},
    EventColumn{"eventtime", [](const Event& e) { return format_utc(e.time); }, {}},
    EventColumn{"eventsource", [](const Event& e) { return e.source; }, {}},
    EventColumn{"eventname", [](const Event& e) { return e.name; }, {}},
    EventColumn{"awsregion", [](const Event& e) { return e.region; }, {}},
    EventColumn{"sourceipaddress", [](const Event& e) { return e.source_ip; }, {}},
    EventColumn{"useragent", [](const Event& e) { return e.user_agent; }, {}},
    EventColumn{"errorcode", [](const Event& e) { return e.error_code; }, {}},
    EventColumn{"errormessage", [](const Event& e) { return e.error_message; }, {}},
    EventColumn{"requestparameters", [](const Event& e) { return e.request_parameters; }, {}},
    EventColumn{"responseelements", [](const Event& e) { return e.response_elements; }, {}},
    EventColumn{"additionaleventdata", [](const Event& e) { return e.additional_event_data; }, {}},
    EventColumn{"requestid", [](const Event& e) { return e.request_id; }, {}},
    EventColumn{"eventid", [](const Event& e) { return e.event_id; }, {}},
    EventColumn{"resources", [](const Event& e) { return e.resources; }, kResources},
    EventColumn{"eventtype", [](const Event& e) { return e.event_type; }, {}},
    EventColumn{"apiversion", [](const Event& e) { return e.api_version; }, {}},
    EventColumn{"readonly", read_only_text, {}},
    EventColumn{"recipientaccountid", [](const Event& e) { return e.account; }, {}},
    EventColumn{"serviceeventdetails", [](const Event& e) { return e.service_event_details; }, {}},
    EventColumn{"sharedeventid", [](const Event& e) { return e.shared_event_id; }, {}},
    EventColumn{"vpcendpointid", [](const Event& e) { return e.vpc_endpoint_id; }, {}},
    EventColumn{"tlsdetails", [](const Event& e) { return e.tls_details; }, kTls},
};
constexpr std::size_t kPath = kColumns.size();
constexpr std::size_t kRecord = kColumns.size() + 1;

class Scan {
 public:
  Scan(std::vector<std::size_t> asked, std::shared_ptr<const source::Inventory> inventory,
       std::shared_ptr<ScanReport> report)
      : asked_(std::move(asked)), inventory_(std::move(inventory)), report_(std::move(report)) {}

  Status run(RowStream& stream) {
    for (const source::Object& object : inventory_->objects) {
      if (stream.stopped()) break;
      if (object.kind == source::ObjectKind::kCloudTrail) read(object, stream);
    }
    report_->set_event_scan({stats_.events, duplicates_, std::move(stats_.bad)});
    return {};
  }

 private:
  void read(const source::Object& object, RowStream& stream) {
    source::Inventory one;
    one.objects.push_back(object);
    const auto sink = [&](Event&& event) {
      if (stream.stopped()) return;
      if (!event.event_id.empty() && !seen_.insert(fingerprint(event.event_id))) {
        ++duplicates_;
        return;
      }
      add_row(event, object, stream);
    };
    cloudtrail::read_events(one, {.deduplicate = false, .threads = 1}, sink, stats_);
  }

  void add_row(const Event& event, const source::Object& object, RowStream& stream) {
    RowBuffer& row = stream.row();
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      if (asked_[i] == kPath) {
        row.add_text(i, object.key);
      } else if (asked_[i] == kRecord) {
        row.add_number(i, event.place.line);
      } else if (const std::string text = kColumns[asked_[i]].text(event); text.empty()) {
        row.add_null(i);
      } else {
        row.add_text(i, text);
      }
    }
    stream.end_row();
  }

  std::vector<std::size_t> asked_;
  std::shared_ptr<const source::Inventory> inventory_;
  std::shared_ptr<ScanReport> report_;
  cloudtrail::ReadStats stats_;
  FingerprintSet seen_;
  std::uint64_t duplicates_ = 0;
};

}  // namespace

engine::TableFunction event_table(std::string name, std::shared_ptr<const source::Inventory> inventory,
                                  std::shared_ptr<ScanReport> report) {
  engine::TableFunction function;
  function.name = std::move(name);
  for (const EventColumn& column : kColumns) function.columns.push_back({std::string{column.name}, {}});
  for (engine::TableColumn& column : function.columns) column.type = ColumnType::kVarchar;
  function.columns.push_back({"$path", ColumnType::kVarchar});
  function.columns.push_back({"$record", ColumnType::kBigint});
  function.open = [inventory = std::move(inventory), report = std::move(report)](
                      std::span<const std::size_t> wanted) -> Result<std::unique_ptr<engine::Cursor>> {
    std::vector<ColumnType> types;
    for (const std::size_t column : wanted) {
      types.push_back(column == kRecord ? ColumnType::kBigint : ColumnType::kVarchar);
    }
    // Shared: std::function must be copyable.
    auto scan = std::make_shared<Scan>(std::vector<std::size_t>{wanted.begin(), wanted.end()}, inventory, report);
    return stream_rows(std::move(types), [scan](RowStream& stream) { return scan->run(stream); });
  };
  return function;
}

std::string event_view_columns() {
  std::string list;
  for (const EventColumn& column : kColumns) {
    if (column.structure.empty()) {
      list += fmt::format("{}, ", column.name);
    } else {
      list += fmt::format("CASE WHEN json_valid({0}) THEN from_json({0}, {1}) END AS {0}, ", column.name,
                          engine::quote_literal(column.structure));
    }
  }
  return list + R"("$path", "$record")";
}

}  // namespace flowtrail::tables
