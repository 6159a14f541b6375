// The whole core on fake ports: what a device does from the box to the wall.
#include "core/app/device.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>

#include "core/app/led.h"
#include "core/base/hex.h"
#include "pitview/json/document.h"
#include "testing/fake_bme680.h"
#include "testing/fake_ports.h"
#include "testing/host_crypto.h"
#include "testing/sim_flash.h"

namespace pitview::fw {
namespace {

using testing::FakeHttp;

constexpr const char* kDeviceTopic = "workshop/workshop_001/device/ESP32-A4CF12B3D4E5/";

class TheDevice : public ::testing::Test {
 protected:
  TheDevice() : release_key(crypto::P256PrivateKey::generate()), crypto(release_key) {
    testing::write_factory_settings(factory);
    http.answer = [this](FakeHttp& port, const FakeHttp::Seen& seen) {
      if (seen.url == "https://api.example/api/device/state") {
        ++polls;
        return port.reply(state_status, desired);
      }
      if (seen.url.find("/api/device/ota?") != std::string::npos) return port.reply(offer.empty() ? 204 : 200, offer);
      if (seen.url.find("/image") != std::string::npos) return port.reply(200, image);
      if (seen.url.find("/reports") != std::string::npos) {
        reports.push_back(seen.body);
        return port.reply(200, "{}");
      }
      port.fail();
    };
    desired = state(1, "unprovisioned", "", 0);
    power_on();
  }

  void power_on() {
    mqtt = std::make_unique<testing::FakeMqtt>();
    ota.reboot();
    clock.epoch_ms += static_cast<std::int64_t>(clock.uptime);
    clock.uptime = 0;
    device = std::make_unique<Device>(
        Ports{clock, sensor, factory, settings, flash, *mqtt, http, ota, link, led, random, crypto, system});
    device->start();
  }

  // Lets time pass as a body would; a broker is there if `broker`.
  void run(std::uint64_t seconds) {
    const std::uint64_t end = clock.uptime + seconds * 1000;
    while (clock.uptime < end) {
      if (broker && mqtt->connecting) mqtt->accept();
      const std::uint64_t due = device->tick();
      clock.uptime = std::max(clock.uptime + 1, std::min(due, end));
      if (restarted()) return;
    }
  }
  bool restarted() {
    if (system.restarts == restarts_seen && !ota.rolled_back) return false;
    restarts_seen = system.restarts;
    power_on();
    return true;
  }

  std::string signature(const std::string& text) {
    const std::string key_hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    std::uint8_t key[32];
    decode_hex(key_hex, key);
    const Sha256 mac = crypto.hmac_sha256(key, ByteView(std::string_view(text)));
    Text<64> hex;
    append_hex(hex, {mac.data(), mac.size()});
    return std::string(hex.view());
  }
  std::string state(int version, const std::string& licence, const std::string& workshop, int pit) {
    const std::string v = std::to_string(version);
    const std::string mac = signature("pitview-state-1\nESP32-A4CF12B3D4E5\n" + v + "\n" + licence + "\n\n" + workshop +
                                      "\n" + std::to_string(pit) + "\n0\n0");
    return R"({"version":)" + v + R"(,"licence":")" + licence + R"(","reason":"","workshop_code":")" + workshop +
           R"(","pit_number":)" + std::to_string(pit) +
           R"(,"temperature_offset_centi":0,"humidity_offset_centi":0,"hmac":")" + mac + "\"}";
  }
  std::string command(const std::string& word, int id) {
    const std::string expires = "2027-01-01T00:00:00Z";
    const std::string mac = signature("pitview-command-1\nESP32-A4CF12B3D4E5\n" + std::to_string(id) + "\n" + word +
                                      "\nsubscription_suspended\n" + expires);
    return R"({"command":")" + word + R"(","reason":"subscription_suspended","id":)" + std::to_string(id) +
           R"(,"expires_at":")" + expires + R"(","hmac":")" + mac + "\"}";
  }
  void deliver(const std::string& leaf, const std::string& payload) { mqtt->deliver(kDeviceTopic + leaf, payload); }
  void claim() {
    desired = state(2, "enabled", "workshop_001", 1);
    run(40);
    ASSERT_TRUE(device->snapshot().online);
  }
  std::string last_status() const {
    const auto payloads = mqtt->payloads("/status");
    return payloads.empty() ? "" : payloads.back();
  }
  static bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

  testing::FakeClock clock;
  testing::FakeKv factory, settings;
  testing::FakeSystem system;
  testing::FakeRandom random;
  testing::FakeLink link;
  testing::FakeLed led;
  testing::FakeBme680 sensor{clock};
  testing::SimFlash flash{192};
  testing::FakeOta ota;
  crypto::P256PrivateKey release_key;
  testing::HostCrypto crypto;
  FakeHttp http;
  std::unique_ptr<testing::FakeMqtt> mqtt;
  std::unique_ptr<Device> device;

  bool broker = true;
  int restarts_seen = 0;
  std::string desired;
  int state_status = 200;
  int polls = 0;
  std::string offer, image;
  std::vector<std::string> reports;
};

