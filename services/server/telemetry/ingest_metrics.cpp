#include "telemetry/ingest_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/registry.h>

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
    case Refusal::overload: return "overload";
    case Refusal::database: return "database";
  }
  return "";
}

IngestMetrics::IngestMetrics(prometheus::Registry& registry) {
  const auto counter = [&](const char* name, const char* help) {
    return &prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
  };
  accepted_ = counter("pitview_ingest_accepted_total", "Readings that passed every check");
  inserted_ = counter("pitview_ingest_stored_total", "Readings committed for the first time");
  duplicates_ = counter("pitview_ingest_ignored_total", "Readings committed that were known already or had no place");
  batches_ = counter("pitview_ingest_batches_total", "Commits");
  auto& family = prometheus::BuildCounter()
                     .Name("pitview_ingest_refused_total")
                     .Help("Messages that were not stored, by reason")
                     .Register(registry);
  for (std::size_t i = 0; i < kRefusals; ++i)
    refused_[i] = &family.Add({{"reason", std::string(name_of(static_cast<Refusal>(i)))}});
}

void IngestMetrics::accepted() { accepted_->Increment(); }

void IngestMetrics::refused(Refusal refusal) { refused_[static_cast<std::size_t>(refusal)]->Increment(); }

void IngestMetrics::committed(std::size_t readings, std::size_t inserted) {
  batches_->Increment();
  inserted_->Increment(static_cast<double>(inserted));
  duplicates_->Increment(static_cast<double>(readings - inserted));
}

}  // namespace pitview::telemetry
