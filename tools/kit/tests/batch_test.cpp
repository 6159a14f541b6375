#include "batch.h"

#include <gtest/gtest.h>

#include "error.h"
#include "pitview/json/write.h"
#include "support.h"

namespace pitview::kit {
namespace {

std::string refusal(std::string_view json) {
  try {
    parse_batch(json, "batch.json");
  } catch (const KitError& error) {
    return error.what();
  }
  return "";
}

// What a batch with this change is refused for.
template <class Change>
std::string refusal_with(Change change) {
  Batch batch = testing::sample_batch(2);
  change(batch);
  return refusal(json::write(batch));
}

TEST(Batch, IsReadAsTheServerWritesIt) {
  const Batch batch = parse_batch(R"({"batch_id":7,"name":"2026-11-A","hw_rev":"E","api_url":"https://host",
      "mqtt_host":"host","mqtt_port":8883,"mqtt_tls":true,"created_at":"2026-11-25T09:00:00Z","devices":[
      {"device_id":"ESP32-A4CF12B3D4E5","license_key":"LIC-4F8D-9K2M-3P7Q","mqtt_username":"u","mqtt_password":"p",
       "command_key":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
       "claim_code":"K7QF-2M9D-XT","claim_url":"https://host/claim#ESP32-A4CF12B3D4E5/K7QF2M9DXT",
       "claim_expires_at":"2027-11-25T00:00:00Z"}]})",
                                  "batch.json");
  EXPECT_EQ(batch.batch_id, 7);
  ASSERT_NE(batch.find("ESP32-A4CF12B3D4E5"), nullptr);
  EXPECT_EQ(batch.find("ESP32-A4CF12B3D4E5")->claim_code, "K7QF-2M9D-XT");
  EXPECT_EQ(batch.find("ESP32-A4CF12B3D4E6"), nullptr);
}

TEST(Batch, EveryFaultIsNamed) {
  EXPECT_EQ(refusal("{\"batch_id\":7"), "batch.json: This is not valid JSON: it ends too early (byte 13).");
  EXPECT_EQ(refusal(R"({"batch_id":7,"name":"A","hw_rev":"E","api_url":"https://host","mqtt_host":"host",)"
                    R"("mqtt_port":70000,"mqtt_tls":"yes","devices":[]})"),
            "batch.json: mqtt_port must be between 0 and 65535\nbatch.json: mqtt_tls must be true or false");
  EXPECT_EQ(refusal(R"({"batch_id":7,"name":"A","hw_rev":"E","api_url":"https://host","mqtt_host":"a\u0000b",)"
                    R"("mqtt_port":1,"mqtt_tls":true,"devices":[]})"),
            "batch.json: mqtt_host must not contain the NUL character");
  EXPECT_EQ(refusal_with([](Batch& b) { b.devices.clear(); }), "batch.json: devices is empty");
  EXPECT_EQ(refusal_with([](Batch& b) { b.devices[1] = b.devices[0]; }),
            "batch.json: devices[1]: ESP32-A4CF12B3D4E5 is there twice");
  EXPECT_EQ(refusal_with([](Batch& b) { b.devices[0].device_id = "ESP32-1"; }),
            "batch.json: devices[0]: device_id is no device id");
  EXPECT_EQ(refusal_with([](Batch& b) { b.devices[1].claim_url.clear(); }),
            "batch.json: devices[1]: claim_code or claim_url is empty");
}

TEST(Batch, ValuesThatTheFirmwareWouldRefuseDoNotGetOntoABoard) {
  const auto only_device = [](auto change) {
    return refusal_with([&](Batch& batch) {
      batch.devices.resize(1);
      change(batch);
    });
  };
  const std::string where = "batch.json: devices[0]: ";
  EXPECT_EQ(only_device([](Batch& b) { b.mqtt_host = std::string(129, 'h'); }),
            where + "mqtt_host is longer than 128 bytes");
  EXPECT_EQ(only_device([](Batch& b) { b.hw_rev.clear(); }), where + "hw_rev is empty");
  EXPECT_EQ(only_device([](Batch& b) { b.mqtt_port = 0; }), where + "mqtt_port is 0");
  EXPECT_EQ(only_device([](Batch& b) { b.api_url = "app.example.com"; }),
            where + "api_url does not begin with https://");
  EXPECT_EQ(only_device([](Batch& b) { b.api_url += "/"; }), where + "api_url ends with a slash");
  EXPECT_EQ(only_device([](Batch& b) { b.devices[0].command_key[5] = 'g'; }),
            where + "command_key is not 64 hexadecimal digits");
  EXPECT_EQ(only_device([](Batch& b) { b.devices[0].mqtt_password.clear(); }), where + "mqtt_pass is empty");
}

}  // namespace
}  // namespace pitview::kit
