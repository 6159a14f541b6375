#include "device/mqtt_port.h"

#include "pitview/async/deadline.h"
#include "pitview/mqtt/client.h"

namespace pitview::sim {

// One connection. It outlives the port for as long as its coroutine runs; `port` is
// empty from the moment nobody wants to hear of it any more.
struct MqttPort::Attempt : std::enable_shared_from_this<MqttPort::Attempt> {
  Attempt(const asio::any_io_executor& executor, mqtt::ClientOptions options, MqttPort* owner)
      : port(owner),
        client(executor, std::move(options),
               {.on_message =
                    [this](const mqtt::Message& message) {
                      client.acknowledge(message.token);
                      if (port != nullptr && !port->network_.half_open)
                        port->add({fw::MqttEvent::Kind::message, 0, message.topic, message.payload});
                    },
                .on_connected =
                    [this](bool) {
                      if (port != nullptr) port->add({fw::MqttEvent::Kind::connected, 0, {}, {}});
                    },
                .on_disconnected = {}}) {}

  void run(const asio::any_io_executor& executor) {
    asio::co_spawn(executor, client.run(),
                   asio::bind_cancellation_slot(cancelled.slot(), [self = shared_from_this()](std::exception_ptr) {
                     if (self->on_end) self->on_end();
                     if (MqttPort* port = self->port) {
                       port->attempt_.reset();
                       port->add({fw::MqttEvent::Kind::disconnected, 0, {}, {}});
                     }
                   }));
  }

  MqttPort* port;
  mqtt::Client client;
  asio::cancellation_signal cancelled;
  std::function<void()> on_end;
};

MqttPort::MqttPort(asio::any_io_executor executor, const Network& network, VirtualClock& clock, std::string ca_file,
                   std::function<void()> wake)
    : executor_(std::move(executor)),
      network_(network),
      clock_(clock),
      ca_file_(std::move(ca_file)),
      wake_(std::move(wake)) {}

MqttPort::~MqttPort() {
  wake_ = [] {};
  break_connection();
}

bool MqttPort::connect(const fw::MqttSession& session) {
  if (attempt_ || network_.cut) return false;
  mqtt::ClientOptions options;
  options.host = session.host;
  options.port = session.port;
  if (session.tls) options.tls = mqtt::Tls{ca_file_, {}, {}, {}};
  options.client_id = session.client_id;
  options.username = session.username;
  options.password = session.password;
  options.clean_session = false;  // a command sent while it is away waits in the broker
  options.keep_alive_s = session.keep_alive_s;
  options.will =
      mqtt::Will{std::string(session.will_topic), std::string(session.will_payload), mqtt::QoS::at_least_once, true};
  for (const std::string_view topic : session.subscriptions)
    options.subscriptions.push_back({std::string(topic), mqtt::QoS::at_least_once});
  options.max_packet_bytes = 4'096;
  options.max_in_flight = 16;
  options.reconnect = false;
  half_open_since_.reset();
  attempt_ = std::make_shared<Attempt>(executor_, std::move(options), this);
  attempt_->run(executor_);
  return true;
}

void MqttPort::disconnect() { break_connection(); }

void MqttPort::break_connection() {
  if (!attempt_) return;
  const auto attempt = std::exchange(attempt_, nullptr);
  attempt->port = nullptr;
  attempt->cancelled.emit(asio::cancellation_type::terminal);
  add({fw::MqttEvent::Kind::disconnected, 0, {}, {}});
}

void MqttPort::leave(std::function<void()> done) {
  if (!attempt_) return asio::post(executor_, std::move(done));
  const auto attempt = std::exchange(attempt_, nullptr);
  attempt->port = nullptr;
  attempt->on_end = std::move(done);
  attempt->client.stop();
}

std::uint32_t MqttPort::publish(std::string_view topic, std::string_view payload, int qos, bool retain) {
  if (!attempt_ || !attempt_->client.connected()) return 0;
  const std::uint32_t id = ++last_id_ == 0 ? ++last_id_ : last_id_;
  if (network_.half_open) return id;  // into the void
  if (by_chance(network_.drop_percent)) {
    if (by_chance(50)) send(0, std::string(topic), std::string(payload), qos, retain);
    asio::post(executor_, [weak = std::weak_ptr(attempt_)] {
      if (const auto attempt = weak.lock(); attempt && attempt->port != nullptr) attempt->port->break_connection();
    });
    return id;
  }
  if (by_chance(network_.duplicate_percent)) send(0, std::string(topic), std::string(payload), qos, retain);
  send(id, std::string(topic), std::string(payload), qos, retain);
  return id;
}

// `id` 0: nobody waits for the PUBACK.
void MqttPort::send(std::uint32_t id, std::string topic, std::string payload, int qos, bool retain) {
  const auto work = [](std::shared_ptr<Attempt> attempt, std::chrono::milliseconds delay, std::uint32_t number,
                       std::string to, std::string text, mqtt::QoS quality, bool keep) -> Awaitable<> {
    if (delay.count() > 0) co_await sleep_for(delay);
    const Result<> sent = co_await attempt->client.publish(std::move(to), std::move(text), quality, keep);
    if (!sent || number == 0 || attempt->port == nullptr || attempt->port->network_.half_open) co_return;
    attempt->port->add({fw::MqttEvent::Kind::published, number, {}, {}});
  };
  asio::co_spawn(executor_,
                 work(attempt_, network_.delay, id, std::move(topic), std::move(payload),
                      qos == 0 ? mqtt::QoS::at_most_once : mqtt::QoS::at_least_once, retain),
                 [](std::exception_ptr) {});  // only a lost connection ends it early
}

bool MqttPort::next(fw::MqttEvent& event) {
  // A connection through which nothing passes is given up when the keep-alive notices.
  if (!network_.half_open) {
    half_open_since_.reset();
  } else if (attempt_) {
    if (!half_open_since_) half_open_since_ = clock_.uptime_ms();
    if (clock_.uptime_ms() - *half_open_since_ >= kHalfOpenMs) break_connection();
  }
  if (events_.empty()) return false;
  current_ = std::move(events_.front());
  events_.pop_front();
  event = {current_.kind, current_.id, current_.topic, current_.payload};
  return true;
}

void MqttPort::add(Event event) {
  events_.push_back(std::move(event));
  wake_();
}

bool MqttPort::by_chance(int percent) {
  return percent > 0 && std::uniform_int_distribution<int>(1, 100)(random_) <= percent;
}

}  // namespace pitview::sim
