#include <vector>

#include "libav.h"
#include "pitview/stills/still.h"

namespace pitview::stills {
namespace {

// Annex B, with the padding that the decoder reads beyond the end.
std::vector<std::uint8_t> stream_of(std::span<const h264::NalUnit> units) {
  std::vector<std::uint8_t> stream;
  for (const h264::NalUnit unit : units) {
    stream.insert(stream.end(), {0, 0, 0, 1});
    stream.insert(stream.end(), unit.begin(), unit.end());
  }
  stream.resize(stream.size() + AV_INPUT_BUFFER_PADDING_SIZE);
  return stream;
}

}  // namespace

Frame decode(std::span<const h264::NalUnit> units) {
  const Context decoder = open_codec(avcodec_find_decoder(AV_CODEC_ID_H264), [](AVCodecContext& context) {
    context.max_pixels = static_cast<std::int64_t>(kMaxSide) * kMaxSide;
    context.flags |= AV_CODEC_FLAG_LOW_DELAY;
  });
  std::vector<std::uint8_t> stream = stream_of(units);
  const Packet packet(av_packet_alloc());
  Frame frame(av_frame_alloc());
  if (!decoder || !packet || !frame) return nullptr;
  packet->data = stream.data();
  packet->size = static_cast<int>(stream.size() - AV_INPUT_BUFFER_PADDING_SIZE);
  if (avcodec_send_packet(decoder.get(), packet.get()) < 0) return nullptr;
  avcodec_send_packet(decoder.get(), nullptr);  // there is no more: give what there is
  if (avcodec_receive_frame(decoder.get(), frame.get()) < 0) return nullptr;
  if ((frame->flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame->decode_error_flags != 0) return nullptr;
  if (frame->width < 16 || frame->height < 16 || frame->width > kMaxSide || frame->height > kMaxSide) return nullptr;
  return frame;
}

}  // namespace pitview::stills
