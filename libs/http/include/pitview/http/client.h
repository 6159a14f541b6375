// Requests to one HTTP/1.1 server that is ours as well, over one connection that is kept:
// to another process on this machine or in its network. No TLS, no redirects.
//
// All calls on the thread of `executor`.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

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

struct ClientAnswer {
  int status = 0;
  std::string body;
};

class Client {
 public:
  Client(asio::any_io_executor executor, ClientOptions options);
  ~Client();

  // One at a time. `body` is JSON; unavailable when the server cannot be reached, does
  // not answer in time or says what is no HTTP. An answer of any status is an answer.
  Awaitable<Result<ClientAnswer>> send(Method method, std::string target, std::string body = {});
  void close();

 private:
  struct Connection;
  Awaitable<ClientAnswer> exchange(Method method, const std::string& target, const std::string& body);

  asio::any_io_executor executor_;
  ClientOptions options_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace pitview::http
