// Which addresses are of the internet, and which of this machine, its network or nobody.
#pragma once

#include <sys/socket.h>

#include "pitview/web_push/subscription.h"

namespace pitview::web_push {

// `address` of the family that it says it is. Anything that is no IP: false.
bool may_connect(const sockaddr& address, Reach reach) noexcept;

bool is_loopback(const sockaddr& address) noexcept;

}  // namespace pitview::web_push
