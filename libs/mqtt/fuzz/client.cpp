// The whole client against a broker that says anything, in pieces of any size. What
// must hold: it ends when the connection does; it hands on exactly the messages, and
// counts exactly the oversize ones, that a plain reading of the same bytes finds; what
// it says is MQTT, and its PUBACKs are those of the messages, in their order.
//
// The first byte of the input chooses the session, the second the size of the pieces.
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "pitview/base/log.h"
#include "pitview/mqtt/client.h"
#include "property.h"
#include "transport.h"

namespace pitview::mqtt {
namespace {

using Bytes = std::span<const std::uint8_t>;

// The connection of the input under test; the client finds it through the function
// that makes its transport, which is ours in this executable.
struct Wire {
  Bytes from_broker;
  std::size_t piece = 1;
  std::string to_broker;
};
Wire* the_wire = nullptr;

class FuzzedTransport final : public Transport {
 public:
  explicit FuzzedTransport(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  Awaitable<Result<>> open(std::string, std::uint16_t, std::chrono::milliseconds) override { co_return Done{}; }
  Awaitable<std::size_t> read_some(std::span<std::uint8_t> into, error_code& failure) override {
    co_await asio::post(executor_, asio::use_awaitable);  // the writer has its turn
    fuzz::require(!into.empty(), "there is always room to read into");
    const std::size_t size = std::min({into.size(), the_wire->piece, the_wire->from_broker.size()});
    if (size == 0) failure = asio::error::eof;
    std::copy_n(the_wire->from_broker.begin(), size, into.begin());
    the_wire->from_broker = the_wire->from_broker.subspan(size);
    co_return size;
  }
  Awaitable<error_code> write(std::string_view bytes) override {
    the_wire->to_broker += bytes;
    co_await asio::post(executor_, asio::use_awaitable);
    co_return error_code();
  }
  Awaitable<> say_goodbye() override { co_return; }
  void close() noexcept override {}

 private:
  asio::any_io_executor executor_;
};

}  // namespace

std::string Transport::explain(error_code failure) const { return failure.message(); }
std::unique_ptr<Transport> make_tcp_transport(const asio::any_io_executor& executor) {
  return std::make_unique<FuzzedTransport>(executor);
}
std::unique_ptr<Transport> make_tls_transport(const asio::any_io_executor& executor, Tls) {
  return make_tcp_transport(executor);
}

namespace fuzz {
namespace {

constexpr std::uint16_t kSubscribeId = 65'535;

struct Heard {
  std::vector<std::string> messages;
  std::vector<std::uint16_t> numbered;  // packet ids to be acknowledged, in order
  std::size_t oversize = 0;
  bool ready = false;
};

std::string text_of(std::string_view topic, std::string_view payload, QoS qos, bool retain, bool duplicate) {
  return std::to_string(static_cast<int>(qos)) + (retain ? "r" : "-") + (duplicate ? "d" : "-") + std::string(topic) +
         " " + std::string(payload);
}

// A plain reading of the same bytes. False: the broker has broken the protocol.
bool take(Heard& heard, const Packet& packet, bool& welcome, bool subscribed) {
  if (const auto* connack = std::get_if<packet::Connack>(&packet)) {
    if (welcome || connack->return_code != 0) return false;
    welcome = true;
    heard.ready = !subscribed;
    return true;
  }
  if (!welcome) return false;
  if (const auto* suback = std::get_if<packet::Suback>(&packet)) {
    if (heard.ready || suback->packet_id != kSubscribeId || suback->return_codes.size() != 1) return false;
    heard.ready = suback->return_codes[0] == 1 || suback->return_codes[0] == 2;
    return heard.ready;
  }
  if (const auto* publish = std::get_if<packet::Publish>(&packet)) {
    if (publish->qos == QoS::at_least_once) heard.numbered.push_back(publish->packet_id);
    heard.messages.push_back(
        text_of(publish->topic, publish->payload, publish->qos, publish->retain, publish->duplicate));
    return true;
  }
  if (const auto* oversize = std::get_if<packet::OversizePublish>(&packet)) {
    if (oversize->qos == QoS::at_least_once) heard.numbered.push_back(oversize->packet_id);
    ++heard.oversize;
    return true;
  }
  return std::holds_alternative<packet::Pingresp>(packet);
}

Heard plain_reading(Bytes bytes, std::size_t limit, bool subscribed) {
  Heard heard;
  bool welcome = false;
  for (;;) {
    const auto decoded = decode(bytes, limit);
    if (!decoded || !*decoded || !take(heard, (*decoded)->packet, welcome, subscribed)) return heard;
    bytes = bytes.subspan(std::min((*decoded)->consumed, bytes.size()));
  }
}

void check_said(const std::string& said, const Heard& heard) {
  Bytes bytes(reinterpret_cast<const std::uint8_t*>(said.data()), said.size());
  std::size_t packets = 0;
  std::size_t acknowledged = 0;
  while (!bytes.empty()) {
    const auto decoded = decode(bytes);
    require(decoded && *decoded, "what the client says is MQTT");
    const Packet& packet = (*decoded)->packet;
    require(std::holds_alternative<packet::Connect>(packet) == (packets++ == 0), "CONNECT is first and only once");
    if (const auto* puback = std::get_if<packet::Puback>(&packet)) {
      require(acknowledged < heard.numbered.size() && puback->packet_id == heard.numbered[acknowledged],
              "PUBACKs are those of the messages, in their order");
      ++acknowledged;
    }
    bytes = bytes.subspan((*decoded)->consumed);
  }
}

void check(Bytes input) {
  if (input.size() < 2) return;
  const std::uint8_t choice = input[0];
  const bool subscribed = (choice & 1) != 0;
  const bool backwards = (choice & 2) != 0;  // acknowledge the newest of two first
  // One of its own begins every other stream, or few would get further.
  static constexpr std::array<std::uint8_t, 9> kWelcome{0x20, 2, 0, 0, 0x90, 3, 0xFF, 0xFF, 1};
  std::vector<std::uint8_t> stream;
  if ((choice & 4) != 0) stream.assign(kWelcome.begin(), kWelcome.begin() + (subscribed ? 9 : 4));
  stream.insert(stream.end(), input.begin() + 2, input.end());

  ClientOptions options;
  options.client_id = "fuzzed";
  options.reconnect = false;
  options.max_packet_bytes = (choice & 8) != 0 ? 32 : 4'096;
  options.max_write_queue_bytes = (choice & 16) != 0 ? 8 : 65'536;
  if (subscribed) options.subscriptions = {{"#", QoS::at_least_once}};
  const Heard expected = plain_reading(stream, options.max_packet_bytes, subscribed);

  Wire wire{stream, 1U + input[1], {}};
  the_wire = &wire;
  asio::io_context context(1);
  std::vector<std::string> messages;
  std::vector<AckToken> held;
  bool ended = false;
  {
    Client client(context.get_executor(), options,
                  {.on_message =
                       [&](const Message& message) {
                         messages.push_back(
                             text_of(message.topic, message.payload, message.qos, message.retain, message.duplicate));
                         held.push_back(message.token);
                         if (backwards && held.size() < 2) return;
                         for (auto token = held.rbegin(); token != held.rend(); ++token) client.acknowledge(*token);
                         held.clear();
                       },
                   .on_connected = {},
                   .on_disconnected = {}});
    asio::co_spawn(context, client.run(), [&ended](std::exception_ptr failure) { ended = failure == nullptr; });
    context.run();
    require(ended, "the client ends with its connection");
    require(client.counters().connections == (expected.ready ? 1U : 0U), "connected when the broker has said so");
    require(client.counters().oversize == expected.oversize, "every oversize message is counted");
  }
  the_wire = nullptr;
  require(messages == expected.messages, "exactly the messages of the stream are handed on");
  check_said(wire.to_broker, expected);
}

}  // namespace
}  // namespace fuzz
}  // namespace pitview::mqtt

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool quiet = pitview::log::set_level("error");
  pitview::mqtt::fuzz::require(quiet, "the log is quiet");
  pitview::mqtt::fuzz::check({data, size});
  return 0;
}