TEST_F(TheDevice, asks_where_it_belongs_until_it_is_claimed_and_then_publishes) {
  run(120);
  EXPECT_GE(polls, 6);
  EXPECT_EQ(mqtt->connects, 0) << "it has no account yet";
  EXPECT_EQ(device->snapshot().measured, 0U);
  EXPECT_EQ(http.seen.front().username, "ESP32-A4CF12B3D4E5");
  claim();
  run(30);
  const auto readings = mqtt->payloads("/sensors");
  ASSERT_GE(readings.size(), 3U);
  EXPECT_TRUE(has(readings.back(), R"("device_id":"ESP32-A4CF12B3D4E5")"));
  EXPECT_FALSE(has(readings.back(), R"("temperature":null)")) << readings.back();
  EXPECT_TRUE(has(last_status(), R"("licence":"enabled")"));
  EXPECT_TRUE(has(last_status(), R"("state_version":2)"));
}

TEST_F(TheDevice, without_an_identity_does_nothing_but_say_so) {
  factory.values.erase("licence_key");
  power_on();
  run(60);
  EXPECT_FALSE(device->snapshot().has_identity);
  EXPECT_EQ(polls, 0);
  EXPECT_EQ(mqtt->connects, 0);
  EXPECT_TRUE(std::any_of(system.lines.begin(), system.lines.end(), [](const std::string& line) {
    return line == "identity: licence_key is missing or wrong in the factory partition";
  }));
}

TEST_F(TheDevice, a_spool_that_cannot_be_used_is_said) {
  flash.faults.refuses_reads = true;
  power_on();
  EXPECT_TRUE(has(system.lines.back(), "spool:"));
  flash.faults.refuses_reads = false;
}

TEST_F(TheDevice, readings_of_an_outage_arrive_afterwards_without_a_gap) {
  claim();
  broker = false;
  mqtt->drop();
  run(7200);
  EXPECT_GE(device->snapshot().waiting, 719U);
  broker = true;
  std::size_t seen = 0;
  std::vector<bool> stored(5000, false);
  for (int second = 0; second < 900 && (device->snapshot().waiting > 1 || second < 400); ++second) {
    run(1);
    const auto readings = mqtt->payloads("/sensors");
    std::string ranges;
    for (; seen < readings.size(); ++seen) {
      const auto document = json::Document::parse(readings[seen]);
      const auto seq = *document->root().find("seq")->as_uint64();
      stored[seq] = true;
      deliver("ack", R"({"boot_id":1,"ranges":[[)" + std::to_string(seq) + "," + std::to_string(seq) + "]]}");
    }
  }
  const auto newest = static_cast<std::size_t>(device->snapshot().measured);
  EXPECT_LE(device->snapshot().waiting, 2U);
  for (std::size_t seq = 0; seq + 2 < newest; ++seq) EXPECT_TRUE(stored[seq]) << seq;
}

TEST_F(TheDevice, disabled_it_is_silent_and_stays_so_through_a_power_cycle_until_enabled) {
  claim();
  deliver("command", command("DISABLE", 3));
  run(2);
  EXPECT_TRUE(has(last_status(), R"("status":"disabled","reason":"subscription_suspended")"));
  EXPECT_TRUE(has(last_status(), R"("state_version":3)"));
  const auto readings = mqtt->payloads("/sensors").size();
  run(120);
  EXPECT_EQ(mqtt->payloads("/sensors").size(), readings);
  EXPECT_FALSE(sensor.heater_on());
  EXPECT_EQ(device->snapshot().sensor, SensorState::idle);

  power_on();
  run(120);
  EXPECT_TRUE(device->snapshot().online) << "connected, so that it can be enabled";
  EXPECT_EQ(device->snapshot().licence, LicenceState::disabled);
  EXPECT_TRUE(mqtt->payloads("/sensors").empty());

  deliver("command", command("DISABLE", 3));
  deliver("command", command("ENABLE", 4));
  run(30);
  EXPECT_EQ(device->snapshot().licence, LicenceState::enabled);
  EXPECT_FALSE(mqtt->payloads("/sensors").empty());
}

