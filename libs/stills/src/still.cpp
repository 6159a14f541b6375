#include "pitview/stills/still.h"

#include <algorithm>

#include "libav.h"

namespace pitview::stills {
namespace {

constexpr int kQuality = 4;  // of 2 (best) to 31

Error broken(const char* what) { return {Errc::validation_failed, std::string("The key frame ") + what, {}, 0}; }

int even(int value) { return std::max(2, value & ~1); }

Frame scaled(const AVFrame& from, int max_width) {
  Frame to(av_frame_alloc());
  if (!to) return nullptr;
  to->width = even(std::min(from.width, std::clamp(max_width, 16, kMaxSide)));
  to->height = even(static_cast<int>(static_cast<std::int64_t>(from.height) * to->width / from.width));
  to->format = AV_PIX_FMT_YUVJ420P;
  to->color_range = AVCOL_RANGE_JPEG;
  if (av_frame_get_buffer(to.get(), 0) < 0) return nullptr;
  const Scaler scaler(sws_getContext(from.width, from.height, static_cast<AVPixelFormat>(from.format), to->width,
                                     to->height, AV_PIX_FMT_YUV420P, SWS_AREA, nullptr, nullptr, nullptr));
  if (!scaler) return nullptr;
  // From what the camera says (usually 16 to 235) to the whole range, as JPEG has it.
  const int* table = sws_getCoefficients(SWS_CS_DEFAULT);
  const int from_range = from.color_range == AVCOL_RANGE_JPEG ? 1 : 0;
  sws_setColorspaceDetails(scaler.get(), table, from_range, table, 1, 0, 1 << 16, 1 << 16);
  if (sws_scale(scaler.get(), from.data, from.linesize, 0, from.height, to->data, to->linesize) <= 0) return nullptr;
  return to;
}

std::string encode(AVFrame& frame) {
  const Context encoder = open_codec(avcodec_find_encoder(AV_CODEC_ID_MJPEG), [&](AVCodecContext& context) {
    context.width = frame.width;
    context.height = frame.height;
    context.pix_fmt = AV_PIX_FMT_YUVJ420P;
    context.color_range = AVCOL_RANGE_JPEG;
    context.time_base = {1, 1};
    context.flags |= AV_CODEC_FLAG_QSCALE;
    context.global_quality = FF_QP2LAMBDA * kQuality;
  });
  const Packet packet(av_packet_alloc());
  if (!encoder || !packet) return {};
  frame.quality = FF_QP2LAMBDA * kQuality;
  if (avcodec_send_frame(encoder.get(), &frame) < 0) return {};
  if (avcodec_receive_packet(encoder.get(), packet.get()) < 0) return {};
  return {reinterpret_cast<const char*>(packet->data), static_cast<std::size_t>(packet->size)};
}

}  // namespace

Result<std::string> jpeg_of(std::span<const h264::NalUnit> units, int max_width) {
  av_log_set_level(AV_LOG_QUIET);  // what cameras send wrong is no news
  if (units.empty()) return broken("is empty.");
  const Frame picture = decode(units);
  if (!picture) return broken("cannot be decoded.");
  const Frame still = scaled(*picture, max_width);
  std::string jpeg = still ? encode(*still) : std::string();
  if (jpeg.empty()) return broken("cannot be made a JPEG.");
  return jpeg;
}

}  // namespace pitview::stills
