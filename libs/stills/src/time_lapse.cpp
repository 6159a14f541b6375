#include "pitview/stills/time_lapse.h"

#include <algorithm>

#include "card.h"
#include "libav.h"

namespace pitview::stills {
namespace {

Error broken(const char* what) { return {Errc::validation_failed, std::string("The key frame ") + what, {}, 0}; }

int even(int value) { return std::max(2, value & ~1); }

}  // namespace

struct TimeLapse::Encoder {
  Context context;
  std::int64_t pictures = 0;

  // Into the shape of all, whatever the camera sends by now.
  Frame fitted(const AVFrame& from) const {
    Frame to(av_frame_alloc());
    if (!to) return nullptr;
    to->width = context->width;
    to->height = context->height;
    to->format = AV_PIX_FMT_YUV420P;
    if (av_frame_get_buffer(to.get(), 0) < 0) return nullptr;
    const Scaler scaler(sws_getContext(from.width, from.height, static_cast<AVPixelFormat>(from.format), to->width,
                                       to->height, AV_PIX_FMT_YUV420P, SWS_AREA, nullptr, nullptr, nullptr));
    if (!scaler) return nullptr;
    if (sws_scale(scaler.get(), from.data, from.linesize, 0, from.height, to->data, to->linesize) <= 0) return nullptr;
    return to;
  }

  Result<EncodedPicture> encode(AVFrame& frame) {
    const Error none{Errc::internal_error, "The picture cannot be encoded.", {}, 0};
    frame.pts = pictures++;
    const Packet packet(av_packet_alloc());
    if (!packet || avcodec_send_frame(context.get(), &frame) < 0) return none;
    if (avcodec_receive_packet(context.get(), packet.get()) < 0) return none;
    return EncodedPicture{{packet->data, packet->data + packet->size}, (packet->flags & AV_PKT_FLAG_KEY) != 0};
  }
};

TimeLapse::TimeLapse(std::unique_ptr<Encoder> encoder) : encoder_(std::move(encoder)) {}
TimeLapse::TimeLapse(TimeLapse&&) noexcept = default;
TimeLapse::~TimeLapse() = default;

Result<TimeLapse> TimeLapse::of(std::span<const h264::NalUnit> first) {
  av_log_set_level(AV_LOG_QUIET);
  const Frame picture = decode(first);
  if (!picture) return broken("cannot be decoded.");
  const double shrink = std::min(
      {1.0, static_cast<double>(kMaxWidth) / picture->width, static_cast<double>(kMaxHeight) / picture->height});
  auto encoder = std::make_unique<Encoder>();
  encoder->context = open_codec(avcodec_find_encoder_by_name("libx264"), [&](AVCodecContext& context) {
    context.width = even(static_cast<int>(picture->width * shrink));
    context.height = even(static_cast<int>(picture->height * shrink));
    context.pix_fmt = AV_PIX_FMT_YUV420P;
    context.time_base = {1, kGroup};  // players take the times of the file; for the encoder all are alike
    context.gop_size = kGroup;
    context.max_b_frames = 0;
    av_opt_set(context.priv_data, "preset", "veryfast", 0);
    av_opt_set(context.priv_data, "tune", "zerolatency", 0);  // a picture in, a picture out
    av_opt_set(context.priv_data, "crf", "23", 0);
    // Every group must begin where the file says that it does.
    av_opt_set(context.priv_data, "x264-params", "scenecut=0:sliced-threads=0", 0);
  });
  if (!encoder->context) return Error{Errc::internal_error, "There is no encoder of H.264 here.", {}, 0};
  return TimeLapse(std::move(encoder));
}

int TimeLapse::width() const noexcept { return encoder_->context->width; }
int TimeLapse::height() const noexcept { return encoder_->context->height; }

Result<EncodedPicture> TimeLapse::add(std::span<const h264::NalUnit> key_frame) {
  const Frame picture = decode(key_frame);
  const Frame fitted = picture ? encoder_->fitted(*picture) : nullptr;
  if (!fitted) return broken("cannot be decoded.");
  return encoder_->encode(*fitted);
}

Result<EncodedPicture> TimeLapse::add(const Card& card) {
  const Frame drawn = draw_card(card, width(), height());
  if (!drawn) return Error{Errc::internal_error, "The card cannot be drawn.", {}, 0};
  return encoder_->encode(*drawn);
}

}  // namespace pitview::stills
