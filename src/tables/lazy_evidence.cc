#include "tables/lazy_evidence.h"

#include <utility>

namespace flowtrail::tables {

LazyEvidence::LazyEvidence(ingest::Options options, std::shared_ptr<ScanReport> report)
    : options_(std::move(options)), report_(std::move(report)) {}

void LazyEvidence::announce_flows() {
  const std::scoped_lock lock{mutex_};
  announced_ = true;
}

void LazyEvidence::forget_announcements() {
  const std::scoped_lock lock{mutex_};
  announced_ = false;
}

Result<std::shared_ptr<const ingest::Evidence>> LazyEvidence::get(bool flows) {
  const std::scoped_lock lock{mutex_};
  if (evidence_ && (!flows || evidence_->attribution)) return evidence_;
  ingest::Options options = options_;
  options.flows = flows || announced_;
  FT_TRY(evidence_, ingest::ingest(options));
  report_->set_evidence(*evidence_);
  return evidence_;
}

}  // namespace flowtrail::tables
