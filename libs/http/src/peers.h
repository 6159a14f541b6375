// Who is at the other end: proxies to believe, the client behind them, limits by
// address, and whether a page may open a WebSocket here.
#pragma once

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pitview/async/asio.h"
#include "pitview/http/message.h"

namespace pitview::http {

class ProxyList {
 public:
  // Addresses or networks; std::invalid_argument names the one that is neither.
  explicit ProxyList(const std::vector<std::string>& texts);
  bool contains(const asio::ip::address& address) const;

 private:
  std::vector<asio::ip::network_v4> v4_;
  std::vector<asio::ip::network_v6> v6_;
};

// ::ffff:192.0.2.1 is 192.0.2.1.
asio::ip::address unmapped(const asio::ip::address& address);

// The nearest address of X-Forwarded-For that is not a trusted proxy itself;
// what stands left of it may be anything the client made up.
std::string client_address(const asio::ip::address& peer, const Request& request, const ProxyList& proxies);

// A request id that is safe to put into logs and headers.
bool is_sane_request_id(std::string_view id);

// RFC 6455 §10.2: no Origin (not a browser), the page's own host, or a listed one.
bool origin_allowed(const Request& request, const std::vector<std::string>& allowed);

// Open connections of each address; an IPv6 customer holds a whole /64. Thread-safe.
class AddressCounter {
 public:
  bool enter(const asio::ip::address& address, std::size_t limit);
  void leave(const asio::ip::address& address);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> open_;
};

}  // namespace pitview::http
