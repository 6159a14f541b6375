// Who serves the MQTT session of a server that has died. Pure rules, one thread.
//
// Servers share the readings by an MQTT shared subscription, each through a
// persistent session, so that what a dead one had not committed waits in the
// broker. Nobody would fetch it, and the broker would go on dealing readings to
// it, unless another server takes over the session: it connects with the same
// client id. When the owner is back it connects too, and the broker throws the
// adopter out (MQTT 3.1.1, 3.1.4-2), so that nobody needs to decide whose it is.
//
// Every server says what it serves in a retained message for each session; its
// last will says that its own has nobody.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pitview::cluster {

// What a retained message says of the session of one server.
struct SessionNotice {
  enum class State { served_by_owner, orphaned, adopted };
  State state = State::orphaned;
  std::string by;  // the adopter
};

std::string write_notice(const SessionNotice& notice);
// Empty for anything else.
std::optional<SessionNotice> parse_notice(std::string_view payload);

class Adoption {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `grace`: how long an owner has to come back. Servers are to have different
  // ones, so that they do not adopt at the same moment.
  Adoption(std::string self, std::chrono::milliseconds grace) : self_(std::move(self)), grace_(grace) {}

  // A notice of the session of `name` has come. True when the notice is wrong
  // because we serve that session, and it is to be said again.
  bool noted(const std::string& name, const SessionNotice& notice, Time now);
  // There is no such server any more.
  void forgotten(const std::string& name);

  // The sessions to adopt now; each is ours until released().
  std::vector<std::string> take_due(Time now);
  std::optional<Time> next_due() const;

  // We no longer serve it: the owner is back, or another adopter has thrown us out.
  void released(const std::string& name, Time now);

 private:
  bool is_served(const std::string& name) const;
  void orphan(const std::string& name, Time now);

  std::string self_;
  std::chrono::milliseconds grace_;
  std::map<std::string, SessionNotice> known_;
  std::map<std::string, Time> due_;
  std::set<std::string> ours_;
};

}  // namespace pitview::cluster
