#include "cameras_isapi/isapi_client.h"

#include <algorithm>

namespace pitview::cameras_isapi {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPatience{6'000};  // with one answer: a camera that changes its encoder takes some seconds
constexpr const char* kXml = "application/xml";

Error conflict(std::string sentence) { return {Errc::conflict, std::move(sentence), {}, 0}; }
Error away(std::string sentence) { return {Errc::unavailable, std::move(sentence), {}, 0}; }

Error no_answer(http::ClientFault fault, std::uint16_t port) {
  const std::string where = "the camera's HTTP port " + std::to_string(port);
  switch (fault) {
    case http::ClientFault::late: return away("The camera does not answer in time.");
    case http::ClientFault::too_long:
      return away("What answers at " + where + " sends more than a camera's settings are.");
    case http::ClientFault::no_http: return away("What answers at " + where + " does not speak HTTP.");
    default:
      return away("Nothing answers at " + where +
                  ". Check the camera's power, its cable, the IP address, and whether HTTP is switched on in it.");
  }
}

Error may_not() {
  return conflict(
      "The camera does not let this user change its settings. Use one with the rights of an administrator.");
}

// What its answer says beyond the status; "" when it is no ResponseStatus.
struct ResponseStatus {
  std::string code;      // 1: OK, 7: restart the camera
  std::string sub_code;  // notSupport, lowPrivilege, badXmlContent, …
};

std::optional<ResponseStatus> response_status(const std::string& body) {
  const auto values = XmlValues::read(body);
  if (!values || values->root() != "ResponseStatus") return std::nullopt;
  return ResponseStatus{std::string(values->find("statusCode").value_or("")),
                        std::string(values->find("subStatusCode").value_or(""))};
}

// A 403 is about the user, except where the camera says that it cannot.
bool is_about_rights(int status, const std::optional<ResponseStatus>& said) {
  if (status != 403) return false;
  return !said || said->sub_code.empty() || said->sub_code.find("rivilege") != std::string::npos;
}

Error refusal(const http::ClientAnswer& answer) {
  const auto said = response_status(answer.body);
  if (is_about_rights(answer.status, said)) return may_not();
  if (answer.status >= 300 && answer.status <= 399)
    return conflict("The camera leads elsewhere, probably to HTTPS. Switch HTTP on in the camera, with digest.");
  if (answer.status == 404 || (said && said->sub_code == "notSupport"))
    return {Errc::not_found, "The camera has no such settings.", {}, 0};
  const std::string status = std::to_string(answer.status);
  if (answer.status >= 500) return away("The camera answers with an error of its own (" + status + "). Restart it.");
  return conflict("The camera refuses to show its settings (" + status + ").");
}

}  // namespace

std::optional<Said> said_of(int status, const std::string& body) {
  const auto said = response_status(body);
  if (is_about_rights(status, said)) return std::nullopt;
  if (said && said->code == "1") return Said::yes;
  if (said && said->code == "7") return Said::after_restart;
  if (said || (status >= 400 && status <= 499)) return Said::no;
  return Said::nothing;
}

Awaitable<Result<XmlValues>> IsapiClient::read(std::string target) {
  auto answer = co_await ask({.target = std::move(target)});
  if (!answer) co_return answer.error();
  if (answer->status != 200) co_return refusal(*answer);
  auto values = XmlValues::read(std::move(answer->body));
  if (!values || values->root() != "StreamingChannel")
    co_return conflict("What the camera answers are no settings of a stream. It may be no Hikvision.");
  co_return std::move(*values);
}

Awaitable<Result<Said>> IsapiClient::write(std::string target, std::string document) {
  const auto answer = co_await ask(
      {.method = http::Method::put, .target = std::move(target), .body = std::move(document), .content_type = kXml});
  // It may have arrived all the same; reading it again will tell.
  if (!answer && answer.error().code == Errc::unavailable) co_return Said::nothing;
  if (!answer) co_return answer.error();
  const auto said = said_of(answer->status, answer->body);
  if (!said) co_return may_not();
  co_return *said;
}

// The first 401 brings the challenge. A nonce may be too old at any later request: once more
// with the new one, and not a third time, for a camera locks out who fails too often.
Awaitable<Result<http::ClientAnswer>> IsapiClient::ask(http::ClientRequest request) {
  bool repeated = false;
  for (;;) {
    request.authorization = login_.authorize(name_of(request.method), request.target).value_or("");
    auto answer = co_await exchange(request);
    if (!answer) co_return answer.error();
    if (answer->status != 401) {
      login_.accepted();
      co_return std::move(*answer);
    }
    const bool answered = !request.authorization.empty();
    if ((answered && repeated) || !login_.take(answer->challenges)) {
      if (address_.username.empty())
        co_return conflict("The camera asks for a user name and a password. They belong into its address.");
      if (answered) co_return conflict("The camera refuses the user name or the password.");
      co_return conflict("The camera offers no digest that is known here. Set its web authentication to digest.");
    }
    repeated = answered;
  }
}

Awaitable<Result<http::ClientAnswer>> IsapiClient::exchange(http::ClientRequest request) {
  const auto left = std::chrono::duration_cast<milliseconds>(deadline_ - std::chrono::steady_clock::now());
  if (left <= milliseconds::zero()) co_return no_answer(http::ClientFault::late, address_.port);
  http::ClientOptions options;
  options.host = address_.ip;
  options.port = address_.port;
  options.timeout = std::min(kPatience, left);
  options.body_limit = kMaxDocument;
  http::Client client(executor_, std::move(options));
  auto answer = co_await client.send(std::move(request));
  if (!answer) co_return no_answer(client.fault(), address_.port);
  co_return std::move(*answer);
}

}  // namespace pitview::cameras_isapi
