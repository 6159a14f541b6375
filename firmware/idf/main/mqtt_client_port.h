// One MQTT session at a time by esp-mqtt, with a client of its own for every attempt.
//
// esp-mqtt reports on its own task; a queue brings that to next(). What the queue has
// no place or memory for is dropped: a PUBACK or an ack that is missed is asked for
// again by a repetition. That a connection has ended is never dropped.
// disconnect(), and next() when it reports the end, wait for esp-mqtt's task to stop:
// as a rule under a second, at most its network time-out (10 s).
#pragma once

#include <atomic>
#include <string>

#include "core/ports.h"
#include "freertos/FreeRTOS.h"
#include "freertos/queue.h"
#include "mqtt_client.h"
#include "wake.h"

namespace pitview::fw::idf {

class MqttClient : public MqttPort {
 public:
  explicit MqttClient(Wake& wake);
  bool connect(const MqttSession& session) override;
  void disconnect() override;
  std::uint32_t publish(std::string_view topic, std::string_view payload, int qos, bool retain) override;
  bool next(MqttEvent& event) override;

 private:
  struct Queued {
    MqttEvent::Kind kind = MqttEvent::Kind::disconnected;
    std::uint32_t id = 0;
    char* text = nullptr;  // topic, then payload; from malloc
    std::size_t topic_size = 0;
    std::size_t payload_size = 0;
  };

  // On esp-mqtt's task.
  static void on_event(void* self, esp_event_base_t base, std::int32_t id, void* data);
  void take(std::int32_t id, const esp_mqtt_event_t& event);
  void take_message(const esp_mqtt_event_t& event);
  void subscribe(esp_mqtt_client_handle_t client);
  void push(const Queued& queued);
  void end();

  // On the task of the core.
  void destroy_client();

  Wake& wake_;
  QueueHandle_t queue_;

  esp_mqtt_client_handle_t client_ = nullptr;
  std::array<std::string, 3> topics_;  // written only while there is no client
  std::atomic<bool> ended_{false};     // and next() has not said so
  Queued current_;
};

}  // namespace pitview::fw::idf
