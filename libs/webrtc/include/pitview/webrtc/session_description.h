// A browser's offer and our answer (SDP as RFC 8829 uses it, BUNDLE of RFC 8843), as
// far as one H.264 stream that is only sent needs them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pitview/base/result.h"

namespace pitview::webrtc {

using Fingerprint = std::array<std::uint8_t, 32>;  // SHA-256 of a certificate

// An H.264 format that the browser takes, with packetization-mode 1.
struct H264Format {
  std::uint8_t payload_type = 0;
  std::string profile_level_id;  // six hexadecimal digits, lower case
  std::string parameters;        // the fmtp line as it was offered
  bool nack = false;
  bool picture_loss = false;  // nack pli
  bool full_intra = false;    // ccm fir
};

struct OfferedMedia {
  std::string kind;  // "video", "audio", "application"
  std::string mid;
  std::string protocol;
  std::string first_format;  // of the m= line, for the line that declines it
};

struct Offer {
  std::string ice_ufrag;
  std::string ice_password;
  Fingerprint fingerprint{};
  bool may_be_active = false;       // a=setup: active or actpass; we are passive
  std::vector<OfferedMedia> media;  // all of it, in order: the answer has the same
  std::size_t video = 0;            // index of the one that is answered
  std::vector<H264Format> formats;  // of it, in the browser's order
  // Header extensions of it that we use, 1 to 14.
  std::optional<std::uint8_t> mid_extension;
  std::optional<std::uint8_t> playout_delay_extension;
};

inline constexpr std::size_t kMaxOfferBytes = 65'536;

// validation_failed with a sentence: no video that we could send to, no H.264 with
// packetization-mode 1, no SHA-256 fingerprint, or no SDP at all.
Result<Offer> parse_offer(std::string_view sdp);

// The format for a stream of that profile: the browser's own of the same profile, else
// its constrained baseline, else its first. Precondition: offer.formats is not empty.
const H264Format& best_format(const Offer& offer, std::string_view profile_level_id);

struct Candidate {
  std::string address;  // IPv4 or IPv6
  std::uint16_t port = 0;
  bool tcp = false;  // passive, RFC 6544
};

struct Answer {
  std::string ice_ufrag;     // 4 to 256 characters of RFC 8839
  std::string ice_password;  // 22 to 256
  Fingerprint fingerprint{};
  std::uint32_t ssrc = 0;
  std::string cname;
  std::vector<Candidate> candidates;  // the best first
  std::string profile_level_id;       // of the stream: what the answer says we send
};

std::string write_answer(const Offer& offer, const H264Format& format, const Answer& answer);

}  // namespace pitview::webrtc
