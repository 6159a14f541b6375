#include "telemetry/ingest_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include "telemetry/readings_repository.h"

namespace pitview::telemetry {

std::string_view name_of(Refusal refusal) noexcept {
  switch (refusal) {
    case Refusal::too_large: return "too_large";
    case Refusal::unknown_topic: return "unknown_topic";
    case Refusal::malformed_json: return "malformed_json";
    case Refusal::invalid_payload: return "invalid_payload";
    case Refusal::unknown_device: return "unknown_device";
    case Refusal::wrong_licence: return "wrong_licence";
    case Refusal::topic_mismatch: return "topic_mismatch";
    case Refusal::licence_refused: return "licence_refused";
    case Refusal::no_pit: return "no_pit";
    case Refusal::out_of_range: return "out_of_range";
    case Refusal::future_timestamp: return "future_timestamp";
    case Refusal::too_old: return "too_old";
    case Refusal::too_many: return "too_many";
    case Refusal::overload: return "overload";
    case Refusal::left_to_device: return "left_to_device";
  }
  return "";
}

std::string_view name_of(SetAside reason) noexcept {
  switch (reason) {
    case SetAside::no_assignment: return "no_assignment";
    case SetAside::too_old: return "too_old";
    case SetAside::in_future: return "in_future";
    case SetAside::refused: return "refused";
  }
  return "";
}

IngestMetrics::IngestMetrics(prometheus::Registry& registry) {
  const auto counter = [&](const char* name, const char* help) {
    return &prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
  };
  accepted_ = counter("pitview_ingest_accepted_total", "Readings that passed every check");
  inserted_ = counter("pitview_ingest_stored_total", "Readings committed for the first time");
  duplicates_ = counter("pitview_ingest_duplicates_total", "Readings that had been stored before");
  batches_ = counter("pitview_ingest_batches_total", "Commits");
  auto& family = prometheus::BuildCounter()
                     .Name("pitview_ingest_refused_total")
                     .Help("Messages that were not stored, by reason")
                     .Register(registry);
  for (std::size_t i = 0; i < kRefusals; ++i)
    refused_[i] = &family.Add({{"reason", std::string(name_of(static_cast<Refusal>(i)))}});
  auto& aside = prometheus::BuildCounter()
                    .Name("pitview_ingest_set_aside_total")
                    .Help("Readings that passed every check and could not be stored, by reason")
                    .Register(registry);
  for (std::size_t i = 0; i < kSetAsides; ++i)
    set_aside_[i] = &aside.Add({{"reason", std::string(name_of(static_cast<SetAside>(i)))}});
}

IngestMetrics::Totals IngestMetrics::totals() const {
  const auto count = [](const prometheus::Counter* counter) { return static_cast<std::int64_t>(counter->Value()); };
  Totals totals{count(accepted_), count(inserted_), count(duplicates_), 0, {}};
  for (const prometheus::Counter* reason : set_aside_) totals.set_aside += count(reason);
  for (std::size_t i = 0; i < kRefusals; ++i)
    if (const std::int64_t refused = count(refused_[i]); refused > 0)
      totals.refused.emplace_back(name_of(static_cast<Refusal>(i)), refused);
  return totals;
}

void IngestMetrics::accepted() { accepted_->Increment(); }

void IngestMetrics::refused(Refusal refusal) { refused_[static_cast<std::size_t>(refusal)]->Increment(); }

void IngestMetrics::committed(const CommitCounts& counts) {
  batches_->Increment();
  inserted_->Increment(static_cast<double>(counts.inserted));
  duplicates_->Increment(static_cast<double>(counts.duplicates));
  set_aside(SetAside::no_assignment, counts.no_assignment);
  set_aside(SetAside::too_old, counts.too_old);
  set_aside(SetAside::in_future, counts.in_future);
}

void IngestMetrics::set_aside(SetAside reason, std::int64_t readings) {
  set_aside_[static_cast<std::size_t>(reason)]->Increment(static_cast<double>(readings));
}

}  // namespace pitview::telemetry
