#include "pitview/http/server.h"

#include <stdexcept>

#include "pitview/async/deadline.h"
#include "pitview/base/log.h"
#include "shard.h"

namespace pitview::http {

struct Server::Impl {
  Impl(Runtime& runtime, Options options, Router router)
      : shared(std::move(options), std::move(router)),
        acceptor(runtime.context(0)),
        accepting(runtime.context(0).get_executor()) {
    for (std::size_t i = 0; i < runtime.size(); ++i)
      shards.push_back(std::make_unique<Shard>(runtime.context(i), shared));
  }

  void listen();
  Awaitable<> accept_loop();
  Awaitable<> stop_accepting();

  Shared shared;
  asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type> acceptor;
  TaskGroup accepting;
  std::vector<std::unique_ptr<Shard>> shards;
  std::uint16_t port = 0;
  bool running = false;
};

void Server::Impl::listen() {
  const std::string port_text = "port " + std::to_string(shared.options.port);
  const std::string where = port_text + " on " + shared.options.address;
  error_code ec;
  const auto address = asio::ip::make_address(shared.options.address, ec);
  if (ec) throw std::invalid_argument("\"" + shared.options.address + "\" is not an IP address to listen on");
  const asio::ip::tcp::endpoint endpoint(address, shared.options.port);
  const auto check = [&] {
    if (!ec) return;
    acceptor.close();
    if (ec == asio::error::address_in_use) throw std::runtime_error(where + " is taken");
    if (ec == asio::error::access_denied) throw std::runtime_error(where + " may not be opened by this user");
    if (ec == boost::system::errc::address_not_available)
      throw std::runtime_error("this machine has no address " + shared.options.address);
    throw std::runtime_error(where + " cannot be opened: " + ec.message());
  };
  acceptor.open(endpoint.protocol(), ec);
  check();
  acceptor.set_option(asio::socket_base::reuse_address(true), ec);  // a restart need not wait for TIME_WAIT
  check();
  acceptor.bind(endpoint, ec);
  check();
  acceptor.listen(asio::socket_base::max_listen_connections, ec);
  check();
  port = acceptor.local_endpoint().port();
}

Awaitable<> Server::Impl::accept_loop() {
  for (std::size_t turn = 0;; ++turn) {
    Shard& shard = *shards[turn % shards.size()];
    error_code ec;
    Socket socket = co_await acceptor.async_accept(shard.context(), asio::redirect_error(asio::use_awaitable, ec));
    if (ec == asio::error::operation_aborted || !acceptor.is_open()) co_return;
    if (ec) {
      // Out of descriptors, most likely: some will be free again.
      log::warning("accept_failed", {{"reason", ec.message()}});
      co_await sleep_for(std::chrono::milliseconds(200));
      continue;
    }
    asio::post(shard.context(), [&shard, s = std::move(socket)]() mutable { shard.adopt(std::move(s)); });
  }
}

Awaitable<> Server::Impl::stop_accepting() {
  error_code ignored;
  acceptor.close(ignored);
  accepting.cancel();
  co_await accepting.join();
}

Server::Server(Runtime& runtime, Options options, Router router)
    : impl_(std::make_unique<Impl>(runtime, std::move(options), std::move(router))) {}

Server::~Server() = default;

void Server::start() {
  impl_->listen();
  impl_->running = true;
  for (const auto& shard : impl_->shards) asio::post(shard->context(), [s = shard.get()] { s->start(); });
  impl_->accepting.spawn("http_accept", impl_->accept_loop());
  log::info("http_listening", {{"address", impl_->shared.options.address}, {"port", impl_->port}});
}

std::uint16_t Server::port() const noexcept { return impl_->port; }

Awaitable<> Server::stop(std::chrono::milliseconds deadline) {
  if (!impl_->running) co_return;
  impl_->running = false;
  const auto until = std::chrono::steady_clock::now() + deadline;
  co_await asio::co_spawn(impl_->acceptor.get_executor(), impl_->stop_accepting(), asio::use_awaitable);
  for (const auto& shard : impl_->shards) asio::post(shard->context(), [s = shard.get()] { s->begin_stop(); });
  for (const auto& shard : impl_->shards)
    co_await asio::co_spawn(shard->context(), shard->finish(until), asio::use_awaitable);
}

std::size_t Server::connections() const noexcept { return impl_->shared.connections.load(); }
std::size_t Server::websockets() const noexcept { return impl_->shared.websockets.load(); }
std::uint64_t Server::connections_refused() const noexcept { return impl_->shared.refused.load(); }

}  // namespace pitview::http
