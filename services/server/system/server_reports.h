// How the servers are doing, for the platform's page: what each takes in, what it
// sheds and what it holds. Its own report a server makes when it is asked; those of
// others arrive over the bridge every few seconds and are forgotten when they stop.
//
// Thread-safe.
#pragma once

#include <boost/describe/class.hpp>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "pitview/base/time.h"

namespace pitview::system {

struct RefusalCount {
  std::string reason;
  std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(RefusalCount, (), (reason, count))

// Counts are since the start of that server.
struct ServerReport {
  std::string name;  // "-": the only one
  std::vector<std::string> roles;
  Timestamp reported_at;
  Timestamp started_at;
  bool healthy = false;
  std::int64_t readings_accepted = 0;
  std::int64_t readings_stored = 0;
  std::int64_t readings_known = 0;  // came again
  std::int64_t readings_set_aside = 0;
  std::int64_t readings_waiting = 0;  // for their commit, now
  std::int64_t live_connections = 0;
  std::int64_t live_superseded = 0;  // readings not shown because a newer one was there already
  std::int64_t sessions_adopted = 0;
  std::int64_t memory_bytes = 0;      // resident
  std::vector<RefusalCount> refused;  // reasons that have happened
};
BOOST_DESCRIBE_STRUCT(ServerReport, (),
                      (name, roles, reported_at, started_at, healthy, readings_accepted, readings_stored,
                       readings_known, readings_set_aside, readings_waiting, live_connections, live_superseded,
                       sessions_adopted, memory_bytes, refused))

// Of this process.
std::int64_t resident_bytes();

class ServerReports {
 public:
  using Own = std::function<ServerReport()>;  // any thread
  ServerReports(const Clock& clock, Own own) : clock_(clock), own_(std::move(own)) {}

  ServerReport own() const { return own_(); }
  // As JSON, from another server; nonsense is ignored.
  void note(std::string_view json);
  // Ours first, the others by name.
  std::vector<ServerReport> all();

 private:
  static constexpr std::chrono::seconds kSilent{30};

  const Clock& clock_;
  Own own_;
  std::mutex mutex_;
  std::map<std::string, ServerReport> others_;
};

}  // namespace pitview::system
