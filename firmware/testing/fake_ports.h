// Ports for tests: each does what a body would, and lets the test decide what happens.
// The simulator uses some of them as well (memory for NVS, for the random numbers).
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "core/ports.h"

namespace pitview::fw::testing {

class FakeClock : public ClockPort {
 public:
  std::uint64_t uptime_ms() override { return uptime; }
  std::optional<std::int64_t> unix_ms() override {
    if (!knows_time) return std::nullopt;
    return epoch_ms + static_cast<std::int64_t>(uptime);
  }

  void advance(std::uint64_t ms) { uptime += ms; }

  std::uint64_t uptime = 0;
  bool knows_time = true;
  std::int64_t epoch_ms = 1'771'626'600'000;  // when uptime was 0: 2026-02-20T22:30:00Z
};

// Survives for as long as the object: a "restart" in a test is a new core on the same one.
class FakeKv : public KvPort {
 public:
  std::optional<std::size_t> get(std::string_view key, MutableBytes into) override {
    const auto it = values.find(std::string(key));
    if (it == values.end()) return std::nullopt;
    std::memcpy(into.data, it->second.data(), std::min(into.size, it->second.size()));
    return it->second.size();
  }
  bool set(std::string_view key, ByteView value) override {
    if (refuses) return false;
    ++writes;
    values[std::string(key)] = std::string(value.text());
    return true;
  }
  // As pitview-kit writes it: an NVS string with its NUL.
  void set_text(const std::string& key, const std::string& value) { values[key] = value + '\0'; }

  std::map<std::string, std::string> values;
  bool refuses = false;
  int writes = 0;
};

// Counts what was asked of it; the test plays the broker.
class FakeMqtt : public MqttPort {
 public:
  struct Published {
    std::uint32_t id;
    std::string topic;
    std::string payload;
    int qos;
    bool retain;
  };

  bool connect(const MqttSession& session) override {
    ++connects;
    if (refuses_connect) return false;
    client_id = session.client_id;
    username = session.username;
    password = session.password;
    will_topic = session.will_topic;
    will_payload = session.will_payload;
    connecting = true;
    subscriptions.assign(session.subscriptions.begin(), session.subscriptions.end());
    return true;
  }
  void disconnect() override {
    ++disconnects;
    drop();
  }
  std::uint32_t publish(std::string_view topic, std::string_view payload, int qos, bool retain) override {
    if (!connected || refuses_publish) return 0;
    published.push_back({++last_id, std::string(topic), std::string(payload), qos, retain});
    if (acknowledges) events.push_back({MqttEvent::Kind::published, last_id, "", ""});
    return last_id;
  }
  bool next(MqttEvent& event) override {
    if (events.empty()) return false;
    current = events.front();
    events.pop_front();
    event = {current.kind, current.id, current.topic, current.payload};
    return true;
  }

  void accept() {
    connecting = false;
    connected = true;
    events.push_back({MqttEvent::Kind::connected, 0, "", ""});
  }
  // The connection is lost, or the attempt fails.
  void drop() {
    if (!connected && !connecting) return;
    connecting = connected = false;
    events.push_back({MqttEvent::Kind::disconnected, 0, "", ""});
  }
  void deliver(const std::string& topic, const std::string& payload) {
    events.push_back({MqttEvent::Kind::message, 0, topic, payload});
  }
  void acknowledge(std::uint32_t id) { events.push_back({MqttEvent::Kind::published, id, "", ""}); }
  // The payloads published on topics that end so.
  std::vector<std::string> payloads(const std::string& leaf) const {
    std::vector<std::string> found;
    for (const auto& message : published) {
      if (message.topic.size() >= leaf.size() &&
          message.topic.compare(message.topic.size() - leaf.size(), leaf.size(), leaf) == 0) {
        found.push_back(message.payload);
      }
    }
    return found;
  }

  bool refuses_connect = false;
  bool refuses_publish = false;
  bool acknowledges = true;  // PUBACK at once
  bool connecting = false;
  bool connected = false;
  int connects = 0;
  int disconnects = 0;
  std::uint32_t last_id = 0;
  std::string client_id, username, password, will_topic, will_payload;
  std::vector<std::string> subscriptions;
  std::vector<Published> published;

 private:
  struct Queued {
    MqttEvent::Kind kind;
    std::uint32_t id;
    std::string topic;
    std::string payload;
  };
  std::deque<Queued> events;
  Queued current{};
};

class FakeHttp : public HttpPort {
 public:
  struct Seen {
    HttpRequest::Method method;
    std::string url, username, password, body;
  };

  bool start(const HttpRequest& request) override {
    if (refuses) return false;
    under_way = true;
    seen.push_back({request.method, std::string(request.url), std::string(request.username),
                    std::string(request.password), std::string(request.body)});
    if (answer) answer(*this, seen.back());
    return true;
  }
  void cancel() override {
    ++cancels;
    under_way = false;
    events.clear();
  }
  bool next(HttpEvent& event) override {
    if (events.empty()) return false;
    current = events.front();
    events.pop_front();
    event.kind = current.kind;
    event.status = current.status;
    event.body = ByteView(current.body);
    return true;
  }