TEST_F(TheDevice, power_that_fails_before_the_order_is_kept_leaves_it_unconfirmed) {
  claim();
  settings.refuses = true;
  deliver("command", command("DISABLE", 3));
  run(5);
  EXPECT_FALSE(has(last_status(), R"("state_version":3)"));
  EXPECT_EQ(device->snapshot().licence, LicenceState::enabled);
  settings.refuses = false;
}

TEST_F(TheDevice, forged_orders_change_nothing) {
  claim();
  std::string forged = command("DISABLE", 3);
  forged[forged.size() - 3] = forged[forged.size() - 3] == '0' ? '1' : '0';
  deliver("command", forged);
  deliver("config", R"({"version":9,"licence":"disabled"})");
  deliver("ack", "nonsense");
  run(5);
  EXPECT_EQ(device->snapshot().licence, LicenceState::enabled);
  EXPECT_EQ(device->snapshot().state_version, 2U);
}

TEST_F(TheDevice, disabled_and_cut_off_from_the_broker_it_asks_over_https) {
  claim();
  deliver("command", command("DISABLE", 3));
  run(5);
  const int before = polls;
  run(3500);
  EXPECT_LE(polls - before, 1);
  desired = state(4, "enabled", "workshop_001", 1);
  run(3600);
  EXPECT_EQ(device->snapshot().licence, LicenceState::enabled);
}

TEST_F(TheDevice, moved_to_another_pit_it_publishes_there) {
  claim();
  deliver("config", state(3, "enabled", "workshop_002", 7));
  run(400);
  EXPECT_TRUE(std::any_of(mqtt->published.begin(), mqtt->published.end(),
                          [](const auto& message) { return message.topic == "workshop/workshop_002/pit/7/sensors"; }));
}

TEST_F(TheDevice, taken_out_of_the_workshop_it_waits_to_be_claimed_again) {
  claim();
  deliver("config", state(3, "unprovisioned", "", 0));
  run(60);
  EXPECT_FALSE(mqtt->connected);
  EXPECT_EQ(device->snapshot().licence, LicenceState::unprovisioned);
  EXPECT_GE(polls, 3);
}

TEST_F(TheDevice, a_server_in_trouble_is_asked_less_often) {
  state_status = 503;
  run(60);
  const int first_minute = polls;
  run(1800);
  EXPECT_LT((polls - first_minute) / 30.0, first_minute);
  state_status = 200;
  desired = state(2, "enabled", "workshop_001", 1);
  run(600);
  EXPECT_TRUE(device->snapshot().online) << "and it finds its way back";
}

TEST_F(TheDevice, a_broken_sensor_gives_no_numbers_and_is_said) {
  claim();
  run(60);
  sensor.plugged = false;
  run(60);
  EXPECT_EQ(device->snapshot().sensor, SensorState::fault);
  EXPECT_TRUE(has(mqtt->payloads("/sensors").back(), R"("temperature":null)"));
  EXPECT_TRUE(has(last_status(), R"("sensor":"fault")"));
  sensor.plugged = true;
  sensor.power_cycle();
  run(150);
  EXPECT_NE(device->snapshot().sensor, SensorState::fault);
  EXPECT_FALSE(has(mqtt->payloads("/sensors").back(), R"("temperature":null)"));
}

TEST_F(TheDevice, readings_the_flash_does_not_take_are_counted) {
  claim();
  flash.faults.refuses_writes = true;
  run(60);
  EXPECT_GE(device->snapshot().dropped, 5U);
  flash.faults.refuses_writes = false;
}

TEST_F(TheDevice, says_how_it_is_every_five_minutes) {
  claim();
  run(30);
  const auto before = mqtt->payloads("/status").size();
  run(610);
  EXPECT_GE(mqtt->payloads("/status").size(), before + 2);
  EXPECT_LE(mqtt->payloads("/status").size(), before + 4);
  for (const auto& message : mqtt->published) {
    if (has(message.topic, "/status")) {
      EXPECT_TRUE(message.retain);
      EXPECT_TRUE(json::Document::parse(message.payload).has_value());
    }
  }
}

