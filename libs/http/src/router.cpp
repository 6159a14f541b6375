#include "pitview/http/router.h"

#include <array>
#include <stdexcept>

#include "text.h"

namespace pitview::http {
namespace {

constexpr std::size_t kMethods = static_cast<std::size_t>(Method::other);

// As the Allow header lists them (RFC 9110 §10.2.1).
std::string allow_list(const auto& routes) {
  std::string allow;
  for (std::size_t i = 0; i < kMethods; ++i) {
    const auto method = static_cast<Method>(i);
    const bool head_by_get = method == Method::head && routes[static_cast<std::size_t>(Method::get)];
    if (!routes[i] && !head_by_get && method != Method::options) continue;
    if (!allow.empty()) allow.append(", ");
    allow.append(name_of(method));
  }
  return allow;
}

[[noreturn]] void refuse(const std::string& pattern, const char* why) {
  throw std::logic_error("route " + pattern + " " + why);
}

}  // namespace

struct Router::Node {
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;
  std::unique_ptr<Node> parameter;
  std::array<std::unique_ptr<Route>, kMethods> routes;  // what ends here
  bool is_end = false;
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;
Router::~Router() = default;

Route& Router::insert(Method method, std::string pattern, RouteOptions options) {
  if (!pattern.starts_with('/') || method == Method::other) refuse(pattern, "is no pattern");
  Node* node = root_.get();
  std::vector<std::string> names;
  for (std::string_view rest = std::string_view(pattern).substr(1);;) {
    const bool last = rest.find('/') == std::string_view::npos;
    const std::string_view segment = take_until(rest, '/');
    if (segment.starts_with('{')) {
      if (segment.size() < 3 || !segment.ends_with('}')) refuse(pattern, "has a parameter that is none");
      names.emplace_back(segment.substr(1, segment.size() - 2));
      if (!node->parameter) node->parameter = std::make_unique<Node>();
      node = node->parameter.get();
    } else {
      if (segment.find_first_of("{}%?") != std::string_view::npos) refuse(pattern, "is no pattern");
      auto child = node->literals.begin();
      while (child != node->literals.end() && child->first != segment) ++child;
      if (child == node->literals.end())
        child = node->literals.emplace(child, std::string(segment), std::make_unique<Node>());
      node = child->second.get();
    }
    if (last) break;
  }
  node->is_end = true;
  auto& slot = node->routes[static_cast<std::size_t>(method)];
  if (slot) refuse(pattern, "is there twice");
  slot = std::make_unique<Route>(Route{method, std::move(pattern), std::move(names), {}, {}, options});
  return *slot;
}

void Router::add(Method method, std::string pattern, Handler handler, RouteOptions options) {
  insert(method, std::move(pattern), options).handler = std::move(handler);
}

void Router::add_websocket(std::string pattern, WebSocketHandler handler) {
  insert(Method::get, std::move(pattern), {}).websocket = std::move(handler);
}

void Router::set_fallback(Handler handler, RouteOptions options) {
  fallback_ = std::make_unique<Route>(Route{Method::get, "", {}, std::move(handler), {}, options});
}

// `rest` is what follows the slash that leads to `node`'s children. True when
// the path is known, with or without this method.
bool Router::walk(const Node& node, std::string_view rest, Method method, Match& match) const {
  const bool last = rest.find('/') == std::string_view::npos;
  const std::string_view raw = take_until(rest, '/');
  std::string decoded;
  std::string_view segment = raw;
  if (raw.find('%') != std::string_view::npos) {
    percent_decode(raw, false, decoded);  // find() has checked it
    segment = decoded;
  }
  const auto arrive = [&](const Node& child) {
    if (!last) return walk(child, rest, method, match);
    if (!child.is_end) return false;
    const auto route_for = [&](Method wanted) { return child.routes[static_cast<std::size_t>(wanted)].get(); };
    const Route* route = method == Method::other ? nullptr : route_for(method);
    if (!route && method == Method::head) route = route_for(Method::get);
    match.outcome = route ? Match::Outcome::found : Match::Outcome::method_not_allowed;
    match.route = route;
    if (!route) match.allow = allow_list(child.routes);
    return true;
  };
  for (const auto& [literal, child] : node.literals)
    if (literal == segment && arrive(*child)) return true;
  if (!node.parameter || segment.empty()) return false;
  match.params.emplace_back(std::string(), std::string(segment));
  if (arrive(*node.parameter)) return true;
  match.params.pop_back();
  return false;
}

Router::Match Router::find(Method method, std::string_view path) const {
  Match match;
  if (!path.starts_with('/')) {
    match.outcome = Match::Outcome::malformed_path;
    return match;
  }
  if (path.find('%') != std::string_view::npos) {
    std::string decoded;
    if (!percent_decode(path, false, decoded)) {
      match.outcome = Match::Outcome::malformed_path;
      return match;
    }
  }
  if (walk(*root_, path.substr(1), method, match)) {
    if (match.route)
      for (std::size_t i = 0; i < match.params.size(); ++i) match.params[i].first = match.route->param_names[i];
    return match;
  }
  if (fallback_ && (method == Method::get || method == Method::head)) {
    match.outcome = Match::Outcome::found;
    match.route = fallback_.get();
  }
  return match;
}

}  // namespace pitview::http
