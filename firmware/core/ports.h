// What the core needs from the body it runs in: the ESP32 (firmware/idf) or the
// simulator (tools/sim). An adapter does what it is told and reports what
// happened; it decides nothing.
//
// Ports are pulled: adapters queue what happened, and Device::tick() takes it
// with next(). Everything is called on one thread, the one that calls tick();
// an adapter whose driver has threads of its own puts a queue in between.
// A view handed out by next() is good until the following call of that port.
// No port throws. "false" or 0 means: not done, and nothing is under way.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/bytes.h"

namespace pitview::fw {

using Sha256 = std::array<std::uint8_t, 32>;

class ClockPort {
 public:
  virtual ~ClockPort() = default;
  // Milliseconds since power-on or reset; never goes back, never wraps.
  virtual std::uint64_t uptime_ms() = 0;
  // UTC in milliseconds since 1970, or nothing before the first SNTP answer.
  virtual std::optional<std::int64_t> unix_ms() = 0;
};

// I2C master at 100 kHz. An address is 7 bits. false: no acknowledge, or the bus hangs.
class I2cPort {
 public:
  virtual ~I2cPort() = default;
  virtual bool write(std::uint8_t address, ByteView bytes) = 0;
  // Writes, then reads after a repeated start.
  virtual bool write_read(std::uint8_t address, ByteView bytes, MutableBytes into) = 0;
};

// Settings that survive power loss (NVS): small values under short names.
class KvPort {
 public:
  virtual ~KvPort() = default;
  // The number of bytes of the value, which may be more than `into` takes; nothing
  // when there is none. Keys have 1 to 15 characters.
  virtual std::optional<std::size_t> get(std::string_view key, MutableBytes into) = 0;
  // true: it is on flash and survives a power cut from here on. A cut in between
  // leaves the old value or the new one.
  virtual bool set(std::string_view key, ByteView value) = 0;
};

// A raw NOR flash region: erase sets a sector to 0xFF, a write only clears bits.
// Power may fail between any two bytes of a write and in the middle of an erase.
class FlashPort {
 public:
  static constexpr std::size_t kSectorBytes = 4096;

  virtual ~FlashPort() = default;
  virtual std::size_t size() = 0;  // bytes, a multiple of kSectorBytes
  virtual bool read(std::size_t offset, MutableBytes into) = 0;
  virtual bool write(std::size_t offset, ByteView bytes) = 0;
  virtual bool erase_sector(std::size_t offset) = 0;
};

struct MqttSession {
  std::string_view host;
  std::uint16_t port = 8883;
  bool tls = true;
  std::string_view client_id;
  std::string_view username;
  std::string_view password;
  std::string_view will_topic;  // QoS 1, retained
  std::string_view will_payload;
  std::uint16_t keep_alive_s = 30;
  std::array<std::string_view, 3> subscriptions;  // QoS 1
};

struct MqttEvent {
  enum class Kind {
    connected,     // CONNACK accepted and everything subscribed
    disconnected,  // or the attempt failed; follows every connect() that returned true, once
    published,     // PUBACK of `id`
    message,       // `topic` and `payload`
  };
  Kind kind = Kind::disconnected;
  std::uint32_t id = 0;
  std::string_view topic;
  std::string_view payload;
};

// One MQTT 3.1.1 session (persistent). It does not reconnect by itself: the core does.
class MqttPort {
 public:
  virtual ~MqttPort() = default;
  // Starts an attempt; copies what it needs. Precondition: not connected.
  virtual bool connect(const MqttSession& session) = 0;
  // Ends the connection at once; `disconnected` follows.
  virtual void disconnect() = 0;
  // The id that `published` will name for QoS 1, any number but 0 for QoS 0; 0: refused.
  virtual std::uint32_t publish(std::string_view topic, std::string_view payload, int qos, bool retain) = 0;
  virtual bool next(MqttEvent& event) = 0;
};

struct HttpRequest {
  enum class Method { get, post };
  Method method = Method::get;
  std::string_view url;
  std::string_view username;  // Basic authentication
  std::string_view password;
  std::string_view body;  // JSON, with post
};

struct HttpEvent {
  enum class Kind {
    head,    // `status`; the body follows
    body,    // the next piece of it, at most 4096 bytes
    done,    // the whole body has come
    failed,  // no connection, TLS refused, time-out, cut in the middle
  };
  Kind kind = Kind::failed;
  int status = 0;
  ByteView body;
};

// One request at a time, over TLS with a verified certificate for https URLs.
class HttpPort {
 public:
  virtual ~HttpPort() = default;
  // Copies what it needs. `done` or `failed` ends it. Precondition: none under way.
  virtual bool start(const HttpRequest& request) = 0;
  virtual void cancel() = 0;  // no event of it follows
  virtual bool next(HttpEvent& event) = 0;
};

// The two application slots and the boot loader's choice between them.
class OtaPort {
 public:
  virtual ~OtaPort() = default;
  virtual std::string_view running_version() = 0;  // "1.4.2"
  // The running image was started for the first time and waits for its verdict.
  virtual bool pending_verify() = 0;
  virtual bool begin(std::size_t image_bytes) = 0;  // of the other slot
  virtual bool write(ByteView piece) = 0;
  // Checks the image's own signature and makes it the one that boots next.
  virtual bool finish() = 0;
  virtual void abort() = 0;
  virtual bool mark_valid() = 0;
  virtual void roll_back_and_restart() = 0;  // does not return on the ESP32
};

enum class LinkSpeed : std::uint8_t { down = 0, mbps_10 = 10, mbps_100 = 100 };

class LinkPort {
 public:
  virtual ~LinkPort() = default;
  virtual LinkSpeed speed() = 0;
  // Dotted quad, empty without an address.
  virtual std::string_view ip() = 0;
};

class LedPort {
 public:
  virtual ~LedPort() = default;
  virtual void set(bool on) = 0;
};

class RandomPort {
 public:
  virtual ~RandomPort() = default;
  virtual std::uint32_t next() = 0;  // uniform; good enough for keys
};

class CryptoPort {
 public:
  virtual ~CryptoPort() = default;
  virtual Sha256 hmac_sha256(ByteView key, ByteView text) = 0;
  // One SHA-256 at a time.
  virtual void sha256_begin() = 0;
  virtual void sha256_add(ByteView piece) = 0;
  virtual Sha256 sha256_end() = 0;
  // ECDSA P-256 over SHA-256 of `text`, with the release key built into the image;
  // `signature` in ASN.1 DER.
  virtual bool verify_release(ByteView text, ByteView signature) = 0;
};

enum class ResetReason : std::uint8_t { power_on, software, watchdog, panic, brownout, other };

class SystemPort {
 public:
  virtual ~SystemPort() = default;
  virtual std::array<std::uint8_t, 6> base_mac() = 0;  // burnt into the chip; names the device
  virtual ResetReason reset_reason() = 0;
  virtual std::uint32_t free_heap_bytes() = 0;
  virtual void restart() = 0;  // does not return on the ESP32
  // One line for a person with a serial cable. Never a secret.
  virtual void log(std::string_view line) = 0;
};

struct Ports {
  ClockPort& clock;
  I2cPort& i2c;
  KvPort& factory;   // read only: identity, made by pitview-kit
  KvPort& settings;  // what the device learnt
  FlashPort& spool;
  MqttPort& mqtt;
  HttpPort& http;
  OtaPort& ota;
  LinkPort& link;
  LedPort& led;
  RandomPort& random;
  CryptoPort& crypto;
  SystemPort& system;
};

}  // namespace pitview::fw
