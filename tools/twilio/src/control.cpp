#include "control.h"

#include <map>
#include <optional>

#include "pitview/json/read.h"
#include "pitview/json/write.h"

namespace pitview::messaging {

struct WireBehaviour {
  std::optional<std::int32_t> hang;
  std::optional<std::int32_t> rate_limit;
  std::optional<std::int32_t> retry_after_s;
  std::optional<std::int32_t> fail;
  std::optional<std::int32_t> fail_status;
  std::optional<std::vector<std::string>> opted_out;
  std::optional<std::map<std::string, std::string>> invalid;
  std::optional<std::map<std::string, std::string>> undelivered;
  std::optional<std::map<std::string, std::string>> whatsapp_invalid;
  std::optional<std::map<std::string, std::string>> whatsapp_undelivered;
  std::optional<std::vector<std::string>> sessions;
};
BOOST_DESCRIBE_STRUCT(WireBehaviour, (),
                      (hang, rate_limit, retry_after_s, fail, fail_status, opted_out, invalid, undelivered,
                       whatsapp_invalid, whatsapp_undelivered, sessions))

struct WireInbound {
  std::string url;
  std::string from;
  std::string to;
  std::string body;
  std::optional<std::string> opt_out_type;
};
BOOST_DESCRIBE_STRUCT(WireInbound, (), (url, from, to, body, opt_out_type))

BOOST_DESCRIBE_STRUCT(AcceptedMessage, (),
                      (sid, to, from, messaging_service_sid, body, content_sid, content_variables, status_callback,
                       status, error_code))

Result<Behaviour> read_behaviour(std::string_view json) {
  const auto wire = json::read<WireBehaviour>(json);
  if (!wire) return wire.error();
  const Behaviour usual;
  return Behaviour{.hang = wire->hang.value_or(usual.hang),
                   .rate_limit = wire->rate_limit.value_or(usual.rate_limit),
                   .retry_after_s = wire->retry_after_s.value_or(usual.retry_after_s),
                   .fail = wire->fail.value_or(usual.fail),
                   .fail_status = wire->fail_status.value_or(usual.fail_status),
                   .opted_out = wire->opted_out.value_or(usual.opted_out),
                   .invalid = wire->invalid.value_or(usual.invalid),
                   .undelivered = wire->undelivered.value_or(usual.undelivered),
                   .whatsapp_invalid = wire->whatsapp_invalid.value_or(usual.whatsapp_invalid),
                   .whatsapp_undelivered = wire->whatsapp_undelivered.value_or(usual.whatsapp_undelivered),
                   .sessions = wire->sessions.value_or(usual.sessions)};
}

Result<InboundOrder> read_inbound(std::string_view json) {
  const auto wire = json::read<WireInbound>(json);
  if (!wire) return wire.error();
  return InboundOrder{.url = wire->url,
                      .from = wire->from,
                      .to = wire->to,
                      .body = wire->body,
                      .opt_out_type = wire->opt_out_type.value_or("")};
}

std::string messages_json(const std::vector<AcceptedMessage>& messages) { return json::write(messages); }

}  // namespace pitview::messaging
