#include "server_metrics.h"

#include <sstream>

#include "http_client.h"

namespace pitview::bench {

Result<IngestCounters> ingest_counters(const Address& server) {
  const Result<std::string> text = get(server, "/metrics");
  if (!text) return text.error();
  IngestCounters counters;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    const std::string_view name(line.data(), line.find_first_of(" {"));
    const auto value = static_cast<std::int64_t>(std::atof(line.c_str() + line.rfind(' ') + 1));
    if (name == "pitview_ingest_stored_total") counters.stored += value;
    if (name == "pitview_ingest_duplicates_total") counters.duplicates += value;
    if (name == "pitview_ingest_set_aside_total") counters.set_aside += value;
    if (name == "pitview_ingest_batches_total") counters.batches += value;
    if (name == "pitview_live_superseded") counters.superseded += value;
    if (name == "pitview_ingest_refused_total") counters.refused += value;
  }
  return counters;
}

}  // namespace pitview::bench
