#include "broker/link.h"

#include "pitview/async/deadline.h"

namespace pitview::broker {
namespace {

constexpr std::chrono::seconds kGoodbyeLimit{2};

mqtt::ClientOptions bounded(mqtt::ClientOptions options) {
  options.max_packet_bytes = 64 * 1024;
  return options;
}

}  // namespace

Link::Link(asio::any_io_executor executor, mqtt::ClientOptions options)
    : executor_(executor),
      client_(executor, bounded(std::move(options)),
              {.on_message = [this](mqtt::Message message) { on_message(std::move(message)); },
               .on_connected =
                   [this](bool session_present) {
                     log::info("broker_connected", {{"session_present", session_present}});
                     handlers_.on_connected();
                   },
               .on_disconnected =
                   [](const std::string& reason) { log::warning("broker_disconnected", {{"reason", reason}}); }}),
      task_(executor) {}

void Link::start(Handlers handlers) {
  handlers_ = std::move(handlers);
  task_.spawn("mqtt", client_.run());
}

Awaitable<> Link::stop() {
  client_.stop();
  co_await with_deadline(kGoodbyeLimit, task_.join());
  task_.cancel();
  co_await task_.join();
}

void Link::on_message(mqtt::Message message) {
  if (message.topic != kControlAnswers) return handlers_.on_message(std::move(message));
  client_.acknowledge(message.token);  // a question that is not answered is asked again
  handlers_.on_control_answer(message.payload);
}

}  // namespace pitview::broker
