#include "shard.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "pitview/async/deadline.h"
#include "pitview/base/crypto.h"
#include "pitview/base/log.h"
#include "response_head.h"

namespace pitview::http {
namespace {

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  std::memcpy(&seed, crypto::random_bytes(sizeof seed).data(), sizeof seed);
  return seed;
}

// Often enough that no limit is overrun by more than a quarter.
std::chrono::milliseconds watch_interval(const Options& options) {
  const auto shortest = std::min({options.header_timeout, options.body_timeout, options.idle_timeout,
                                  options.write_timeout, options.websocket.close_timeout});
  return std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(250));
}

}  // namespace

Shard::Shard(asio::io_context& context, Shared& shared)
    : context_(context),
      shared_(shared),
      state_{{}, std::mt19937_64(random_seed())},
      tasks_(context.get_executor()),
      emptied_(context, asio::steady_timer::time_point::max()) {
  update_date();
}

Shard::~Shard() { assert(connections_.empty() && "Server::stop() before its destruction"); }

void Shard::start() { tasks_.spawn("http_watch", watch()); }

void Shard::adopt(Socket socket) {
  error_code ec;
  const auto endpoint = socket.remote_endpoint(ec);
  if (ec || stopping_) return;
  socket.set_option(asio::ip::tcp::no_delay(true), ec);

  const asio::ip::address peer = unmapped(endpoint.address());
  const Options& options = shared_.options;
  const std::size_t open = shared_.connections.fetch_add(1) + 1;
  // Those that are told 503 are few at a time; beyond that the door stays shut.
  if (open > options.max_connections + 64) {
    --shared_.connections;
    ++shared_.refused;
    return;
  }
  const bool counted = !shared_.proxies.contains(peer);
  const bool entered = !counted || shared_.addresses.enter(peer, options.max_connections_per_address);
  const bool refused = open > options.max_connections || !entered;
  if (refused) ++shared_.refused;

  const Entry entry = connections_.insert(
      connections_.end(), std::make_unique<Connection>(std::move(socket), peer, refused, shared_, state_));
  asio::co_spawn(
      context_, (*entry)->run(),
      asio::bind_cancellation_slot((*entry)->cancelled.slot(),
                                   [this, entry, peer, leave = counted && entered](const std::exception_ptr& e) {
                                     try {
                                       if (e) std::rethrow_exception(e);
                                     } catch (const std::exception& failure) {
                                       log::error("connection_failed", {{"reason", failure.what()}});
                                     }
                                     if (leave) shared_.addresses.leave(peer);
                                     --shared_.connections;
                                     connections_.erase(entry);
                                     if (connections_.empty()) emptied_.cancel();
                                   }));
}

template <class F>
void Shard::for_each(F&& f) {
  // A connection may end inside `f` and leave the list.
  for (Entry entry = connections_.begin(); entry != connections_.end();) f(**entry++);
}

Awaitable<> Shard::watch() {
  const std::chrono::milliseconds interval = watch_interval(shared_.options);
  while (true) {
    co_await sleep_for(interval);
    update_date();
    const auto now = std::chrono::steady_clock::now();
    for_each([now](Connection& connection) { connection.enforce_deadline(now); });
  }
}

void Shard::update_date() { state_.date = http_date(std::chrono::system_clock::now()); }

void Shard::begin_stop() {
  stopping_ = true;
  for_each([](Connection& connection) { connection.begin_stop(); });
}

Awaitable<> Shard::wait_until_empty(std::chrono::steady_clock::time_point until) {
  emptied_.expires_at(until);
  while (!connections_.empty() && std::chrono::steady_clock::now() < until) {
    error_code ignored;
    co_await emptied_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

Awaitable<> Shard::finish(std::chrono::steady_clock::time_point until) {
  co_await wait_until_empty(until);
  if (!connections_.empty()) {
    log::warning("http_cut_off", {{"connections", connections_.size()}});
    for_each([](Connection& connection) { connection.abort(); });
    co_await wait_until_empty(asio::steady_timer::time_point::max());
  }
  tasks_.cancel();
  co_await tasks_.join();
}

}  // namespace pitview::http
