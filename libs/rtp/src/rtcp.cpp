#include "pitview/rtp/rtcp.h"

#include <string_view>

#include "wire.h"

namespace pitview::rtp::rtcp {
namespace {

enum Type : std::uint8_t {
  kSenderReport = 200,
  kReceiverReport = 201,
  kSourceDescription = 202,
  kBye = 203,
  kTransportFeedback = 205,
  kPayloadFeedback = 206,
};
constexpr unsigned kGenericNack = 1;
constexpr unsigned kPictureLoss = 1;
constexpr unsigned kFullIntra = 4;
constexpr std::size_t kReportBlock = 24;

ReportBlock read_block(Bytes in, std::size_t at) {
  std::uint32_t lost = wire::u32(in, at + 4) & 0x00ff'ffff;
  if ((lost & 0x0080'0000) != 0) lost |= 0xff00'0000;  // 24 bits with sign
  return {.ssrc = wire::u32(in, at),
          .fraction_lost = in[at + 4],
          .cumulative_lost = static_cast<std::int32_t>(lost),
          .highest_sequence = wire::u32(in, at + 8),
          .jitter = wire::u32(in, at + 12),
          .last_sender_report = wire::u32(in, at + 16),
          .delay_since_last = wire::u32(in, at + 20)};
}

// `body`: behind the first four bytes of a report.
void read_report(Type type, unsigned count, Bytes body, std::vector<Message>& out) {
  std::size_t at = type == kSenderReport ? 24 : 4;
  if (body.size() < at) return;
  if (type == kSenderReport)
    out.emplace_back(SenderReport{.ssrc = wire::u32(body, 0),
                                  .ntp = {wire::u32(body, 4), wire::u32(body, 8)},
                                  .rtp_timestamp = wire::u32(body, 12),
                                  .packets = wire::u32(body, 16),
                                  .bytes = wire::u32(body, 20)});
  for (unsigned i = 0; i < count && at + kReportBlock <= body.size(); ++i, at += kReportBlock)
    out.emplace_back(read_block(body, at));
}

Nack read_nack(Bytes body) {
  Nack nack{.media_ssrc = wire::u32(body, 4), .sequences = {}};
  for (std::size_t at = 8; at + 4 <= body.size(); at += 4) {
    const std::uint16_t first = wire::u16(body, at);
    const std::uint16_t following = wire::u16(body, at + 2);
    nack.sequences.push_back(first);
    for (unsigned bit = 0; bit < 16; ++bit)
      if ((following >> bit & 1) != 0) nack.sequences.push_back(static_cast<std::uint16_t>(first + bit + 1));
  }
  return nack;
}

void read_feedback(Type type, unsigned format, Bytes body, std::vector<Message>& out) {
  if (body.size() < 8) return;
  if (type == kTransportFeedback && format == kGenericNack) out.emplace_back(read_nack(body));
  if (type == kPayloadFeedback && format == kPictureLoss) out.emplace_back(PictureLoss{wire::u32(body, 4)});
  if (type == kPayloadFeedback && format == kFullIntra)
    for (std::size_t at = 8; at + 8 <= body.size(); at += 8)
      out.emplace_back(FullIntraRequest{wire::u32(body, at), body[at + 4]});
}

void begin(std::vector<std::uint8_t>& out, unsigned count, std::uint8_t type, std::size_t words_behind) {
  out.push_back(static_cast<std::uint8_t>(0x80 | count));
  out.push_back(type);
  wire::put_u16(out, static_cast<std::uint16_t>(words_behind));
}

void put_block(std::vector<std::uint8_t>& out, const ReportBlock& block) {
  wire::put_u32(out, block.ssrc);
  wire::put_u32(out, std::uint32_t{block.fraction_lost} << 24 |
                         (static_cast<std::uint32_t>(block.cumulative_lost) & 0x00ff'ffff));
  for (const std::uint32_t word :
       {block.highest_sequence, block.jitter, block.last_sender_report, block.delay_since_last})
    wire::put_u32(out, word);
}

}  // namespace

std::optional<std::vector<Message>> parse(Bytes datagram) {
  std::vector<Message> messages;
  while (!datagram.empty()) {
    if (datagram.size() < 4 || datagram[0] >> 6 != 2) return std::nullopt;
    const std::size_t size = 4 * (1 + std::size_t{wire::u16(datagram, 2)});
    if (size > datagram.size()) return std::nullopt;
    const auto type = static_cast<Type>(datagram[1]);
    const unsigned count = datagram[0] & 0x1fU;
    std::size_t padding = 0;
    if ((datagram[0] & 0x20) != 0) {
      padding = datagram[size - 1];
      if (padding == 0 || padding > size - 4) return std::nullopt;
    }
    const Bytes body = datagram.subspan(4, size - 4 - padding);
    if (type == kSenderReport || type == kReceiverReport) read_report(type, count, body, messages);
    if (type == kTransportFeedback || type == kPayloadFeedback) read_feedback(type, count, body, messages);
    if (type == kBye && count > 0 && body.size() >= 4) messages.emplace_back(Bye{wire::u32(body, 0)});
    datagram = datagram.subspan(size);
  }
  return messages;
}

std::vector<std::uint8_t> write(const SenderReport& report, std::string_view cname) {
  std::vector<std::uint8_t> out;
  begin(out, 0, kSenderReport, 6);
  for (const std::uint32_t word :
       {report.ssrc, report.ntp.seconds, report.ntp.fraction, report.rtp_timestamp, report.packets, report.bytes})
    wire::put_u32(out, word);
  // One chunk: SSRC, item CNAME, and zeros to the next word, at least one.
  const std::size_t item = 2 + cname.size();
  const std::size_t padded = (item / 4 + 1) * 4;
  begin(out, 1, kSourceDescription, 1 + padded / 4);
  wire::put_u32(out, report.ssrc);
  out.push_back(1);
  out.push_back(static_cast<std::uint8_t>(cname.size()));
  out.insert(out.end(), cname.begin(), cname.end());
  out.insert(out.end(), padded - item, 0);
  return out;
}

std::vector<std::uint8_t> write_receiver_report(std::uint32_t own_ssrc, const std::optional<ReportBlock>& block) {
  std::vector<std::uint8_t> out;
  begin(out, block ? 1 : 0, kReceiverReport, block ? 7 : 1);
  wire::put_u32(out, own_ssrc);
  if (block) put_block(out, *block);
  return out;
}

std::vector<std::uint8_t> write_picture_loss(std::uint32_t own_ssrc, std::uint32_t media_ssrc) {
  std::vector<std::uint8_t> out;
  begin(out, kPictureLoss, kPayloadFeedback, 2);
  wire::put_u32(out, own_ssrc);
  wire::put_u32(out, media_ssrc);
  return out;
}

std::optional<std::chrono::microseconds> round_trip(const ReportBlock& block, NtpTime now) noexcept {
  if (block.last_sender_report == 0) return std::nullopt;
  const std::uint32_t elapsed = now.middle() - block.last_sender_report - block.delay_since_last;
  // A minute is no round trip: the far end's delay is made up, or the numbers wrapped.
  if (elapsed > 60U << 16) return std::nullopt;
  return std::chrono::microseconds(std::uint64_t{elapsed} * 1'000'000 / 65'536);
}

}  // namespace pitview::rtp::rtcp
