#include "live_client.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <stdexcept>

#include "message.h"
#include "pitview/async/asio.h"

namespace pitview::bench {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

using std::chrono::steady_clock;

struct LiveClient::Connection {
  asio::io_context context{1};
  websocket::stream<asio::ip::tcp::socket, false> stream{context};

  Awaitable<> read_all(LiveClient& client);
};

LiveClient::LiveClient(const Stack& stack, std::string ticket, Arrivals& arrivals)
    : arrivals_(arrivals),
      server_(stack.http),
      ticket_(std::move(ticket)),
      connection_(std::make_unique<Connection>()) {
  for (const Device& device : stack.devices)
    device_by_pit_.emplace(device.pit_id, static_cast<std::int64_t>(device_by_pit_.size()));
}

LiveClient::~LiveClient() { stop(); }

void LiveClient::start() {
  thread_ = std::thread([this] { serve(); });
  const auto deadline = steady_clock::now() + std::chrono::seconds(10);
  while (!has_snapshot_.load()) {
    if (steady_clock::now() > deadline) throw std::runtime_error("no snapshot came over the WebSocket");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void LiveClient::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  asio::post(connection_->context, [this] {
    error_code ignored;
    beast::get_lowest_layer(connection_->stream).close(ignored);
  });
  thread_.join();
}

void LiveClient::serve() {
  asio::co_spawn(connection_->context, connection_->read_all(*this), [this](const std::exception_ptr& thrown) {
    if (stopping_) return;
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      const auto& reason = connection_->stream.reason();
      lost_ = reason ? "closed with " + std::to_string(reason.code) + " " + reason.reason.c_str() : e.what();
    }
  });
  connection_->context.run();
}

Awaitable<> LiveClient::Connection::read_all(LiveClient& client) {
  const auto& server = client.server_;
  auto& socket = beast::get_lowest_layer(stream);
  co_await socket.async_connect({asio::ip::make_address(server.host), server.port}, asio::use_awaitable);
  socket.set_option(asio::ip::tcp::no_delay(true));
  stream.set_option(websocket::stream_base::timeout::suggested(beast::role_type::client));
  stream.read_message_max(std::size_t{4} * 1024 * 1024);
  co_await stream.async_handshake(server.host + ":" + std::to_string(server.port), "/ws?ticket=" + client.ticket_,
                                  asio::use_awaitable);
  beast::flat_buffer buffer;
  while (true) {
    co_await stream.async_read(buffer, asio::use_awaitable);
    client.on_frame({static_cast<const char*>(buffer.data().data()), buffer.size()});
    buffer.clear();
  }
}

void LiveClient::on_frame(std::string_view text) {
  const auto now = steady_clock::now();
  const auto document = json::Document::parse(text);
  if (!document) return;
  const auto event = document->root().find("event");
  if (!event || event->kind() != json::Kind::string) return;
  if (event->as_string() == "snapshot") has_snapshot_.store(true);
  const auto data = document->root().find("data");
  if (event->as_string() != "sensor_update" || !data) return;
  const auto pit = data->find("pit_id");
  const auto device = device_by_pit_.find(pit && pit->kind() == json::Kind::number ? pit->as_int64().value_or(0) : 0);
  if (device == device_by_pit_.end()) return;
  if (const auto ordinal = ordinal_in(*data))
    arrivals_.note(*ordinal * static_cast<std::int64_t>(device_by_pit_.size()) + device->second, now);
}

}  // namespace pitview::bench
