#include "peers.h"

#include <algorithm>
#include <stdexcept>

#include "pitview/http/message.h"
#include "text.h"

namespace pitview::http {
namespace {

std::string key_of(const asio::ip::address& address) {
  if (!address.is_v6()) return address.to_string();
  return asio::ip::network_v6(address.to_v6(), 64).canonical().to_string();
}

template <class Network, class Address>
bool holds(const std::vector<Network>& networks, const Address& address) {
  return std::any_of(networks.begin(), networks.end(), [&](const Network& network) {
    return Network(address, network.prefix_length()).canonical() == network;
  });
}

}  // namespace

std::string client_key(std::string_view address) {
  error_code ec;
  const auto parsed = asio::ip::make_address(std::string(address), ec);
  return ec ? std::string(address) : key_of(parsed);
}

ProxyList::ProxyList(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    const bool is_v6 = text.find(':') != std::string::npos;
    const std::string network = text.find('/') != std::string::npos ? text : text + (is_v6 ? "/128" : "/32");
    error_code ec;
    if (is_v6)
      v6_.push_back(asio::ip::make_network_v6(network, ec).canonical());
    else
      v4_.push_back(asio::ip::make_network_v4(network, ec).canonical());
    if (ec) throw std::invalid_argument("\"" + text + "\" is neither an address nor a network");
  }
}

bool ProxyList::contains(const asio::ip::address& address) const {
  return address.is_v4() ? holds(v4_, address.to_v4()) : holds(v6_, address.to_v6());
}

asio::ip::address unmapped(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  return address;
}

std::string client_address(const asio::ip::address& peer, const Request& request, const ProxyList& proxies) {
  asio::ip::address client = peer;
  for (auto header = request.headers.rbegin(); header != request.headers.rend(); ++header) {
    if (!equal_ignoring_case(header->first, "X-Forwarded-For")) continue;
    for (std::string_view rest = header->second; !rest.empty();) {
      const auto comma = rest.rfind(',');
      const std::string_view hop = trimmed(comma == std::string_view::npos ? rest : rest.substr(comma + 1));
      rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(0, comma);
      if (!proxies.contains(client)) return client.to_string();
      error_code ec;
      const asio::ip::address address = asio::ip::make_address(std::string(hop), ec);
      if (ec) return client.to_string();
      client = unmapped(address);
    }
  }
  return client.to_string();
}

bool is_sane_request_id(std::string_view id) {
  return id.size() >= 8 && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                  c == '.';
         });
}

bool origin_allowed(const Request& request, const std::vector<std::string>& allowed) {
  const std::string_view origin = request.header("Origin");
  if (origin.empty()) return true;
  const auto listed = [&](const std::string& one) { return equal_ignoring_case(one, origin); };
  if (std::any_of(allowed.begin(), allowed.end(), listed)) return true;
  const auto scheme_end = origin.find("://");
  if (scheme_end == std::string_view::npos) return false;  // "null"
  return equal_ignoring_case(origin.substr(scheme_end + 3), request.header("Host"));
}

bool AddressCounter::enter(const asio::ip::address& address, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::size_t& count = open_[key_of(address)];
  if (count >= limit) return false;
  ++count;
  return true;
}

void AddressCounter::leave(const asio::ip::address& address) {
  const std::lock_guard lock(mutex_);
  const auto entry = open_.find(key_of(address));
  if (entry != open_.end() && --entry->second == 0) open_.erase(entry);
}

}  // namespace pitview::http
