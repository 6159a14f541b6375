// Which handler answers which path. Filled at start, then read by all threads.
//
//   Router router;
//   router.add(Method::get, "/api/pits/{id}/sensors/latest", [this](const Request& r) { return latest(r); });
//
// A literal segment wins over a parameter at the same place. HEAD is answered by
// GET, OPTIONS by the list of methods, a known path with another method by 405.
//
// A handler may not be a lambda that is itself a coroutine and captures: let it
// return the coroutine of a member function, as above.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pitview/async/asio.h"
#include "pitview/http/message.h"
#include "pitview/http/websocket.h"

namespace pitview::http {

// The Request lives until the coroutine has ended. An exception that leaves it
// is answered by 500 internal_error and logged with the request id.
using Handler = std::function<Awaitable<Response>(const Request&)>;
using WebSocketHandler = std::function<Awaitable<>(const Request&, WebSocket&)>;

struct RouteOptions {
  std::size_t body_limit = std::size_t{64} * 1024;              // bytes; more is 413 body_too_large
  std::chrono::milliseconds timeout{std::chrono::seconds(30)};  // of the handler; then cancelled and 503 unavailable
};

struct Route {
  Method method = Method::get;
  std::string pattern;
  std::vector<std::string> param_names;
  Handler handler;
  WebSocketHandler websocket;  // instead of `handler`
  RouteOptions options;
};

class Router {
 public:
  Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;
  ~Router();

  // `pattern`: "/api/jobs/{id}/status"; a parameter is a whole, not empty segment.
  // std::logic_error for a pattern that is none or is taken.
  void add(Method method, std::string pattern, Handler handler, RouteOptions options = {});
  void add_websocket(std::string pattern, WebSocketHandler handler);
  // Answers GET and HEAD of every path that no route knows: the static files.
  void set_fallback(Handler handler, RouteOptions options = {});

  struct Match {
    enum class Outcome : std::uint8_t { found, not_found, method_not_allowed, malformed_path };
    Outcome outcome = Outcome::not_found;
    const Route* route = nullptr;  // with found
    std::vector<Pair> params;
    std::string allow;  // of a known path without this method: "GET, HEAD, OPTIONS"
  };

  // `path` as sent. OPTIONS of a known path is method_not_allowed, with `allow`.
  Match find(Method method, std::string_view path) const;

 private:
  struct Node;
  Route& insert(Method method, std::string pattern, RouteOptions options);
  bool walk(const Node& node, std::string_view rest, Method method, Match& match) const;

  std::unique_ptr<Node> root_;
  std::unique_ptr<Route> fallback_;
};

}  // namespace pitview::http
