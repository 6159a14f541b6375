// Rights that were taken back before the tokens that carry them have expired: who has been cut
// does not come back with the token still in hand.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "pitview/video/stream_token.h"

namespace pitview::video {

class CutRights {
 public:
  void cut(const std::string& path, const std::string& session, Timestamp now);
  // Whether the token was given before its right was cut. A new one, of a right that
  // has come back, is none of those.
  bool covers(const StreamGrant& grant) const;

 private:
  std::map<std::pair<std::string, std::string>, Timestamp> cuts_;  // of path and session, the last
};

}  // namespace pitview::video
