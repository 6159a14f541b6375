#include "access/cut_rights.h"

namespace pitview::video {

void CutRights::cut(const std::string& path, const std::string& session, Timestamp now) {
  // No token of that time is still good.
  std::erase_if(cuts_, [now](const auto& entry) { return entry.second + kStreamTokenLife < now; });
  cuts_[{path, session}] = now;
}

bool CutRights::covers(const StreamGrant& grant) const {
  const auto found = cuts_.find({grant.path, grant.session});
  return found != cuts_.end() && grant.expires_at <= found->second + kStreamTokenLife;
}

}  // namespace pitview::video
