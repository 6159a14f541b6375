#include "mqtt_client_port.h"

#include <cstdlib>
#include <cstring>

#include "esp_crt_bundle.h"

namespace pitview::fw::idf {
namespace {

constexpr UBaseType_t kQueueLength = 24;  // 8 publications in flight, and what the server says
constexpr int kNetworkTimeoutMs = 10'000;
constexpr int kBufferBytes = 2'048;           // a longer message is none of ours
constexpr std::uint32_t kIdOfQos0 = 0x10000;  // MQTT's own have 16 bits
constexpr std::uint8_t kSubscriptionRefused = 0x80;

}  // namespace

MqttClient::MqttClient(Wake& wake) : wake_(wake), queue_(xQueueCreate(kQueueLength, sizeof(Queued))) {}

bool MqttClient::connect(const MqttSession& session) {
  if (client_ != nullptr || queue_ == nullptr) return false;
  for (std::size_t i = 0; i < topics_.size(); ++i) topics_[i] = session.subscriptions[i];
  const std::string host(session.host);
  const std::string client_id(session.client_id);
  const std::string username(session.username);
  const std::string password(session.password);
  const std::string will_topic(session.will_topic);
  const std::string will_payload(session.will_payload);

  esp_mqtt_client_config_t config{};
  config.broker.address.hostname = host.c_str();
  config.broker.address.port = session.port;
  config.broker.address.transport = session.tls ? MQTT_TRANSPORT_OVER_SSL : MQTT_TRANSPORT_OVER_TCP;
  if (session.tls) config.broker.verification.crt_bundle_attach = esp_crt_bundle_attach;
  config.credentials.client_id = client_id.c_str();
  config.credentials.username = username.c_str();
  config.credentials.authentication.password = password.c_str();
  config.session.last_will.topic = will_topic.c_str();
  config.session.last_will.msg = will_payload.c_str();
  config.session.last_will.msg_len = static_cast<int>(will_payload.size());
  config.session.last_will.qos = 1;
  config.session.last_will.retain = 1;
  config.session.disable_clean_session = true;
  config.session.keepalive = session.keep_alive_s;
  config.session.protocol_ver = MQTT_PROTOCOL_V_3_1_1;
  config.network.timeout_ms = kNetworkTimeoutMs;
  config.network.disable_auto_reconnect = true;
  // Not for a reconnect: after the end of a connection esp-mqtt's task looks every half
  // of this whether it is to stop.
  config.network.reconnect_timeout_ms = 200;
  config.buffer.size = kBufferBytes;

  client_ = esp_mqtt_client_init(&config);
  if (client_ == nullptr) return false;
  if (esp_mqtt_client_register_event(client_, MQTT_EVENT_ANY, &MqttClient::on_event, this) != ESP_OK ||
      esp_mqtt_client_start(client_) != ESP_OK) {
    destroy_client();
    return false;
  }
  return true;
}

void MqttClient::disconnect() {
  if (client_ == nullptr) return;
  destroy_client();
  ended_ = true;
}

std::uint32_t MqttClient::publish(std::string_view topic, std::string_view payload, int qos, bool retain) {
  if (client_ == nullptr || ended_) return 0;
  const std::string name(topic);
  const std::string text(payload);
  // enqueue, not publish: the sending happens on esp-mqtt's task.
  const int id = esp_mqtt_client_enqueue(client_, name.c_str(), text.c_str(), static_cast<int>(text.size()), qos,
                                         retain ? 1 : 0, true);
  if (id < 0) return 0;
  return qos == 0 ? kIdOfQos0 : static_cast<std::uint32_t>(id);
}

bool MqttClient::next(MqttEvent& event) {
  std::free(current_.text);
  current_ = Queued{};
  if (queue_ == nullptr) return false;
  if (xQueueReceive(queue_, &current_, 0) == pdTRUE) {
    event.kind = current_.kind;
    event.id = current_.id;
    event.topic = {current_.text, current_.topic_size};
    event.payload = {current_.text + current_.topic_size, current_.payload_size};
    return true;
  }
  if (!ended_) return false;
  destroy_client();
  event = MqttEvent{};
  return true;
}

void MqttClient::destroy_client() {
  if (client_ != nullptr) esp_mqtt_client_destroy(client_);
  client_ = nullptr;
  // Nobody calls on_event() from here on; what came late belongs to the ended session.
  Queued late;
  while (xQueueReceive(queue_, &late, 0) == pdTRUE) std::free(late.text);
  ended_ = false;
}

void MqttClient::on_event(void* self, esp_event_base_t, std::int32_t id, void* data) {
  static_cast<MqttClient*>(self)->take(id, *static_cast<esp_mqtt_event_t*>(data));
}

void MqttClient::take(std::int32_t id, const esp_mqtt_event_t& event) {
  Queued queued;
  switch (id) {
    case MQTT_EVENT_CONNECTED: return subscribe(event.client);
    case MQTT_EVENT_SUBSCRIBED:
      for (int i = 0; i < event.data_len; ++i) {
        if (static_cast<std::uint8_t>(event.data[i]) == kSubscriptionRefused) return end();
      }
      queued.kind = MqttEvent::Kind::connected;
      return push(queued);
    case MQTT_EVENT_PUBLISHED:
      queued.kind = MqttEvent::Kind::published;
      queued.id = static_cast<std::uint32_t>(event.msg_id);
      return push(queued);
    case MQTT_EVENT_DATA: return take_message(event);
    case MQTT_EVENT_DISCONNECTED: return end();
    default: return;
  }
}

void MqttClient::subscribe(esp_mqtt_client_handle_t client) {
  std::array<esp_mqtt_topic_t, 3> wanted{};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    wanted[i].filter = topics_[i].c_str();
    wanted[i].qos = 1;
  }
  if (esp_mqtt_client_subscribe_multiple(client, wanted.data(), static_cast<int>(wanted.size())) < 0) end();
}

void MqttClient::take_message(const esp_mqtt_event_t& event) {
  if (event.data_len != event.total_data_len || event.topic_len < 0 || event.data_len < 0) return;
  Queued queued;
  queued.kind = MqttEvent::Kind::message;
  queued.topic_size = static_cast<std::size_t>(event.topic_len);
  queued.payload_size = static_cast<std::size_t>(event.data_len);
  queued.text = static_cast<char*>(std::malloc(queued.topic_size + queued.payload_size + 1));
  if (queued.text == nullptr) return;
  std::memcpy(queued.text, event.topic, queued.topic_size);
  if (queued.payload_size > 0) std::memcpy(queued.text + queued.topic_size, event.data, queued.payload_size);
  push(queued);
}

void MqttClient::push(const Queued& queued) {
  if (xQueueSend(queue_, &queued, 0) != pdTRUE) std::free(queued.text);
  wake_.now();
}

void MqttClient::end() {
  ended_ = true;
  wake_.now();
}

}  // namespace pitview::fw::idf
