#include "pitview/web_push/vapid.h"

#include "bytes.h"
#include "pitview/base/crypto.h"
#include "pitview/base/json_text.h"

namespace pitview::web_push {
namespace {

constexpr std::string_view kHeader = R"({"typ":"JWT","alg":"ES256"})";
constexpr std::size_t kMaxSubject = 254;

// "mailto:" or "https:" and something after it, in printable ASCII.
bool is_subject(std::string_view text) noexcept {
  if (text.size() > kMaxSubject) return false;
  for (const char c : text)
    if (c <= ' ' || c >= '\x7f') return false;
  const auto names = [text](std::string_view scheme) {
    return text.starts_with(scheme) && text.size() > scheme.size();
  };
  return names("mailto:") || names("https://");
}

}  // namespace

Result<Vapid> Vapid::make(KeyPair keys, std::string subject) {
  if (!is_subject(subject))
    return Error{Errc::validation_failed, "The subject of VAPID must begin with mailto: or https://.", {}, 0};
  return Vapid(std::move(keys), std::move(subject));
}

std::string Vapid::public_key() const { return crypto::base64url_encode(text_of(keys_.public_key())); }

std::string Vapid::authorization(std::string_view origin, Timestamp now) const {
  const auto expires = std::chrono::floor<std::chrono::seconds>(now + kVapidLife);
  std::string claims = R"({"aud":)";
  append_json_string(claims, origin);
  claims += R"(,"exp":)" + std::to_string(expires.time_since_epoch().count()) + R"(,"sub":)";
  append_json_string(claims, subject_);
  claims += "}";
  const std::string signed_part = crypto::base64url_encode(kHeader) + "." + crypto::base64url_encode(claims);
  return "vapid t=" + signed_part + "." + crypto::base64url_encode(keys_.sign(signed_part)) + ", k=" + public_key();
}

}  // namespace pitview::web_push
