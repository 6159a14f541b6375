// Requests to one HTTP/1.1 server, over one connection that is kept: to another process
// of ours on this machine or in its network, or to a device there. No TLS, no redirects.
//
// All calls on the thread of `executor`.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pitview/async/asio.h"
#include "pitview/base/result.h"
#include "pitview/http/message.h"

namespace pitview::http {

struct ClientOptions {
  std::string host;  // an IP address or a name
  std::uint16_t port = 0;
  std::string authorization;                                   // of every request; "": none
  std::chrono::milliseconds timeout{std::chrono::seconds(5)};  // of a request, connecting included
  std::size_t body_limit = std::size_t{8} << 20;               // bytes of an answer
};

// "http://127.0.0.1:18889"; std::invalid_argument for anything else.
ClientOptions client_options_of(const std::string& base_url);

struct ClientRequest {
  Method method = Method::get;
  std::string target;
  std::string body = {};
  std::string content_type = "application/json";  // of the body
  std::string authorization = {};                 // "": that of the options
};

struct ClientAnswer {
  int status = 0;
  std::string body;
  std::vector<std::string> challenges = {};  // each WWW-Authenticate, as it came
};

// Why there was no answer.
enum class ClientFault : std::uint8_t { none, unreachable, late, too_long, no_http };

class Client {
 public:
  Client(asio::any_io_executor executor, ClientOptions options);
  ~Client();

  // One at a time. `body` is JSON; unavailable when the server cannot be reached, does
  // not answer in time or says what is no HTTP. An answer of any status is an answer.
  Awaitable<Result<ClientAnswer>> send(Method method, std::string target, std::string body = {});
  Awaitable<Result<ClientAnswer>> send(ClientRequest request);
  // Of the last send, for callers that have words of their own for it.
  ClientFault fault() const noexcept { return fault_; }
  void close();

 private:
  struct Connection;
  Awaitable<ClientAnswer> exchange(const ClientRequest& asked);

  asio::any_io_executor executor_;
  ClientOptions options_;
  std::unique_ptr<Connection> connection_;
  ClientFault fault_ = ClientFault::none;
};

}  // namespace pitview::http
