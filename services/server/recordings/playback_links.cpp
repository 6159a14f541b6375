#include "recordings/playback_links.h"

#include "pitview/video/stream_token.h"

namespace pitview::recordings {

Playback PlaybackLinks::playback(const video::RecordedRange& range, const std::string& subject,
                                 const ReplayRight& right, const std::string& file) const {
  const Timestamp now = clock_.now();
  const std::string address = address_of(range);
  const std::string token = video::sign_stream_token(token_secret_, {address, subject, text_of(right)}, now);
  Playback playback{.from = range.from,
                    .to = range.to,
                    .hls_url = public_url_ + "/" + address + "/index.m3u8?token=" + token,
                    .expires_at = now + video::kStreamTokenLife};
  if (range.to - range.from <= video::kMaxClip)
    playback.mp4_url = public_url_ + "/" + address + "/clip.mp4?token=" + token + "&name=" + file;
  return playback;
}

}  // namespace pitview::recordings
