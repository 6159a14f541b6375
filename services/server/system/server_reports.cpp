#include "system/server_reports.h"

#include <unistd.h>

#include <fstream>

#include "pitview/json/read.h"

namespace pitview::system {

std::int64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t pages_in_all = 0, pages_resident = 0;
  statm >> pages_in_all >> pages_resident;
  return pages_resident * sysconf(_SC_PAGESIZE);
}

void ServerReports::note(std::string_view json) {
  auto report = json::read<ServerReport>(json);
  if (!report) return;
  report->reported_at = clock_.now();  // theirs may be off
  const std::lock_guard lock(mutex_);
  others_.insert_or_assign(report->name, std::move(*report));
}

std::vector<ServerReport> ServerReports::all() {
  std::vector<ServerReport> reports{own_()};
  const Timestamp oldest = clock_.now() - kSilent;
  const std::lock_guard lock(mutex_);
  std::erase_if(others_, [&](const auto& entry) { return entry.second.reported_at < oldest; });
  for (const auto& [name, report] : others_) reports.push_back(report);
  return reports;
}

}  // namespace pitview::system
