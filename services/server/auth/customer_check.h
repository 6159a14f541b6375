// Whether a customer still has something to see: asked when the password was right.
#pragma once

#include "pitview/async/asio.h"
#include "pitview/base/strong_id.h"

namespace pitview::auth {

class CustomerCheck {
 public:
  virtual ~CustomerCheck() = default;
  virtual Awaitable<bool> has_access(WorkshopId workshop, UserId customer) = 0;
};

}  // namespace pitview::auth
