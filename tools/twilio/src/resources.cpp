#include "resources.h"

#include "pitview/base/json_text.h"
#include "pitview/messaging/sms_segments.h"

namespace pitview::messaging {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string or_null(const std::string& text) { return text.empty() ? "null" : quoted(text); }

}  // namespace

http::Response message_resource(const AcceptedMessage& message, const std::string& account_sid) {
  const bool by_service = !message.messaging_service_sid.empty();
  const std::string uri = "/2010-04-01/Accounts/" + account_sid + "/Messages/" + message.sid;
  // A service chooses the sender later, and does not know the segments before.
  const std::string segments = by_service ? "0" : std::to_string(sms_segments(message.body).segments);
  return http::Response::json(
      201,
      "{\"account_sid\":" + quoted(account_sid) + ",\"api_version\":\"2010-04-01\",\"body\":" + quoted(message.body) +
          ",\"date_created\":\"Fri, 20 Feb 2026 22:30:00 +0000\",\"date_sent\":null,"
          "\"date_updated\":\"Fri, 20 Feb 2026 22:30:00 +0000\",\"direction\":\"outbound-api\","
          "\"error_code\":null,\"error_message\":null,\"from\":" +
          or_null(message.from) + ",\"messaging_service_sid\":" + or_null(message.messaging_service_sid) +
          ",\"num_media\":\"0\",\"num_segments\":\"" + segments +
          "\",\"price\":null,\"price_unit\":null,\"sid\":" + quoted(message.sid) + ",\"status\":\"" +
          (by_service ? "accepted" : "queued") + "\",\"subresource_uris\":{\"media\":" + quoted(uri + "/Media.json") +
          "},\"to\":" + quoted(message.to) + ",\"uri\":" + quoted(uri + ".json") + "}");
}

http::Response error_resource(const Fault& fault) {
  const std::string code = std::to_string(fault.code);
  return http::Response::json(fault.status, "{\"code\":" + code + ",\"message\":" + quoted(fault.message) +
                                                ",\"more_info\":\"https://www.twilio.com/docs/errors/" + code +
                                                "\",\"status\":" + std::to_string(fault.status) + "}");
}

}  // namespace pitview::messaging
