// The control endpoints' JSON (README.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pitview/base/result.h"
#include "stand_in.h"

namespace pitview::messaging {

struct InboundOrder {
  std::string url;  // the webhook
  std::string from;
  std::string to;
  std::string body;
  std::string opt_out_type;
};

// What is left out is as it was in the beginning.
Result<Behaviour> read_behaviour(std::string_view json);
Result<InboundOrder> read_inbound(std::string_view json);
std::string messages_json(const std::vector<AcceptedMessage>& messages);

}  // namespace pitview::messaging
