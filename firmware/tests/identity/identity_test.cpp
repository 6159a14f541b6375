#include "core/identity/identity.h"

#include <gtest/gtest.h>

#include "testing/fake_ports.h"

namespace pitview::fw {
namespace {

class IdentityOf : public ::testing::Test {
 protected:
  IdentityOf() { testing::write_factory_settings(factory); }
  std::string wrong() {
    const char* name = load_identity(factory, testing::FakeSystem().mac, identity);
    return name == nullptr ? "" : name;
  }
  testing::FakeKv factory;
  Identity identity;
};

TEST_F(IdentityOf, a_complete_factory_partition) {
  ASSERT_EQ(wrong(), "");
  EXPECT_EQ(identity.device_id.view(), "ESP32-A4CF12B3D4E5");
  EXPECT_EQ(identity.licence_key.view(), "LIC-4F8D-9K2M-3P7Q");
  EXPECT_EQ(identity.mqtt_host.view(), "mqtt.example");
  EXPECT_EQ(identity.mqtt_port, 8883);
  EXPECT_TRUE(identity.mqtt_tls);
  EXPECT_EQ(identity.mqtt_user.view(), "ESP32-A4CF12B3D4E5");
  EXPECT_EQ(identity.mqtt_password.view(), "secret-of-the-broker");
  EXPECT_EQ(identity.api_url.view(), "https://api.example");
  EXPECT_EQ(identity.command_key[31], 0x1f);
  EXPECT_EQ(identity.hw_rev.view(), "E");
}

TEST_F(IdentityOf, a_partition_without_a_setting_names_it) {
  for (const char* name : {"device_id", "licence_key", "mqtt_host", "mqtt_port", "mqtt_tls", "mqtt_user", "mqtt_pass",
                           "api_url", "command_key", "hw_rev"}) {
    const std::string kept = factory.values.at(name);
    factory.values.erase(name);
    EXPECT_EQ(wrong(), name) << "missing";
    factory.set_text(name, "");
    EXPECT_EQ(wrong(), name) << "empty";
    factory.set_text(name, std::string(300, '1'));
    EXPECT_EQ(wrong(), name) << "too long";
    factory.set_text(name, std::string("1\0"
                                       "2",
                                       3));
    EXPECT_EQ(wrong(), name) << "with a NUL inside";
    factory.values[name] = kept;
  }
  EXPECT_EQ(wrong(), "");
}

TEST_F(IdentityOf, another_board_is_refused) {
  factory.set_text("device_id", "ESP32-A4CF12B3D4E6");
  EXPECT_EQ(wrong(), "device_id");
}

TEST_F(IdentityOf, numbers_out_of_range_are_refused) {
  for (const char* port : {"0", "65536", "1883x", "-1", "01883"}) {
    factory.set_text("mqtt_port", port);
    EXPECT_EQ(wrong(), "mqtt_port") << port;
  }
  factory.set_text("mqtt_port", "65535");
  EXPECT_EQ(wrong(), "");
  factory.set_text("mqtt_tls", "2");
  EXPECT_EQ(wrong(), "mqtt_tls");
  factory.set_text("mqtt_tls", "0");
  EXPECT_EQ(wrong(), "");
  EXPECT_FALSE(identity.mqtt_tls);
  factory.set_text("command_key", std::string(62, '0') + "0g");
  EXPECT_EQ(wrong(), "command_key");
}

}  // namespace
}  // namespace pitview::fw
