#include "streams/stream_path.h"

namespace pitview::streams {
namespace {

std::string name_of(const crypto::Key256& data_key, const std::string& what) {
  const std::string_view key(reinterpret_cast<const char*>(data_key.data()), data_key.size());
  const auto mac = crypto::hmac_sha256(key, what);
  return crypto::to_hex(std::span(mac).first(16));
}

}  // namespace

std::string stream_path(const crypto::Key256& data_key, WorkshopId workshop, PitId pit) {
  return "pit-" + name_of(data_key, "stream:" + std::to_string(workshop.value) + ":" + std::to_string(pit.value));
}

std::string recordings_name(const crypto::Key256& data_key, WorkshopId workshop) {
  return "shop-" + name_of(data_key, "recordings:" + std::to_string(workshop.value));
}

std::string clip_path(const crypto::Key256& data_key, WorkshopId workshop, std::int64_t clip) {
  return "clip-" + name_of(data_key, "clip:" + std::to_string(workshop.value) + ":" + std::to_string(clip));
}

}  // namespace pitview::streams
