// FFmpeg's things, which free themselves.
#pragma once

#include <memory>
#include <span>

#include "pitview/h264/nal_unit.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

namespace pitview::stills {

struct FreeContext {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FreeFrame {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct FreePacket {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct FreeScaler {
  void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};
using Context = std::unique_ptr<AVCodecContext, FreeContext>;
using Frame = std::unique_ptr<AVFrame, FreeFrame>;
using Packet = std::unique_ptr<AVPacket, FreePacket>;
using Scaler = std::unique_ptr<SwsContext, FreeScaler>;

// Null: there is no such codec here, or it does not take this.
Context open_codec(const AVCodec* codec, const auto& set_up) {
  if (codec == nullptr) return nullptr;
  Context context(avcodec_alloc_context3(codec));
  if (!context) return nullptr;
  context->thread_count = 1;
  set_up(*context);
  if (avcodec_open2(context.get(), codec, nullptr) < 0) return nullptr;
  return context;
}

// A key frame with its parameter sets in front. Null: it cannot be decoded, or is larger than kMaxSide.
Frame decode(std::span<const h264::NalUnit> units);

}  // namespace pitview::stills
