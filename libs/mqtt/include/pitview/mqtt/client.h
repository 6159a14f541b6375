// One MQTT 3.1.1 session with a broker, kept up for as long as run() runs:
// connects, subscribes, receives, publishes, and connects again after a loss.
//
// Made for a receiver that must not lose a message: a QoS 1 message is
// acknowledged when the application says so (acknowledge(), after the database
// has committed), not when it arrives. What is not acknowledged when the
// connection is lost comes again if the session is persistent.
//
//   mqtt::Client client(executor, options, {.on_message = ..., .on_connected = ...});
//   tasks.spawn("mqtt", client.run());
//   Result<> sent = co_await client.publish(topic, payload, mqtt::QoS::at_least_once);
//
// Threads: everything, callbacks included, on the single thread of `executor`.
// Lifetime: the client outlives run(); publish() calls still waiting when it is
// destroyed end with `unavailable`.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "pitview/async/asio.h"
#include "pitview/base/log.h"
#include "pitview/base/result.h"
#include "pitview/mqtt/codec.h"
#include "pitview/mqtt/tls.h"

namespace pitview::mqtt {

class Transport;

struct Will {
  std::string topic;
  std::string payload;
  QoS qos = QoS::at_most_once;
  bool retain = false;
};

struct Subscription {
  std::string filter;
  QoS qos = QoS::at_least_once;
};

struct ClientOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 1883;
  std::optional<Tls> tls;  // none: the bytes are readable for everybody on the way
  std::string client_id;
  std::string username;  // empty: the broker lets anyone in
  std::string password;  // never logged
  bool clean_session = true;
  std::uint16_t keep_alive_s = 30;  // 0: no pings, a dead peer is not noticed
  std::optional<Will> will;
  std::vector<Subscription> subscriptions;

  // Bounds. An incoming message beyond the first one is acknowledged, counted
  // and thrown away; an outgoing one is refused with body_too_large. While more than
  // max_write_queue_bytes wait to be sent, nothing is read: a broker that does not
  // take our PUBACKs gets no new ones.
  std::size_t max_packet_bytes = kDefaultMaxPacketBytes;
  std::size_t max_in_flight = 64;  // QoS 1 publishes without their PUBACK, 1 to 65534
  std::size_t max_write_queue_bytes = 1'048'576;

