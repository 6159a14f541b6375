#include "identity_values.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/identity/identity.h"
#include "nvs_reader.h"
#include "support.h"

namespace pitview::kit {
namespace {

// The partition as the firmware's adapter shows it: what NVS stores, with its NUL.
class FactoryPartition final : public fw::KvPort {
 public:
  explicit FactoryPartition(const std::string& image) : values_(nvs::testing::Reader(image).values()) {}

  std::optional<std::size_t> get(std::string_view key, fw::MutableBytes into) override {
    const auto found = values_.find({"pitview", std::string(key)});
    if (found == values_.end()) return std::nullopt;
    const std::string stored = found->second + '\0';
    std::copy_n(stored.data(), std::min(stored.size(), into.size), reinterpret_cast<char*>(into.data));
    return stored.size();
  }
  bool set(std::string_view, fw::ByteView) override { return false; }

 private:
  nvs::testing::Values values_;
};

constexpr std::array<std::uint8_t, 6> kMac = {0xA4, 0xCF, 0x12, 0xB3, 0xD4, 0xE5};

TEST(IdentityValues, AnImageHoldsEveryValueUnderTheKeyTheFirmwareKnows) {
  const Batch batch = testing::sample_batch(1);
  const nvs::testing::Values expected = {
      {{"pitview", "device_id"}, "ESP32-A4CF12B3D4E5"},
      {{"pitview", "licence_key"}, "LIC-4F8D-9K2M-1000"},
      {{"pitview", "mqtt_host"}, "mqtt.pitview.example"},
      {{"pitview", "mqtt_port"}, "8883"},
      {{"pitview", "mqtt_tls"}, "1"},
      {{"pitview", "mqtt_user"}, "ESP32-A4CF12B3D4E5"},
      {{"pitview", "mqtt_pass"}, "broker-secret-0"},
      {{"pitview", "api_url"}, "https://app.pitview.example"},
      {{"pitview", "command_key"}, std::string(58, '0') + "abcdef"},
      {{"pitview", "hw_rev"}, "E"},
      {{"pitview", "batch"}, "2026-11-A"},
  };
  const std::string image = identity_image(batch, batch.devices[0]);
  EXPECT_EQ(image.size(), 24U * 1024);
  EXPECT_EQ(nvs::testing::Reader(image).values(), expected);
}

TEST(IdentityValues, TheFirmwareStartsWithTheImage) {
  const Batch batch = testing::sample_batch(1);
  FactoryPartition factory(identity_image(batch, batch.devices[0]));
  fw::Identity identity;
  const char* missing = fw::load_identity(factory, kMac, identity);
  ASSERT_EQ(missing, nullptr) << missing;
  EXPECT_EQ(identity.device_id.view(), "ESP32-A4CF12B3D4E5");
  EXPECT_EQ(identity.mqtt_port, 8883);
  EXPECT_TRUE(identity.mqtt_tls);
  EXPECT_EQ(identity.mqtt_password.view(), "broker-secret-0");
  EXPECT_EQ(identity.command_key[31], 0xef);
}

// The limits of the kit are those of the firmware: the longest value the kit takes,
// the firmware takes; one byte more, both refuse.
TEST(IdentityValues, TheFirmwareTakesTheLongestValuesAndNoLongerOnes) {
  struct Member {
    std::string key;
    std::string& (*of)(Batch&);
    std::string start;
    std::size_t longest;
  };
  const std::vector<Member> members = {
      {"licence_key", [](Batch& b) -> std::string& { return b.devices[0].license_key; }, "", 64},
      {"mqtt_host", [](Batch& b) -> std::string& { return b.mqtt_host; }, "", 128},
      {"mqtt_user", [](Batch& b) -> std::string& { return b.devices[0].mqtt_username; }, "", 64},
      {"mqtt_pass", [](Batch& b) -> std::string& { return b.devices[0].mqtt_password; }, "", 128},
      {"api_url", [](Batch& b) -> std::string& { return b.api_url; }, "https://", 128},
      {"hw_rev", [](Batch& b) -> std::string& { return b.hw_rev; }, "", 16},
  };
  for (const Member& member : members) {
    Batch batch = testing::sample_batch(1);
    fw::Identity identity;
    member.of(batch) = member.start + std::string(member.longest - member.start.size(), 'x');
    EXPECT_TRUE(identity_faults(batch, batch.devices[0]).empty()) << member.key;
    FactoryPartition longest(identity_image(batch, batch.devices[0]));
    EXPECT_EQ(fw::load_identity(longest, kMac, identity), nullptr) << member.key;

    member.of(batch) += 'x';
    EXPECT_FALSE(identity_faults(batch, batch.devices[0]).empty()) << member.key;
    FactoryPartition longer(identity_image(batch, batch.devices[0]));
    const char* fault = fw::load_identity(longer, kMac, identity);
    ASSERT_NE(fault, nullptr) << member.key;
    EXPECT_EQ(fault, member.key);
  }
}

TEST(IdentityValues, TheCsvIsInputForEspressifsGenerator) {
  Batch batch = testing::sample_batch(1);
  batch.name = "Pune, \"second\" shift";
  EXPECT_EQ(identity_csv(batch, batch.devices[0]),
            "key,type,encoding,value\n"
            "pitview,namespace,,\n"
            "device_id,data,string,ESP32-A4CF12B3D4E5\n"
            "licence_key,data,string,LIC-4F8D-9K2M-1000\n"
            "mqtt_host,data,string,mqtt.pitview.example\n"
            "mqtt_port,data,string,8883\n"
            "mqtt_tls,data,string,1\n"
            "mqtt_user,data,string,ESP32-A4CF12B3D4E5\n"
            "mqtt_pass,data,string,broker-secret-0\n"
            "api_url,data,string,https://app.pitview.example\n"
            "command_key,data,string,0000000000000000000000000000000000000000000000000000000000abcdef\n"
            "hw_rev,data,string,E\n"
            "batch,data,string,\"Pune, \"\"second\"\" shift\"\n");
}

}  // namespace
}  // namespace pitview::kit
