#pragma once

#include "libav.h"
#include "pitview/stills/time_lapse.h"

namespace pitview::stills {

// The card as a picture of that size (even), 4:2:0, the range of video. Null: no memory.
Frame draw_card(const Card& card, int width, int height);

}  // namespace pitview::stills