  std::chrono::milliseconds handshake_limit{10'000};   // TCP; TLS; CONNACK and SUBACK together: each
  std::chrono::milliseconds publish_limit{10'000};     // from publish() to PUBACK
  std::chrono::milliseconds first_back_off{1'000};     // doubles up to the longest; the wait is
  std::chrono::milliseconds longest_back_off{30'000};  // random below that ("full jitter")
  bool reconnect = true;                               // false: run() ends with the connection
};

// Names one received message of one connection. Default: a message that needs
// no acknowledgement.
struct AckToken {
  std::uint64_t connection = 0;
  std::uint64_t sequence = 0;
};

enum class AckOrder : std::uint8_t { in_order, at_once };

struct Message {
  std::string topic;
  std::string payload;
  QoS qos = QoS::at_most_once;
  bool retain = false;     // the broker's stored message, not a live one
  bool duplicate = false;  // the broker has tried before
  AckToken token;
};

struct Handlers {
  // Every QoS 1 message is to be acknowledged sooner or later, rejected ones
  // too. May be called before on_connected: a persistent session's messages
  // need no new subscription. An exception ends the
  // connection, so that the broker delivers the message again.
  std::function<void(Message)> on_message;
  // The broker has accepted every subscription.
  std::function<void(bool session_present)> on_connected;
  // After on_connected only. `reason` is for a log.
  std::function<void(const std::string& reason)> on_disconnected;
};

struct Counters {
  std::uint64_t received = 0;            // messages handed to on_message
  std::uint64_t oversize = 0;            // messages skipped
  std::uint64_t acknowledged = 0;        // PUBACKs sent
  std::uint64_t published = 0;           // QoS 0 queued and QoS 1 confirmed
  std::uint64_t connections = 0;         // that reached on_connected
  std::uint64_t failed_connections = 0;  // that did not
};

class Client {
 public:
  Client(asio::any_io_executor executor, ClientOptions options, Handlers handlers);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Until stop(), or without `reconnect` until the connection is lost. Once per
  // client. Cancelling it drops the connection without a DISCONNECT, so that the
  // broker publishes the will.
  Awaitable<> run();

  // Sends what is queued and a DISCONNECT (no will is published); run() returns
  // soon after. From then on no message is handed on and none is acknowledged.
  void stop();

  // Between on_connected and on_disconnected.
  bool connected() const noexcept { return phase_ == Phase::ready; }

  // Sends the PUBACK of a message. Nothing happens when that connection has been
  // lost since (the broker will deliver again) or when it was done before.
  //
  // The standard wants PUBACKs in the order of the messages (4.6), so one waits for
  // those before it, and Mosquitto searches long for any other. `at_once` does not
  // wait, which every broker we know takes: for when one message is held back for
  // good and must not hold back those behind it.
  void acknowledge(AckToken token, AckOrder order = AckOrder::in_order);

  // QoS 0 ends when the message is queued, QoS 1 when the broker has confirmed
  // it. Waits for room while max_in_flight or max_write_queue_bytes is reached.
  // Errors: unavailable (not connected, connection lost, publish_limit passed:
  // the message may or may not have arrived), validation_failed (topic),
  // body_too_large. Nothing is sent again by itself after a lost connection.
  Awaitable<Result<>> publish(std::string topic, std::string payload, QoS qos, bool retain = false);

  // Received QoS 1 messages that wait for acknowledge().
  std::size_t unacknowledged() const noexcept { return received_.size(); }
  // What waits to be handed to the system.
  std::size_t queued_bytes() const noexcept { return output_.size() + being_written_.size(); }
  const Counters& counters() const noexcept { return counters_; }

 private:
  enum class Phase : std::uint8_t { offline, awaiting_connack, awaiting_suback, ready };
  struct Outgoing;
  struct Slot {  // one packet id
    bool taken = false;
    Outgoing* outgoing = nullptr;  // null when its caller has given up waiting
  };
  struct Received {
    std::uint16_t packet_id = 0;
    bool acknowledged = false;
  };

  // A connection's life. Each loop ends with the reason why the connection ended.
  Awaitable<std::string> connect_and_serve();
  Awaitable<std::string> read_loop();
  Awaitable<std::string> write_loop();
  Awaitable<std::string> write_gathered();
  Awaitable<std::string> watch_loop();
  std::string why_useless() const;
  Awaitable<> wait_before_next_try();
  Result<> begin_connection();
  void end_connection(const std::string& reason);

  // What arrives.
  Awaitable<> wait_for_write_room();
  void make_room_for_input();
  Result<> consume();
  Result<> handle(Packet& packet);
  Result<> on_connack(const packet::Connack& connack);
  Result<> on_suback(const packet::Suback& suback);
  Result<> on_publish(const packet::Publish& publish);
  Result<> on_oversize(const packet::OversizePublish& publish);
  Result<> on_puback(packet::Puback puback);
  void send_puback(std::map<std::uint64_t, Received>::iterator received);
  Result<AckToken> remember(std::uint16_t packet_id);
  void become_ready();

  // What is sent.
  bool has_room(QoS qos) const noexcept;
  void send(Outgoing& outgoing);
  void send_waiting();
  void wake_writer();

  // Borrowed.
  asio::any_io_executor executor_;
  // Owned.
  ClientOptions options_;
  Handlers handlers_;
  std::unique_ptr<Transport> transport_;
  // State of the session.
  Counters counters_;
  log::RateLimited oversize_log_{10};
  std::minstd_rand random_;
  unsigned failures_in_a_row_ = 0;
  bool stopping_ = false;
  asio::steady_timer retry_timer_;
  // State of the connection.
  std::uint64_t connection_ = 0;  // its number, so that an old token is recognised
  Phase phase_ = Phase::offline;
  bool session_present_ = false;
  std::chrono::steady_clock::time_point last_received_;
  std::chrono::steady_clock::time_point last_sent_;
  std::optional<std::chrono::steady_clock::time_point> writing_since_;
  asio::steady_timer watch_timer_;
  // Incoming.
  std::vector<std::uint8_t> input_;
  std::size_t input_begin_ = 0;
  std::size_t input_end_ = 0;
  std::size_t skip_bytes_ = 0;                  // the rest of an oversize message
  std::map<std::uint64_t, Received> received_;  // without their PUBACK, by sequence number
  std::uint64_t next_received_ = 0;
  std::size_t acknowledged_waiting_ = 0;  // of received_: acknowledged, but not their turn
  // Outgoing.
  std::string output_;
  std::string being_written_;
  bool writer_waits_ = false;
  bool reader_waits_ = false;  // for the writer
  asio::steady_timer writer_timer_;
  asio::steady_timer reader_timer_;
  std::list<Outgoing*> waiting_;  // publish() calls without room, oldest first
  std::vector<Slot> in_flight_;   // by packet id
  // Used in turn: a PUBACK that comes twice must not confirm the next message.
  std::deque<std::uint16_t> free_ids_;
  std::size_t given_up_ = 0;  // slots taken without a caller
  std::chrono::steady_clock::time_point last_given_up_;
};

}  // namespace pitview::mqtt
