#include "support.h"

#include <random>
#include <stdexcept>

#include "pitview/async/deadline.h"

namespace pitview::mqtt::test {

void run(std::function<Awaitable<>(asio::any_io_executor)> body) {
  asio::io_context context(1);
  bool ended = false;
  asio::co_spawn(context, with_deadline(std::chrono::seconds(20), body(context.get_executor())),
                 [&ended](std::exception_ptr failure, bool in_time) {
                   ended = true;
                   try {
                     if (failure) std::rethrow_exception(failure);
                     EXPECT_TRUE(in_time) << "the test hung";
                   } catch (const std::exception& e) {
                     ADD_FAILURE() << e.what();
                   }
                 });
  context.run();
  EXPECT_TRUE(ended);
}

std::string unique(const std::string& prefix) {
  static std::random_device random;
  return prefix + "-" + std::to_string(random());
}

std::uint16_t free_port() {
  // Below the ephemeral range, so that no outgoing connection takes it meanwhile.
  static std::minstd_rand random(std::random_device{}());
  asio::io_context context;
  for (;;) {
    const auto port = static_cast<std::uint16_t>(20'000 + random() % 12'000);
    asio::ip::tcp::acceptor acceptor(context);
    error_code taken;
    acceptor.open(asio::ip::tcp::v4());
    acceptor.bind({asio::ip::address_v4::loopback(), port}, taken);
    if (!taken) return port;
  }
}

Session::Session(asio::any_io_executor executor, ClientOptions options)
    : messages(executor),
      connected(executor),
      disconnected(executor),
      client(executor, std::move(options),
             {.on_message = [this](Message message) { messages.add(std::move(message)); },
              .on_connected = [this](bool present) { connected.add(present); },
              .on_disconnected = [this](const std::string& reason) { disconnected.add(reason); }}),
      tasks_(executor) {
  tasks_.spawn("client", client.run());
}

Awaitable<> Session::stop() {
  client.stop();
  co_await tasks_.join();
}

Awaitable<> Session::drop() {
  tasks_.cancel();
  co_await tasks_.join();
}

Awaitable<Message> Session::next_message() { return messages.next(); }
Awaitable<bool> Session::next_connected() { return connected.next(); }

}  // namespace pitview::mqtt::test
