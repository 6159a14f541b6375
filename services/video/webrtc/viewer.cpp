#include "webrtc/viewer.h"

#include <algorithm>
#include <array>

#include "pitview/base/crypto.h"
#include "pitview/base/log.h"

namespace pitview::video {
namespace {

constexpr std::size_t kRtpHeader = 12;
constexpr std::size_t kDelayExtension = 8;
constexpr std::chrono::seconds kReportEvery{1};
constexpr std::chrono::seconds kGroupEvery{1};  // a cached group costs as much as a second of pictures
constexpr std::uint32_t kBurstStep = 90;        // 1 ms: the cached pictures are shown at once
constexpr std::size_t kMaxRetransmitted = 200;  // of one NACK

std::uint32_t random32() {
  const std::string bytes = crypto::random_bytes(4);
  std::uint32_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}

// Letters and digits of RFC 8839, from base64url.
std::string ice_text(std::size_t size) {
  std::string text = crypto::random_token(size);
  std::replace(text.begin(), text.end(), '-', 'x');
  std::replace(text.begin(), text.end(), '_', 'y');
  return text;
}

void put32(std::uint8_t* out, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) out[i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
}

}  // namespace

rtp::rtcp::NtpTime ntp_now() {
  constexpr std::uint64_t k1900To1970 = 2'208'988'800;
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds);
  return {static_cast<std::uint32_t>(static_cast<std::uint64_t>(seconds.count()) + k1900To1970),
          static_cast<std::uint32_t>((static_cast<std::uint64_t>(rest.count()) << 32) / 1'000'000'000)};
}

Viewer::Viewer(Parts parts, std::string path, Subject subject, const webrtc::Offer& offer, webrtc::H264Format format,
               SteadyTime now)
    : parts_(parts),
      id_(crypto::random_token(16)),
      path_(std::move(path)),
      subject_(std::move(subject)),
      ice_ufrag_(ice_text(6)),
      ice_password_(ice_text(24)),
      payload_type_(format.payload_type),
      delay_extension_(offer.playout_delay_extension.value_or(0)),
      ssrc_(random32() | 1),
      since_(now),
      heard_(now),
      dtls_(parts.dtls, offer.fingerprint),
      sequence_(static_cast<std::uint16_t>(random32() & 0x7fff)),  // RFC 3711, 3.3.1: the first wrap is far
      history_(kHistory) {
  parts_.stream.add(*this);
}

Viewer::~Viewer() { parts_.stream.remove(*this); }

bool Viewer::on_check(std::span<const std::uint8_t> datagram, const webrtc::stun::BindingRequest& request,
                      const Remote& from, SteadyTime now) {
  if (!webrtc::stun::integrity_holds(datagram, ice_password_)) return false;
  heard_ = now;
  // An IPv4 address that comes to an IPv6 socket is told as the browser knows it.
  std::array<std::uint8_t, 16> v6{};
  std::array<std::uint8_t, 4> v4{};
  std::span<const std::uint8_t> address;
  const asio::ip::address a = from.address();
  if (a.is_v4() || a.to_v6().is_v4_mapped()) {
    v4 = a.is_v4() ? a.to_v4().to_bytes() : asio::ip::make_address_v4(asio::ip::v4_mapped, a.to_v6()).to_bytes();
    address = v4;
  } else {
    v6 = a.to_v6().to_bytes();
    address = v6;
  }
  from.send(webrtc::stun::write_success(request.transaction, {address, from.port()}, ice_password_));
  // The browser is in control: what it nominates is the way, and before that the first.
  if (request.use_candidate || !remote_) remote_ = from;
  return true;
}

void Viewer::on_datagram(std::span<const std::uint8_t> datagram, const Remote& from, SteadyTime now) {
  if (datagram.empty()) return;
  const std::uint8_t first = datagram[0];
  if (first >= 20 && first <= 63) {  // DTLS, RFC 7983
    heard_ = now;
    if (!remote_) remote_ = from;
    const auto before = dtls_.state();
    const auto state = dtls_.receive(datagram);
    flush_handshake();
    if (before == webrtc::DtlsServer::State::handshaking && state == webrtc::DtlsServer::State::connected)
      start_playing();
    if (state == webrtc::DtlsServer::State::failed)
      log::info("viewer_failed", {{"path", path_}, {"viewer", id_}, {"reason", dtls_.failure()}});
    next_timeout_ = now + dtls_.timeout().value_or(std::chrono::hours(1));
  } else if (first >= 128 && first <= 191 && rtp::is_rtcp(datagram)) {
    on_rtcp(datagram, now);
  }
}

void Viewer::flush_handshake() {
  for (const auto& datagram : dtls_.take_outgoing())
    if (remote_) remote_->send(datagram);
}

void Viewer::start_playing() {
  const webrtc::SrtpKeys keys = dtls_.srtp_keys();
  protector_ = std::make_unique<webrtc::srtp::Protector>(keys.ours);
  unprotector_ = std::make_unique<webrtc::srtp::Unprotector>(keys.theirs);
  tag_size_ = webrtc::srtp::overhead(keys.ours.profile);
  offset_ = random32();
  send_group();
}

// The pictures since the last key frame, so close to each other that they are shown at
// once: the first picture is there without waiting for the next key frame.
void Viewer::send_group() {
  const auto& group = parts_.stream.group();
  if (group.empty()) {
    waits_for_keyframe_ = true;
    return;
  }
  // After pictures were sent already, time goes on from the last of them.
  const auto count = static_cast<std::uint32_t>(group.size());
  const std::uint32_t newest = group.back()->timestamp;
  const bool again = statistics_.frames > 0;
  std::uint32_t step = kBurstStep;
  if (again) {
    step = std::clamp<std::uint32_t>(2'000 / count, 1, kBurstStep);
    offset_ = last_timestamp_ + step * count - newest;
  }
  waits_for_keyframe_ = false;
  for (std::uint32_t i = 0; i < count; ++i)
    if (!send_frame(group[i], newest + offset_ - step * (count - 1 - i))) return;
}

void Viewer::on_frame(const FramePtr& frame) {
  if (!protector_ || !remote_ || gone_) return;
  if (waits_for_keyframe_ && !frame->keyframe) return;
  waits_for_keyframe_ = false;
  // A camera that began anew counts from anywhere: ours goes on.
  const auto ahead = static_cast<std::int32_t>(frame->timestamp + offset_ - last_timestamp_);
  if (statistics_.frames > 0 && (ahead <= 0 || ahead > 90'000 * 10)) {
    const auto passed = std::chrono::duration_cast<std::chrono::microseconds>(frame->arrived - last_sent_).count();
    const auto ticks = static_cast<std::uint32_t>(std::clamp<std::int64_t>(passed * 9 / 100, 90, 90'000 * 60));
    offset_ = last_timestamp_ + ticks - frame->timestamp;
  }
  send_frame(frame, frame->timestamp + offset_);
}

bool Viewer::send_frame(const FramePtr& frame, std::uint32_t timestamp) {
  thread_local Batch batch;
  batch.clear();
  const auto flush = [&] {
    const bool sent = batch.empty() || remote_->send(batch);
    batch.clear();
    return sent;
  };
  bool taken = true;
  for (std::uint32_t i = 0; i < frame->payloads.size() && taken; ++i) {
    Sent& packet = history_[sequence_ % kHistory];
    packet = {frame, i, timestamp, rollover_, sequence_, frame->keyframe && delay_extension_ != 0};
    if (!put(batch, packet)) taken = flush() && put(batch, packet);
    if (++sequence_ == 0) ++rollover_;
    ++statistics_.packets;
    statistics_.bytes += frame->payloads[i].wire_size();
  }
  taken = taken && flush();
  last_timestamp_ = timestamp;
  last_sent_ = frame->arrived;
  ++statistics_.frames;
  if (!taken) {
    ++statistics_.dropped;
    waits_for_keyframe_ = true;
  }
  return taken;
}

bool Viewer::put(Batch& batch, const Sent& packet) {
  const Frame::Payload& payload = packet.frame->payloads[packet.payload];
  std::array<std::uint8_t, kRtpHeader + kDelayExtension> header{};
  const bool marker = packet.payload + 1 == packet.frame->payloads.size();
  const std::size_t header_size = write_header(packet, marker, header);
  const std::span<std::uint8_t> place = batch.room(header_size + payload.wire_size() + tag_size_);
  if (place.empty()) return false;
  protector_->protect(std::span(header).first(header_size), std::span(payload.head).first(payload.head_size),
                      std::span(packet.frame->bytes).subspan(payload.begin, payload.size),
                      {packet.rollover, packet.sequence}, place);
  return true;
}

// With the playout delay of 0 to 0 ms in key frames: the browser is to hold nothing back.
std::size_t Viewer::write_header(const Sent& packet, bool marker, std::span<std::uint8_t> out) const {
  out[0] = packet.extended ? 0x90 : 0x80;
  out[1] = static_cast<std::uint8_t>((marker ? 0x80 : 0) | payload_type_);
  out[2] = static_cast<std::uint8_t>(packet.sequence >> 8);
  out[3] = static_cast<std::uint8_t>(packet.sequence);
  put32(&out[4], packet.timestamp);
  put32(&out[8], ssrc_);
  if (!packet.extended) return kRtpHeader;
  constexpr std::array<std::uint8_t, 4> kOneByteOneWord = {0xbe, 0xde, 0, 1};  // RFC 8285
  std::copy(kOneByteOneWord.begin(), kOneByteOneWord.end(), out.begin() + kRtpHeader);
  out[16] = static_cast<std::uint8_t>(delay_extension_ << 4 | 2);
  out[17] = out[18] = out[19] = 0;
  return kRtpHeader + kDelayExtension;
}

void Viewer::on_rtcp(std::span<const std::uint8_t> datagram, SteadyTime now) {
  if (!unprotector_) return;
  const auto plain = unprotector_->unprotect_rtcp(datagram);
  if (!plain) return;
  heard_ = now;
  const auto messages = rtp::rtcp::parse(*plain);
  if (!messages) return;
  for (const rtp::rtcp::Message& message : *messages) {
    if (const auto* nack = std::get_if<rtp::rtcp::Nack>(&message); nack != nullptr && nack->media_ssrc == ssrc_) {
      retransmit(nack->sequences);
    } else if (std::holds_alternative<rtp::rtcp::PictureLoss>(message) ||
               std::holds_alternative<rtp::rtcp::FullIntraRequest>(message)) {
      ++statistics_.keyframe_requests;
      if (now >= next_group_) {
        next_group_ = now + kGroupEvery;
        send_group();
      }
    } else if (const auto* block = std::get_if<rtp::rtcp::ReportBlock>(&message);
               block != nullptr && block->ssrc == ssrc_) {
      statistics_.lost_fraction = block->fraction_lost / 256.0;
      if (const auto trip = rtp::rtcp::round_trip(*block, ntp_now())) statistics_.round_trip = trip;
    }
  }
}

// The same packets under the same index: the same bytes as the first time.
void Viewer::retransmit(const std::vector<std::uint16_t>& sequences) {
  if (!remote_) return;
  Batch one;
  std::size_t sent = 0;
  for (const std::uint16_t sequence : sequences) {
    const Sent& packet = history_[sequence % kHistory];
    if (!packet.frame || packet.sequence != sequence || ++sent > kMaxRetransmitted) continue;
    one.clear();
    if (!put(one, packet) || !remote_->send(one)) return;
    ++statistics_.retransmitted;
  }
}

void Viewer::on_tick(SteadyTime now) {
  if (dtls_.state() == webrtc::DtlsServer::State::handshaking && dtls_.timeout() && now >= next_timeout_) {
    dtls_.on_timeout();
    flush_handshake();
    next_timeout_ = now + dtls_.timeout().value_or(std::chrono::hours(1));
  }
  if (protector_ && now >= next_report_) {
    next_report_ = now + kReportEvery;
    send_report(now);
  }
}

void Viewer::send_report(SteadyTime now) {
  if (!remote_ || statistics_.frames == 0) return;
  const auto passed = std::chrono::duration_cast<std::chrono::microseconds>(now - last_sent_).count();
  const rtp::rtcp::SenderReport report{.ssrc = ssrc_,
                                       .ntp = ntp_now(),
                                       .rtp_timestamp = last_timestamp_ + static_cast<std::uint32_t>(passed * 9 / 100),
                                       .packets = static_cast<std::uint32_t>(statistics_.packets),
                                       .bytes = static_cast<std::uint32_t>(statistics_.bytes)};
  remote_->send(protector_->protect_rtcp(rtp::rtcp::write(report, "pitview")));
}

void Viewer::say_goodbye() {
  if (gone_) return;
  gone_ = true;
  dtls_.close();
  flush_handshake();
  if (remote_) remote_->end();
}

bool Viewer::is_over(SteadyTime now) const noexcept {
  const auto state = dtls_.state();
  return gone_ || state == webrtc::DtlsServer::State::closed || state == webrtc::DtlsServer::State::failed ||
         now - heard_ > kConsent;
}

}  // namespace pitview::video
