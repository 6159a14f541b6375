// One browser that watches one stream over WebRTC: ICE (lite), DTLS, SRTP, and the
// pictures. Never waits for anybody: what the kernel does not take is dropped and counted,
// and the next key frame mends it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pitview/rtp/rtcp.h"
#include "pitview/webrtc/dtls.h"
#include "pitview/webrtc/session_description.h"
#include "pitview/webrtc/stun.h"
#include "stream/stream.h"
#include "webrtc/remote.h"

namespace pitview::video {

// Who watches, for lists and for cutting.
struct Subject {
  std::string id;       // as the token says
  std::string session;  // of the server; its end is the end of watching
};

class Viewer final : public FrameSink {
 public:
  static constexpr std::size_t kHistory = 1'024;       // packets that can be sent once more: 2.5 s of 4 Mbit/s
  static constexpr std::chrono::seconds kConsent{30};  // RFC 7675

  struct Parts {
    Stream& stream;
    webrtc::DtlsContext& dtls;
  };
  Viewer(Parts parts, std::string path, Subject subject, const webrtc::Offer& offer, webrtc::H264Format format,
         SteadyTime now);
  ~Viewer() override;
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;

  const std::string& id() const noexcept { return id_; }  // in its address under /whep/
  const std::string& path() const noexcept { return path_; }
  const Subject& subject() const noexcept { return subject_; }
  const std::string& ice_ufrag() const noexcept { return ice_ufrag_; }
  const std::string& ice_password() const noexcept { return ice_password_; }
  std::uint32_t ssrc() const noexcept { return ssrc_; }

  // Another of the offered formats, before anything was sent.
  void use(const webrtc::H264Format& format) noexcept { payload_type_ = format.payload_type; }

  // A connectivity check that names our user name. Answers it; true: from now on
  // `from` is known to be this viewer.
  bool on_check(std::span<const std::uint8_t> datagram, const webrtc::stun::BindingRequest& request, const Remote& from,
                SteadyTime now);
  // Anything else from where this viewer is known to be.
  void on_datagram(std::span<const std::uint8_t> datagram, const Remote& from, SteadyTime now);
  void on_frame(const FramePtr& frame) override;
  // Every 50 ms: handshake timers, sender reports.
  void on_tick(SteadyTime now);
  void say_goodbye();

  // The pictures have begun to come in another order than they are shown.
  bool shows_nothing() const noexcept { return parts_.stream.reorders(); }

  // It is over: said goodbye, failed, or was not heard of for kConsent.
  bool is_over(SteadyTime now) const noexcept;

  struct Statistics {
    std::uint64_t frames = 0;
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;  // of payload
    std::uint64_t retransmitted = 0;
    std::uint64_t dropped = 0;  // frames that the kernel had no room for
    std::uint64_t keyframe_requests = 0;
    double lost_fraction = 0;  // 0 to 1, as the browser said last
    std::optional<std::chrono::microseconds> round_trip;
  };
  const Statistics& statistics() const noexcept { return statistics_; }
  bool is_playing() const noexcept { return protector_ != nullptr; }
  // "udp" or "tcp"; "" before it was heard of.
  std::string_view transport() const noexcept { return !remote_ ? "" : remote_->is_tcp() ? "tcp" : "udp"; }
  SteadyTime since() const noexcept { return since_; }

 private:
  struct Sent {
    FramePtr frame;  // null: never sent
    std::uint32_t payload = 0;
    std::uint32_t timestamp = 0;
    std::uint32_t rollover = 0;
    std::uint16_t sequence = 0;
    bool extended = false;
  };

  void flush_handshake();
  void start_playing();
  void send_group();
  bool send_frame(const FramePtr& frame, std::uint32_t timestamp);
  bool put(Batch& batch, const Sent& packet);
  std::size_t write_header(const Sent& packet, bool marker, std::span<std::uint8_t> out) const;
  void on_rtcp(std::span<const std::uint8_t> datagram, SteadyTime now);
  void retransmit(const std::vector<std::uint16_t>& sequences);
  void send_report(SteadyTime now);

  Parts parts_;
  std::string id_;
  std::string path_;
  Subject subject_;
  std::string ice_ufrag_;
  std::string ice_password_;
  std::uint8_t payload_type_ = 0;
  std::uint8_t delay_extension_ = 0;  // 0: the browser knows none
  std::uint32_t ssrc_ = 0;
  SteadyTime since_;
  SteadyTime heard_;
  std::optional<Remote> remote_;
  webrtc::DtlsServer dtls_;
  SteadyTime next_timeout_{};
  std::unique_ptr<webrtc::srtp::Protector> protector_;
  std::unique_ptr<webrtc::srtp::Unprotector> unprotector_;
  std::size_t tag_size_ = 0;

  bool waits_for_keyframe_ = true;
  std::uint32_t offset_ = 0;          // from the camera's timestamps to ours
  std::uint32_t last_timestamp_ = 0;  // ours, the newest that was sent
  SteadyTime last_sent_{};
  std::uint32_t rollover_ = 0;
  std::uint16_t sequence_ = 0;
  std::vector<Sent> history_;
  SteadyTime next_report_{};
  SteadyTime next_group_{};
  bool gone_ = false;
  Statistics statistics_;
};

// NTP time of now, for reports.
rtp::rtcp::NtpTime ntp_now();

}  // namespace pitview::video
