// RTCP (RFC 3550, section 6): the sender reports of a camera, and what browsers say
// of what they receive (RFC 4585 NACK and PLI, RFC 5104 FIR).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "pitview/rtp/packet.h"

namespace pitview::rtp::rtcp {

// Seconds since 1900 in 32.32 bits (RFC 5905).
struct NtpTime {
  std::uint32_t seconds = 0;
  std::uint32_t fraction = 0;
  // The middle 32 bits, as report blocks carry it.
  std::uint32_t middle() const noexcept { return seconds << 16 | fraction >> 16; }
};

struct SenderReport {
  std::uint32_t ssrc = 0;
  NtpTime ntp;
  std::uint32_t rtp_timestamp = 0;
  std::uint32_t packets = 0;
  std::uint32_t bytes = 0;
};

struct ReportBlock {
  std::uint32_t ssrc = 0;            // of the source that is judged
  std::uint8_t fraction_lost = 0;    // of 256, since the last report
  std::int32_t cumulative_lost = 0;  // 24 bits, signed
  std::uint32_t highest_sequence = 0;
  std::uint32_t jitter = 0;              // of the media clock
  std::uint32_t last_sender_report = 0;  // NtpTime::middle(); 0: none yet
  std::uint32_t delay_since_last = 0;    // 1/65,536 s
};

struct Nack {
  std::uint32_t media_ssrc = 0;
  std::vector<std::uint16_t> sequences;
};
struct PictureLoss {
  std::uint32_t media_ssrc = 0;
};
struct FullIntraRequest {
  std::uint32_t media_ssrc = 0;
  std::uint8_t sequence = 0;
};
struct Bye {
  std::uint32_t ssrc = 0;
};

using Message = std::variant<SenderReport, ReportBlock, Nack, PictureLoss, FullIntraRequest, Bye>;

// The messages of a compound packet that are known here, in their order; what is
// not known is passed over. Empty when the packet's lengths lie: nothing of it is
// believed. One NACK names at most 17 packets per entry of its list.
std::optional<std::vector<Message>> parse(Bytes datagram);

// A compound packet: the report and the canonical name (SDES), as RFC 3550, 6.1
// wants them together. Precondition: cname.size() <= 255.
std::vector<std::uint8_t> write(const SenderReport& report, std::string_view cname);
// The receiver's side, towards a camera. `block`: what was received, if anything was.
std::vector<std::uint8_t> write_receiver_report(std::uint32_t own_ssrc, const std::optional<ReportBlock>& block);
std::vector<std::uint8_t> write_picture_loss(std::uint32_t own_ssrc, std::uint32_t media_ssrc);

// Round trip of a report block that arrived at `now` (RFC 3550, 6.4.1); empty when
// it answers no sender report or the clocks disagree.
std::optional<std::chrono::microseconds> round_trip(const ReportBlock& block, NtpTime now) noexcept;

}  // namespace pitview::rtp::rtcp