TEST_F(TheDevice, a_status_that_could_not_be_sent_is_sent_later) {
  claim();
  mqtt->refuses_publish = true;
  deliver("command", command("DISABLE", 3));
  run(5);
  mqtt->refuses_publish = false;
  run(5);
  EXPECT_TRUE(has(last_status(), R"("state_version":3)"));
}

class TheDeviceUpdated : public TheDevice {
 protected:
  void release(const std::string& version) {
    image = version + std::string(1, '\0') + std::string(9'000, 'x');
    crypto.sha256_begin();
    crypto.sha256_add(ByteView(std::string_view(image)));
    const Sha256 digest = crypto.sha256_end();
    Text<64> hash;
    append_hex(hash, {digest.data(), digest.size()});
    const std::string size = std::to_string(image.size());
    const std::string signed_text = "pitview-release-1\n" + version + "\nE\n" + size + "\n" + std::string(hash.view());
    const std::string der = release_key.sign(signed_text);
    Text<160> hex;
    append_hex(hex, ByteView(std::string_view(der)));
    offer = R"({"release_id":"r-)" + version + R"(","version":")" + version + R"(","size":)" + size + R"(,"sha256":")" +
            std::string(hash.view()) + R"(","signature":")" + std::string(hex.view()) +
            R"(","url":"https://api.example/api/device/ota/r/image"})";
  }
};

TEST_F(TheDeviceUpdated, to_a_good_version_it_stays_there) {
  claim();
  release("1.1.0");
  run(3 * 3600);
  run(240);
  EXPECT_EQ(ota.running_version(), "1.1.0");
  EXPECT_FALSE(ota.pending_verify());
  ASSERT_FALSE(reports.empty());
  EXPECT_TRUE(has(reports.back(), R"("state":"installed")"));
  EXPECT_TRUE(has(last_status(), R"("fw":"1.1.0")"));
}

TEST_F(TheDeviceUpdated, to_a_version_that_cannot_connect_it_comes_back) {
  claim();
  release("1.1.0");
  run(3 * 3600);  // ends with the restart into the new image
  ASSERT_EQ(ota.running_version(), "1.1.0");
  broker = false;
  run(240);
  broker = true;
  EXPECT_EQ(ota.running_version(), "1.0.0");
  run(300);
  ASSERT_FALSE(reports.empty());
  EXPECT_TRUE(has(reports.back(), R"("state":"rolled_back")"));
  run(3 * 3600);
  EXPECT_EQ(ota.running_version(), "1.0.0") << "not tried again";
}

TEST_F(TheDeviceUpdated, a_disabled_device_takes_updates_without_its_sensor) {
  claim();
  deliver("command", command("DISABLE", 3));
  run(5);
  desired = state(3, "disabled", "workshop_001", 1);
  release("1.1.0");
  run(3 * 3600);
  run(240);
  EXPECT_EQ(ota.running_version(), "1.1.0");
  EXPECT_FALSE(ota.pending_verify());
}

TEST(Led, shows_the_most_urgent_thing) {
  LedFacts facts;
  EXPECT_EQ(led_pattern(facts), LedPattern::no_identity);
  facts.has_identity = true;
  EXPECT_EQ(led_pattern(facts), LedPattern::no_link);
  facts.has_address = true;
  EXPECT_EQ(led_pattern(facts), LedPattern::unclaimed);
  facts.claimed = true;
  EXPECT_EQ(led_pattern(facts), LedPattern::connecting);
  facts.online = true;
  EXPECT_EQ(led_pattern(facts), LedPattern::steady);
  facts.sensor_fault = true;
  EXPECT_EQ(led_pattern(facts), LedPattern::sensor_fault);
  facts.disabled = true;
  EXPECT_EQ(led_pattern(facts), LedPattern::disabled);
  facts.updating = true;
  EXPECT_EQ(led_pattern(facts), LedPattern::updating);
}

TEST(Led, wants_to_be_set_when_it_changes) {
  EXPECT_EQ(led_next_change_ms(LedPattern::steady, 12'345), UINT64_MAX);
  EXPECT_TRUE(led_on(LedPattern::disabled, 900));
  EXPECT_FALSE(led_on(LedPattern::disabled, 1'000));
  EXPECT_EQ(led_next_change_ms(LedPattern::disabled, 0), 1'000U);
  EXPECT_EQ(led_next_change_ms(LedPattern::disabled, 1'050), 3'200U);
  EXPECT_TRUE(led_on(LedPattern::disabled, 3'200));
}

}  // namespace
}  // namespace pitview::fw