  void head(int status) { events.push_back({HttpEvent::Kind::head, status, ""}); }
  void body(const std::string& bytes) { events.push_back({HttpEvent::Kind::body, 0, bytes}); }
  void done() { events.push_back({HttpEvent::Kind::done, 0, ""}); }
  void fail() { events.push_back({HttpEvent::Kind::failed, 0, ""}); }
  void reply(int status, const std::string& text) {
    head(status);
    for (std::size_t at = 0; at < text.size(); at += 4096) body(text.substr(at, 4096));
    done();
  }

  std::function<void(FakeHttp&, const Seen&)> answer;  // else the test pushes the events
  bool refuses = false;
  bool under_way = false;
  int cancels = 0;
  std::vector<Seen> seen;

 private:
  struct Queued {
    HttpEvent::Kind kind;
    int status;
    std::string body;
  };
  std::deque<Queued> events;
  Queued current{};
};

// Two slots and the boot loader's rule: a new image that is not marked valid before the
// next restart gives way to the old one.
class FakeOta : public OtaPort {
 public:
  std::string_view running_version() override { return slots[running]; }
  bool pending_verify() override { return pending; }
  bool begin(std::size_t bytes) override {
    if (refuses_begin) return false;
    expected = bytes;
    image.clear();
    writing = true;
    return true;
  }
  bool write(ByteView piece) override {
    if (refuses_write) return false;
    image += piece.text();
    return true;
  }
  // The test's image says its version up to the first NUL.
  bool finish() override {
    if (refuses_finish) return false;
    writing = false;
    slots[1 - running] = image.substr(0, image.find('\0'));
    next_boot = 1 - running;
    return true;
  }
  void abort() override {
    ++aborts;
    writing = false;
  }
  bool mark_valid() override {
    if (refuses_mark) return false;
    pending = false;
    return true;
  }
  void roll_back_and_restart() override {
    next_boot = 1 - running;
    rolled_back = true;
  }

  // What the boot loader does at a power cycle.
  void reboot() {
    if (pending) {
      running = 1 - running;
      next_boot = running;
      pending = false;
    } else if (next_boot != running) {
      running = next_boot;
      pending = !rolled_back;
    }
    rolled_back = false;
    writing = false;
  }

  std::array<std::string, 2> slots{"1.0.0", ""};
  int running = 0;
  int next_boot = 0;
  bool pending = false;
  bool rolled_back = false;
  bool writing = false;
  bool refuses_begin = false, refuses_write = false, refuses_finish = false, refuses_mark = false;
  int aborts = 0;
  std::size_t expected = 0;
  std::string image;
};

class FakeLink : public LinkPort {
 public:
  LinkSpeed speed() override { return address.empty() ? LinkSpeed::down : LinkSpeed::mbps_100; }
  std::string_view ip() override { return address; }
  std::string address = "192.168.1.20";
};

class FakeLed : public LedPort {
 public:
  void set(bool value) override { on = value; }
  bool on = false;
};

class FakeRandom : public RandomPort {
 public:
  explicit FakeRandom(std::uint32_t seed = 1) : engine(seed) {}
  std::uint32_t next() override { return fixed ? *fixed : static_cast<std::uint32_t>(engine()); }
  std::optional<std::uint32_t> fixed;
  std::mt19937 engine;
};

class FakeSystem : public SystemPort {
 public:
  std::array<std::uint8_t, 6> base_mac() override { return mac; }
  ResetReason reset_reason() override { return reason; }
  std::uint32_t free_heap_bytes() override { return 180'000; }
  void restart() override { ++restarts; }
  void log(std::string_view line) override { lines.emplace_back(line); }

  std::array<std::uint8_t, 6> mac{0xA4, 0xCF, 0x12, 0xB3, 0xD4, 0xE5};
  ResetReason reason = ResetReason::power_on;
  int restarts = 0;
  std::vector<std::string> lines;
};

// What pitview-kit writes for the board of FakeSystem.
inline void write_factory_settings(FakeKv& factory) {
  factory.set_text("device_id", "ESP32-A4CF12B3D4E5");
  factory.set_text("licence_key", "LIC-4F8D-9K2M-3P7Q");
  factory.set_text("mqtt_host", "mqtt.example");
  factory.set_text("mqtt_port", "8883");
  factory.set_text("mqtt_tls", "1");
  factory.set_text("mqtt_user", "ESP32-A4CF12B3D4E5");
  factory.set_text("mqtt_pass", "secret-of-the-broker");
  factory.set_text("api_url", "https://api.example");
  factory.set_text("command_key", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  factory.set_text("hw_rev", "E");
  factory.set_text("batch", "2026-11-A");
}

}  // namespace pitview::fw::testing
