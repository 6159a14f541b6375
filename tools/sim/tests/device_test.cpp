// The parts of a virtual device that have rules of their own, and a device without any
// server. What it does with a real server and broker: tests/e2e/device-life.test.ts.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "device/air_script.h"
#include "device/ota_slots.h"
#include "fleet/control.h"
#include "fleet/fleet.h"
#include "pitview/json/document.h"

namespace pitview::sim {
namespace {

using std::chrono::seconds;

const Timestamp kNoon = *parse_iso8601("2026-11-24T06:30:00Z");

TEST(AirScript, ASolventSpikeRisesAndFallsBack) {
  AirScript calm(site_of("workshop_001", 1));
  AirScript air = calm;
  air.solvent_spike(kNoon, seconds(240), 150);
  const auto added = [&](int after_s) {
    return *air.at(kNoon + seconds(after_s)).aqi - *calm.at(kNoon + seconds(after_s)).aqi;
  };
  EXPECT_EQ(added(0), 0);
  EXPECT_GT(added(60), 100);
  EXPECT_GT(added(240), 140);
  EXPECT_LT(added(240 + 600), 10);
  EXPECT_LT(*air.at(kNoon + seconds(240)).gas_ohm, *calm.at(kNoon + seconds(240)).gas_ohm / 2);
}

TEST(AirScript, AnOpenDoorLetsTheWeatherIn) {
  AirScript air(site_of("workshop_001", 1));
  air.door_open(kNoon, seconds(300), 40, 80);
  EXPECT_GT(*air.at(kNoon + seconds(300)).temperature_c, 36);
  EXPECT_GT(*air.at(kNoon + seconds(300)).humidity_rh, 70);
  EXPECT_LT(*air.at(kNoon + seconds(1500)).temperature_c, 30);
}

bool install(OtaSlots& slots, std::string_view image) {
  return slots.begin(image.size()) && slots.write(fw::ByteView(image)) && slots.finish();
}

TEST(OtaSlots, ANewImageRunsOnTrialAndStaysWhenMarked) {
  OtaSlots slots("1.0.0");
  slots.boot();
  ASSERT_TRUE(install(slots, "pitview-sim-image\nversion=1.1.0\n"));
  EXPECT_EQ(slots.running_version(), "1.0.0");
  slots.boot();
  EXPECT_EQ(slots.running_version(), "1.1.0");
  EXPECT_TRUE(slots.pending_verify());
  slots.mark_valid();
  slots.boot();
  EXPECT_EQ(slots.running_version(), "1.1.0");
  EXPECT_FALSE(slots.pending_verify());
}

TEST(OtaSlots, ATrialThatEndsUnmarkedBringsTheOldOneBack) {
  OtaSlots slots("1.0.0");
  ASSERT_TRUE(install(slots, "pitview-sim-image\nversion=1.1.0\nfault=crash\n"));
  slots.boot();
  EXPECT_EQ(slots.fault(), "crash");
  slots.boot();
  EXPECT_EQ(slots.running_version(), "1.0.0");
  EXPECT_EQ(slots.fault(), "");
  slots.boot();
  EXPECT_EQ(slots.running_version(), "1.0.0");
}

TEST(OtaSlots, WhatIsNoImageIsRefused) {
  OtaSlots slots("1.0.0");
  EXPECT_FALSE(install(slots, "MZ"));
  EXPECT_FALSE(install(slots, "pitview-sim-image\n"));
  slots.boot();
  EXPECT_EQ(slots.running_version(), "1.0.0");
}

// A fleet whose server and broker do not exist.
struct LonelyFleet {
  LonelyFleet() {
    Config config;
    config.mqtt.port = 9;
    config.api.url = "http://127.0.0.1:9";
    config.clock.calibrated = false;
    for (int i = 0; i < 20; ++i) {
      DeviceConfig device;
      device.device_id = "ESP32-0000000000" + std::to_string(10 + i);
      device.license_key = "LIC-4F8D-9K2M-3P7Q";
      device.mqtt_username = device.device_id;
      device.mqtt_password = "secret";
      device.command_key = std::string(64, 'a');
      config.device.push_back(device);
    }
    fleet = std::make_unique<Fleet>(context.get_executor(), config);
  }
  void run_for(std::chrono::milliseconds time) {
    context.restart();
    context.run_for(time);
  }
  asio::io_context context{1};
  std::unique_ptr<Fleet> fleet;
};

TEST(Fleet, DevicesWithoutAServerWaitAndCanBeSteered) {
  LonelyFleet lonely;
  Fleet& fleet = *lonely.fleet;
  fleet.start();
  lonely.run_for(std::chrono::milliseconds(200));
  const std::string answer = control(fleet, R"({"id":7,"action":"report","device":"ESP32-000000000012"})");
  const auto document = json::Document::parse(answer);
  ASSERT_TRUE(document) << answer;
  EXPECT_EQ(document->root().find("id")->as_int64(), 7);
  EXPECT_TRUE(document->root().find("ok")->as_bool());
  const json::View device = *document->root().find("devices")->first();
  EXPECT_EQ(device.find("licence")->as_string(), "unprovisioned");
  EXPECT_EQ(device.find("boot_id")->as_uint64(), 1);

  control(fleet, R"({"id":8,"action":"power_cycle","device":"ESP32-000000000012"})");
  lonely.run_for(std::chrono::milliseconds(50));
  EXPECT_EQ(fleet.find("ESP32-000000000012")->snapshot().boot_id, 2U);
  EXPECT_EQ(fleet.find("ESP32-000000000013")->snapshot().boot_id, 1U);

  VirtualClock& clock = fleet.find("ESP32-000000000013")->clock();
  control(fleet, R"({"id":9,"action":"clock_drift","value":-90000,"device":"ESP32-000000000013"})");
  EXPECT_EQ(clock.drift_ms, -90'000);
  control(fleet, R"({"id":10,"action":"no_sntp","value":1,"device":"ESP32-000000000013"})");
  EXPECT_FALSE(clock.sntp_reachable);
  EXPECT_TRUE(fleet.find("ESP32-000000000012")->clock().sntp_reachable);

  control(fleet, R"({"id":11,"action":"power_off"})");
  EXPECT_FALSE(fleet.find("ESP32-000000000012")->powered());
  EXPECT_EQ(fleet.totals().devices, 20U);
  EXPECT_EQ(fleet.totals().online, 0U);
}

TEST(Fleet, WrongOrdersAreAnsweredPlainly) {
  LonelyFleet lonely;
  EXPECT_NE(control(*lonely.fleet, "x").find(R"("ok":false)"), std::string::npos);
  EXPECT_NE(control(*lonely.fleet, R"({"id":1,"action":"fly"})").find("no such action: fly"), std::string::npos);
  EXPECT_NE(control(*lonely.fleet, R"({"id":1,"action":"report","device":"nobody"})").find("no such device: nobody"),
            std::string::npos);
}

TEST(Fleet, TimeCanBeTurnedAheadForADevice) {
  LonelyFleet lonely;
  VirtualDevice& device = *lonely.fleet->devices().front();
  device.network().cut = true;
  device.power_on();
  const std::int64_t before = device.clock().true_unix_ms();
  device.advance(std::chrono::hours(2));
  EXPECT_GE(device.clock().true_unix_ms() - before, 7'200'000);
  EXPECT_LT(device.clock().true_unix_ms() - before, 7'260'000);
}

}  // namespace
}  // namespace pitview::sim
