// The gateway's name for a pit. It says nothing and cannot be guessed (decision D19), and it
// is the same after every restart of either side.
#pragma once

#include <string>

#include "pitview/base/crypto.h"
#include "pitview/base/strong_id.h"

namespace pitview::streams {

// "pit-" and 128 bits in hexadecimal: HMAC-SHA-256 of workshop and pit, cut.
std::string stream_path(const crypto::Key256& data_key, WorkshopId workshop, PitId pit);

// The gateway's name for a workshop's recordings: "shop-" and 128 bits, made the same way.
std::string recordings_name(const crypto::Key256& data_key, WorkshopId workshop);

// Its name for a clip: "clip-" and 128 bits.
std::string clip_path(const crypto::Key256& data_key, WorkshopId workshop, std::int64_t clip);

}  // namespace pitview::streams
