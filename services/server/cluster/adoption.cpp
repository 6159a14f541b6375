#include "cluster/adoption.h"

#include <algorithm>
#include <boost/describe/class.hpp>

#include "pitview/json/read.h"
#include "pitview/json/write.h"

namespace pitview::cluster {

struct NoticePayload {
  std::string session;
  std::optional<std::string> by;
};
BOOST_DESCRIBE_STRUCT(NoticePayload, (), (session, by))

namespace {

using State = SessionNotice::State;

constexpr const char* kServed = "served";
constexpr const char* kOrphaned = "orphaned";
constexpr const char* kAdopted = "adopted";

}  // namespace

std::string write_notice(const SessionNotice& notice) {
  switch (notice.state) {
    case State::served_by_owner: return json::write(NoticePayload{kServed, std::nullopt});
    case State::orphaned: return json::write(NoticePayload{kOrphaned, std::nullopt});
    case State::adopted: return json::write(NoticePayload{kAdopted, notice.by});
  }
  return "";
}

std::optional<SessionNotice> parse_notice(std::string_view payload) {
  const Result<NoticePayload> read = json::read<NoticePayload>(payload);
  if (!read) return std::nullopt;
  if (read->session == kServed) return SessionNotice{State::served_by_owner, ""};
  if (read->session == kOrphaned) return SessionNotice{State::orphaned, ""};
  if (read->session == kAdopted && read->by) return SessionNotice{State::adopted, *read->by};
  return std::nullopt;
}

bool Adoption::noted(const std::string& name, const SessionNotice& notice, Time now) {
  if (name == self_) return notice.state != State::served_by_owner;
  known_[name] = notice;
  switch (notice.state) {
    case State::served_by_owner:
      due_.erase(name);
      // It serves what it has adopted, too.
      std::erase_if(due_, [&](const auto& entry) {
        const auto said = known_.find(entry.first);
        return said != known_.end() && said->second.state == State::adopted && said->second.by == name;
      });
      return false;
    case State::adopted:
      due_.erase(name);
      if (notice.by != self_) {
        if (!is_served(notice.by)) orphan(name, now);
        return ours_.contains(name);
      }
      // By us before we were started anew.
      if (!ours_.contains(name)) orphan(name, now);
      return false;
    case State::orphaned: break;
  }
  if (ours_.contains(name)) return true;
  orphan(name, now);
  // What it had adopted has nobody either.
  for (const auto& [adopted, said] : known_)
    if (said.state == State::adopted && said.by == name) orphan(adopted, now);
  return false;
}

void Adoption::forgotten(const std::string& name) {
  known_.erase(name);
  due_.erase(name);
}

// By its owner, as far as we have heard.
bool Adoption::is_served(const std::string& name) const {
  const auto known = known_.find(name);
  return known != known_.end() && known->second.state == State::served_by_owner;
}

void Adoption::orphan(const std::string& name, Time now) {
  if (!ours_.contains(name)) due_.try_emplace(name, now + grace_);
}

std::vector<std::string> Adoption::take_due(Time now) {
  std::vector<std::string> names;
  std::erase_if(due_, [&](const auto& entry) {
    if (entry.second > now) return false;
    names.push_back(entry.first);
    return true;
  });
  ours_.insert(names.begin(), names.end());
  return names;
}

std::optional<Adoption::Time> Adoption::next_due() const {
  if (due_.empty()) return std::nullopt;
  return std::min_element(due_.begin(), due_.end(), [](const auto& a, const auto& b) { return a.second < b.second; })
      ->second;
}

void Adoption::released(const std::string& name, Time now) {
  ours_.erase(name);
  const auto known = known_.find(name);
  if (known == known_.end()) return;
  // Not served by its owner, and the last we heard was that it is ours: whoever
  // threw us out says so within the grace, or is gone.
  const SessionNotice& said = known->second;
  if (said.state == State::orphaned || (said.state == State::adopted && said.by == self_)) orphan(name, now);
}

}  // namespace pitview::cluster
