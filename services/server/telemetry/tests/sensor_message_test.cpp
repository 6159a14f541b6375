#include "telemetry/sensor_message.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace pitview::telemetry {
namespace {

namespace fs = std::filesystem;

// Between the oldest and the newest timestamp of the valid examples.
const Timestamp kNow = *parse_iso8601("2026-02-20T22:35:00Z");

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool accepted(const std::string& payload) {
  if (payload.size() > kMaxPayloadBytes) return false;
  const auto message = parse_sensor_message(payload, kNow);
  return message && fault_of(*message, kNow) == MessageFault::none;
}

TEST(SensorContract, EveryValidExampleIsAccepted) {
  int seen = 0;
  for (const auto& file : fs::directory_iterator("contracts/mqtt/examples/valid")) {
    EXPECT_TRUE(accepted(read_file(file.path()))) << file.path();
    ++seen;
  }
  EXPECT_GT(seen, 5);
}

TEST(SensorContract, EveryInvalidExampleIsRefused) {
  int seen = 0;
  for (const auto& file : fs::directory_iterator("contracts/mqtt/examples/invalid")) {
    EXPECT_FALSE(accepted(read_file(file.path()))) << file.path();
    ++seen;
  }
  EXPECT_GT(seen, 20);
}

TEST(SensorMessage, ReadsThePlansExample) {
  const auto message = parse_sensor_message(
      R"({"device_id":"pit1_esp32_abc123","license_key":"LIC-XXXX-YYYY-ZZZZ","timestamp":"2026-02-20T22:30:00Z",)"
      R"("temperature":24.5,"humidity":55.2,"aqi":78,"pressure":1013.25})",
      kNow);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->air.temperature_c, 24.5);
  EXPECT_EQ(message->air.aqi, 78);
  EXPECT_EQ(message->seq, 0);
  EXPECT_FALSE(message->air.iaq_accuracy);
}

TEST(SensorMessage, TheAppendixFormHasNoTimestampAndAFractionOfAnIndex) {
  const auto message = parse_sensor_message(
      R"({"device_id":"d","license_key":"l","temperature":24.50,"humidity":55.20,"aqi":78.40,"pressure":1013.25})",
      kNow);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->measured_at, kNow);
  EXPECT_EQ(message->air.aqi, 78);
}

TEST(SensorMessage, TimeLimitsAreFiveMinutesAheadAndNinetyDaysBack) {
  SensorMessage message{.measured_at = kNow + std::chrono::minutes(5)};
  EXPECT_EQ(fault_of(message, kNow), MessageFault::none);
  message.measured_at += std::chrono::seconds(1);
  EXPECT_EQ(fault_of(message, kNow), MessageFault::future_timestamp);
  message.measured_at = kNow - std::chrono::days(91);
  EXPECT_EQ(fault_of(message, kNow), MessageFault::too_old);
}

TEST(Topic, KnowsThePlansFormTheAppendixFormAndTheStatus) {
  const Topic plan = parse_topic("workshop/workshop_001/pit/3/sensors");
  EXPECT_EQ(plan.kind, TopicKind::sensors);
  EXPECT_EQ(plan.workshop_code, "workshop_001");
  EXPECT_EQ(plan.pit_number, 3);
  EXPECT_EQ(parse_topic("workshop/workshop_001/pit12/sensors").pit_number, 12);
  const Topic status = parse_topic("workshop/workshop_001/device/ESP32-A1B2C3D4E5F6/status");
  EXPECT_EQ(status.kind, TopicKind::device_status);
  EXPECT_EQ(status.device_id, "ESP32-A1B2C3D4E5F6");
}

TEST(Topic, EverythingElseIsOther) {
  for (const char* topic :
       {"", "workshop", "workshop/a/pit/x/sensors", "workshop/a/pit/0/sensors", "workshop/a/pit/-1/sensors",
        "workshop/a/pit/1/sensors/more", "workshop/a/pit/99999999999/sensors", "shop/a/pit/1/sensors",
        "workshop/a/device/d/other", "workshop/a/pitfall/sensors"})
    EXPECT_EQ(parse_topic(topic).kind, TopicKind::other) << topic;
}

TEST(DeviceStatus, OnlyThreeWordsAreKnown) {
  EXPECT_EQ(parse_device_status(R"({"status":"online","fw":"1"})")->status, "online");
  EXPECT_EQ(parse_device_status(R"({"status":"disabled","reason":"x"})")->status, "disabled");
  EXPECT_FALSE(parse_device_status(R"({"status":"asleep"})"));
  EXPECT_FALSE(parse_device_status("online"));
}

TEST(StatusReport, SaysWhatItConfirms) {
  const auto report = parse_device_status(
      R"({"status":"disabled","reason":"x","boot_id":4,"state_version":12,"fw":"1.2.0","hw_rev":"D1","heap_free":1})");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->boot_id, 4);
  EXPECT_EQ(report->state_version, 12);
  EXPECT_EQ(report->fw, "1.2.0");
  EXPECT_EQ(report->hw_rev, "D1");
  EXPECT_FALSE(parse_device_status(R"({"status":"online"})")->state_version);
  EXPECT_FALSE(parse_device_status(R"({"status":"online","state_version":-1})"));
}

TEST(Identity, IsFoundInAReadingThatIsNoGood) {
  const auto identity =
      parse_identity(R"({"device_id":"d","license_key":"k","boot_id":3,"seq":9,"temperature":"hot"})");
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->boot_id, 3);
  EXPECT_EQ(identity->seq, 9);
  for (const char* payload : {"", R"({"device_id":"d","license_key":"k","seq":9})",
                              R"({"device_id":"d","license_key":"k","boot_id":3,"seq":-1})"})
    EXPECT_FALSE(parse_identity(payload)) << payload;
}

TEST(Topic, OfTheServersOwnMessagesIsKnown) {
  for (const char* what : {"command", "config", "ack"})
    EXPECT_EQ(parse_topic(std::string("workshop/workshop_001/device/d/") + what).kind, TopicKind::from_server);
  EXPECT_EQ(parse_topic("workshop/workshop_001/device/d/other").kind, TopicKind::other);
}

}  // namespace
}  // namespace pitview::telemetry
