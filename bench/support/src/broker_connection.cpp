#include "broker_connection.h"

#include <cstring>
#include <stdexcept>

namespace pitview::bench {
namespace {

template <class T>
void must(const Result<T>& result) {
  if (!result) throw std::runtime_error("MQTT: " + result.error().detail);
}

}  // namespace

BrokerConnection::BrokerConnection(asio::io_context& context, Options options, OnMessage on_message)
    : socket_(context),
      wake_writer_(context, asio::steady_timer::time_point::max()),
      options_(std::move(options)),
      on_message_(std::move(on_message)),
      input_(options_.read_bytes) {}

Awaitable<> BrokerConnection::connect() {
  co_await socket_.async_connect({asio::ip::make_address(options_.broker.host), options_.broker.port},
                                 asio::use_awaitable);
  socket_.set_option(asio::ip::tcp::no_delay(true));
  std::string bytes;
  must(mqtt::encode(mqtt::packet::Connect{.client_id = options_.client_id,
                                          .username = options_.username,
                                          .password = options_.password,
                                          .clean_session = true},
                    bytes));
  if (!options_.subscription.empty())
    must(mqtt::encode(
        mqtt::packet::Subscribe{.packet_id = 65'535,
                                .topics = {{.filter = options_.subscription, .qos = mqtt::QoS::at_least_once}}},
        bytes));
  co_await asio::async_write(socket_, asio::buffer(bytes), asio::use_awaitable);
  while (!accepted_ || (!options_.subscription.empty() && !subscribed_)) {
    filled_ += co_await socket_.async_read_some(asio::buffer(input_) + filled_, asio::use_awaitable);
    consume();
  }
}

Awaitable<> BrokerConnection::run() {
  using asio::experimental::awaitable_operators::operator||;
  try {
    co_await (read_loop() || write_loop());
  } catch (const boost::system::system_error&) {
    if (!closing_) throw;
  }
}

void BrokerConnection::close() {
  closing_ = true;
  error_code ignored;
  socket_.close(ignored);
  wake_writer_.cancel();
}

void BrokerConnection::publish(std::string_view topic, std::string_view payload) {
  if (unconfirmed() >= kMostUnconfirmed) throw std::logic_error("too many messages without PUBACK");
  const auto packet_id = static_cast<std::uint16_t>(published_ % kMostUnconfirmed + 1);
  must(mqtt::encode(
      mqtt::packet::Publish{
          .topic = topic, .payload = payload, .qos = mqtt::QoS::at_least_once, .packet_id = packet_id},
      output_));
  ++published_;
  wake_writer_.cancel();
}

Awaitable<> BrokerConnection::read_loop() {
  while (true) {
    filled_ += co_await socket_.async_read_some(asio::buffer(input_) + filled_, asio::use_awaitable);
    consume();
  }
}

Awaitable<> BrokerConnection::write_loop() {
  while (true) {
    if (output_.empty()) {
      error_code woken;
      co_await wake_writer_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
      if (closing_ || (co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
        co_return;
      continue;
    }
    std::swap(output_, being_written_);
    co_await asio::async_write(socket_, asio::buffer(being_written_), asio::use_awaitable);
    being_written_.clear();
  }
}

void BrokerConnection::consume() {
  std::size_t begin = 0;
  while (true) {
    const auto decoded = mqtt::decode(std::span(input_).subspan(begin, filled_ - begin));
    must(decoded);
    if (!*decoded) break;
    take((*decoded)->packet);
    begin += (*decoded)->consumed;
  }
  std::memmove(input_.data(), input_.data() + begin, filled_ - begin);
  filled_ -= begin;
  if (filled_ == input_.size()) input_.resize(2 * input_.size());
}

void BrokerConnection::take(const mqtt::Packet& packet) {
  if (const auto* connack = std::get_if<mqtt::packet::Connack>(&packet)) {
    if (connack->return_code != 0)
      throw std::runtime_error("the broker refused: " + std::string(mqtt::refusal(connack->return_code)));
    accepted_ = true;
  } else if (const auto* suback = std::get_if<mqtt::packet::Suback>(&packet)) {
    if (suback->return_codes.at(0) == mqtt::packet::kSubscriptionRefused)
      throw std::runtime_error("the broker refused the subscription to " + options_.subscription);
    subscribed_ = true;
  } else if (std::holds_alternative<mqtt::packet::Puback>(packet)) {
    ++confirmed_;
  } else if (const auto* publish = std::get_if<mqtt::packet::Publish>(&packet)) {
    on_message_(*publish);
    if (publish->qos == mqtt::QoS::at_least_once) {
      mqtt::encode(mqtt::packet::Puback{publish->packet_id}, output_);
      wake_writer_.cancel();
    }
  }
}

}  // namespace pitview::bench
