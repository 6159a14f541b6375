#include "pitview/webrtc/session_description.h"

#include <algorithm>
#include <charconv>

#include "pitview/base/crypto.h"

namespace pitview::webrtc {
namespace {

constexpr std::size_t kMaxMedia = 16;
constexpr std::size_t kMaxFormats = 64;
constexpr std::string_view kMidUri = "urn:ietf:params:rtp-hdrext:sdes:mid";
constexpr std::string_view kPlayoutDelayUri = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";

Error refused(std::string why) { return {Errc::validation_failed, "The offer " + std::move(why), {}, 0}; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::string_view cut(std::string_view& rest, char separator) {
  const std::size_t at = rest.find(separator);
  const std::string_view part = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return part;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

std::optional<std::uint8_t> number(std::string_view text, unsigned limit) {
  unsigned value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failure != std::errc() || end != text.data() + text.size() || value > limit) return std::nullopt;
  return static_cast<std::uint8_t>(value);
}

// "sha-256 AB:CD:…", 32 bytes.
std::optional<Fingerprint> read_fingerprint(std::string_view value) {
  if (lower(cut(value, ' ')) != "sha-256") return std::nullopt;
  Fingerprint out{};
  for (std::uint8_t& byte : out) {
    const auto bytes = crypto::from_hex(lower(cut(value, ':')));
    if (!bytes || bytes->size() != 1) return std::nullopt;
    byte = static_cast<std::uint8_t>((*bytes)[0]);
  }
  if (!value.empty()) return std::nullopt;
  return out;
}

// Everything of the offer that a later line may still change.
struct Reader {
  struct Format {
    H264Format format;
    bool is_h264 = false;
    bool mode_1 = false;
    bool profile_ok = true;
  };

  void session_or_media(std::string_view name, std::string_view value) {
    if (name == "ice-ufrag") offer.ice_ufrag = value;
    if (name == "ice-pwd") offer.ice_password = value;
    if (name == "setup") offer.may_be_active = value == "actpass" || value == "active";
    if (name == "fingerprint")
      if (const auto read = read_fingerprint(value)) {
        offer.fingerprint = *read;
        has_fingerprint = true;
      }
  }

  void media_line(std::string_view line) {
    OfferedMedia media;
    media.kind = cut(line, ' ');
    cut(line, ' ');
    media.protocol = cut(line, ' ');
    media.first_format = std::string(line.substr(0, line.find(' ')));
    in_video = media.kind == "video" && !has_video && media.protocol.find("SAVPF") != std::string::npos;
    if (in_video) {
      has_video = true;
      offer.video = offer.media.size();
      while (!line.empty() && formats.size() < kMaxFormats)
        if (const auto type = number(cut(line, ' '), 127)) formats.push_back({.format = {.payload_type = *type}});
    }
    offer.media.push_back(std::move(media));
  }

  Format* format_of(std::string_view type) {
    const auto wanted = number(type, 127);
    const auto found = std::find_if(formats.begin(), formats.end(),
                                    [&](const Format& f) { return wanted && f.format.payload_type == *wanted; });
    return found == formats.end() ? nullptr : &*found;
  }

  void video_attribute(std::string_view name, std::string_view value) {
    if (name == "sendonly" || name == "inactive") receives = false;
    if (name == "extmap") {
      // "5 URI" or "5/recvonly URI"
      std::string_view id = cut(value, ' ');
      const auto taken = number(cut(id, '/'), 14);
      const std::string_view uri = value.substr(0, value.find(' '));
      if (taken && *taken > 0 && uri == kMidUri) offer.mid_extension = taken;
      if (taken && *taken > 0 && uri == kPlayoutDelayUri) offer.playout_delay_extension = taken;
      return;
    }
    if (name != "rtpmap" && name != "fmtp" && name != "rtcp-fb") return;
    const std::string_view type = cut(value, ' ');
    if (name == "rtcp-fb" && type == "*") {
      for (Format& format : formats) feedback(format, value);
      return;
    }
    Format* format = format_of(type);
    if (format == nullptr) return;
    if (name == "rtpmap") format->is_h264 = lower(value).starts_with("h264/90000");
    if (name == "rtcp-fb") feedback(*format, value);
    if (name == "fmtp") parameters(*format, value);
  }

  static void feedback(Format& format, std::string_view value) {
    if (value == "nack") format.format.nack = true;
    if (value == "nack pli") format.format.picture_loss = true;
    if (value == "ccm fir") format.format.full_intra = true;
  }

  static void parameters(Format& format, std::string_view value) {
    format.format.parameters = value;
    format.format.profile_level_id = "420010";  // RFC 6184, 8.1, when none is named
    while (!value.empty()) {
      std::string_view part = trimmed(cut(value, ';'));
      const std::string key = lower(trimmed(cut(part, '=')));
      if (key == "packetization-mode") format.mode_1 = trimmed(part) == "1";
      if (key != "profile-level-id") continue;
      format.format.profile_level_id = lower(trimmed(part));
      const auto bytes = crypto::from_hex(format.format.profile_level_id);
      format.profile_ok = bytes && bytes->size() == 3;
    }
  }

  Offer offer;
  std::vector<Format> formats;
  bool has_fingerprint = false;
  bool has_video = false;
  bool in_video = false;
  bool receives = true;
};

// Characters that could end a line or leave a token of the answer.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

Result<Offer> checked(Reader reader) {
  if (!reader.has_video) return refused("asks for no video.");
  if (!reader.receives) return refused("does not want to receive its video.");
  if (!reader.has_fingerprint) return refused("has no SHA-256 fingerprint.");
  if (!reader.offer.may_be_active) return refused("wants us to open the DTLS connection (a=setup:passive).");
  if (reader.offer.ice_ufrag.size() < 4 || reader.offer.ice_password.size() < 22 || !is_plain(reader.offer.ice_ufrag))
    return refused("has no ICE user name and password.");
  for (const OfferedMedia& media : reader.offer.media)
    if (!is_plain(media.kind + media.mid + media.protocol + media.first_format))
      return refused("has a media line that is none.");
  for (Reader::Format& format : reader.formats)
    if (format.is_h264 && format.mode_1 && format.profile_ok) reader.offer.formats.push_back(std::move(format.format));
  if (reader.offer.formats.empty()) return refused("has no H.264 with packetization-mode 1.");
  return std::move(reader.offer);
}

std::string hex_pairs(const Fingerprint& fingerprint) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const std::uint8_t byte : fingerprint) {
    if (!out.empty()) out += ':';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::string candidate_line(const Candidate& candidate, std::size_t rank) {
  // RFC 8445, 5.1.2.1: host candidates, the earlier the better; TCP after all UDP.
  const std::uint64_t local = 65'535 - std::min<std::size_t>(rank, 255);
  const std::uint64_t priority = ((candidate.tcp ? 90ULL : 126ULL) << 24) + (local << 8) + 255;
  std::string line = "a=candidate:" + std::to_string(rank + 1) + " 1 " + (candidate.tcp ? "tcp " : "udp ") +
                     std::to_string(priority) + " " + candidate.address + " " + std::to_string(candidate.port) +
                     " typ host";
  if (candidate.tcp) line += " tcptype passive";
  return line + "\r\n";
}

// The offered parameters with the profile and level we send.
std::string answered_parameters(const H264Format& format, std::string_view profile_level_id) {
  std::string out;
  std::string_view rest = format.parameters;
  while (!rest.empty()) {
    std::string_view part = trimmed(cut(rest, ';'));
    if (part.empty()) continue;
    if (!out.empty()) out += ';';
    out += lower(part).starts_with("profile-level-id=") ? "profile-level-id=" + std::string(profile_level_id)
                                                        : std::string(part);
  }
  return out;
}

}  // namespace

Result<Offer> parse_offer(std::string_view sdp) {
  if (sdp.size() > kMaxOfferBytes) return refused("is longer than 64 KiB.");
  if (!sdp.starts_with("v=0")) return refused("is no session description.");
  Reader reader;
  while (!sdp.empty()) {
    std::string_view line = trimmed(cut(sdp, '\n'));
    if (line.size() < 2 || line[1] != '=') continue;
    const char kind = line[0];
    line.remove_prefix(2);
    if (kind == 'm') {
      if (reader.offer.media.size() >= kMaxMedia) return refused("has more than 16 media lines.");
      reader.media_line(line);
    }
    if (kind != 'a') continue;
    const std::string_view name = cut(line, ':');
    const bool in_session = reader.offer.media.empty();
    if (name == "mid" && !in_session) reader.offer.media.back().mid = line;
    if (in_session || reader.in_video) reader.session_or_media(name, line);
    if (reader.in_video) reader.video_attribute(name, line);
  }
  return checked(std::move(reader));
}

const H264Format& best_format(const Offer& offer, std::string_view profile_level_id) {
  const auto with = [&](std::string_view beginning) {
    return std::find_if(offer.formats.begin(), offer.formats.end(), [&](const H264Format& format) {
      return std::string_view(format.profile_level_id).starts_with(beginning);
    });
  };
  // The same profile and constraints, the same profile, constrained baseline.
  for (const std::string_view beginning :
       {profile_level_id.substr(0, 4), profile_level_id.substr(0, 2), std::string_view("42e0")})
    if (const auto found = with(beginning); found != offer.formats.end() && !beginning.empty()) return *found;
  return offer.formats.front();
}

std::string write_answer(const Offer& offer, const H264Format& format, const Answer& answer) {
  const std::string type = std::to_string(format.payload_type);
  const OfferedMedia& video = offer.media[offer.video];
  std::string out = "v=0\r\no=- " + std::to_string(answer.ssrc) +
                    " 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-lite\r\na=group:BUNDLE " + video.mid +
                    "\r\na=msid-semantic: WMS *\r\n";
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const OfferedMedia& media = offer.media[i];
    if (i != offer.video) {
      out += "m=" + media.kind + " 0 " + media.protocol + " " + media.first_format +
             "\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\na=mid:" + media.mid + "\r\n";
      continue;
    }
    const bool v6 = !answer.candidates.empty() && answer.candidates[0].address.find(':') != std::string::npos;
    out += "m=video " + std::to_string(answer.candidates.empty() ? 9 : answer.candidates[0].port) + " " +
           media.protocol + " " + type + "\r\nc=IN " +
           (answer.candidates.empty() ? "IP4 0.0.0.0" : (v6 ? "IP6 " : "IP4 ") + answer.candidates[0].address) +
           "\r\na=rtcp-mux\r\na=rtcp-rsize\r\na=sendonly\r\na=mid:" + media.mid + "\r\n";
    out += "a=ice-ufrag:" + answer.ice_ufrag + "\r\na=ice-pwd:" + answer.ice_password + "\r\n";
    out += "a=fingerprint:sha-256 " + hex_pairs(answer.fingerprint) + "\r\na=setup:passive\r\n";
    out += "a=rtpmap:" + type + " H264/90000\r\n";
    out += "a=fmtp:" + type + " " + answered_parameters(format, answer.profile_level_id) + "\r\n";
    if (format.nack) out += "a=rtcp-fb:" + type + " nack\r\n";
    if (format.picture_loss) out += "a=rtcp-fb:" + type + " nack pli\r\n";
    if (format.full_intra) out += "a=rtcp-fb:" + type + " ccm fir\r\n";
    if (offer.mid_extension)
      out += "a=extmap:" + std::to_string(*offer.mid_extension) + " " + std::string(kMidUri) + "\r\n";
    if (offer.playout_delay_extension)
      out +=
          "a=extmap:" + std::to_string(*offer.playout_delay_extension) + " " + std::string(kPlayoutDelayUri) + "\r\n";
    out += "a=msid:pitview video\r\na=ssrc:" + std::to_string(answer.ssrc) + " cname:" + answer.cname + "\r\n";
    for (std::size_t rank = 0; rank < answer.candidates.size(); ++rank)
      out += candidate_line(answer.candidates[rank], rank);
    out += "a=end-of-candidates\r\n";
  }
  return out;
}

}  // namespace pitview::webrtc
