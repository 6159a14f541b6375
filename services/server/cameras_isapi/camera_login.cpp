#include "cameras_isapi/camera_login.h"

#include <algorithm>

namespace pitview::cameras_isapi {
namespace {

bool is_digest(std::string_view challenge) {
  constexpr std::string_view kDigest = "digest ";
  challenge.remove_prefix(std::min(challenge.find_first_not_of(" \t"), challenge.size()));
  if (challenge.size() < kDigest.size()) return false;
  return std::equal(kDigest.begin(), kDigest.end(), challenge.begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b); });
}

}  // namespace

bool CameraLogin::take(const std::vector<std::string>& challenges) {
  digest_offered_ = digest_offered_ || std::any_of(challenges.begin(), challenges.end(), is_digest);
  std::vector<std::string_view> answerable;
  for (const std::string& challenge : challenges)
    if (!digest_offered_ || is_digest(challenge)) answerable.emplace_back(challenge);
  return authenticator_.take(answerable);
}

}  // namespace pitview::cameras_isapi
