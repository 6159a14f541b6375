#include "streams/stream_path.h"

namespace pitview::streams {

std::string stream_path(const crypto::Key256& data_key, WorkshopId workshop, PitId pit) {
  const std::string_view key(reinterpret_cast<const char*>(data_key.data()), data_key.size());
  const std::string what = "stream:" + std::to_string(workshop.value) + ":" + std::to_string(pit.value);
  const auto mac = crypto::hmac_sha256(key, what);
  return "pit-" + crypto::to_hex(std::span(mac).first(16));
}

}  // namespace pitview::streams
