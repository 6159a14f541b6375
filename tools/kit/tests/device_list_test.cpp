#include "device_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "error.h"

namespace pitview::kit {
namespace {

using ::testing::ElementsAre;

std::string refusal(std::string_view text) {
  try {
    parse_device_list(text, "macs.txt");
  } catch (const KitError& error) {
    return error.what();
  }
  return "";
}

TEST(DeviceList, TakesAddressesAndDeviceIdsInTheirOrder) {
  EXPECT_THAT(parse_device_list("# batch of Monday\n"
                                "A4:CF:12:B3:D4:E5\n"
                                "\n"
                                "  a4:cf:12:b3:d4:e6  # bent header\r\n"
                                "ESP32-A4CF12B3D4E7",
                                "macs.txt"),
              ElementsAre("ESP32-A4CF12B3D4E5", "ESP32-A4CF12B3D4E6", "ESP32-A4CF12B3D4E7"));
}

TEST(DeviceList, NamesEveryBadLine) {
  EXPECT_EQ(refusal("A4:CF:12:B3:D4:E5\nA4-CF-12-B3-D4-E6\nESP32-a4cf12b3d4e7\na4:cf:12:b3:d4:e5\n"),
            "macs.txt:2: \"A4-CF-12-B3-D4-E6\" is no MAC address such as A4:CF:12:B3:D4:E5 and no device id\n"
            "macs.txt:3: \"ESP32-a4cf12b3d4e7\" is no MAC address such as A4:CF:12:B3:D4:E5 and no device id\n"
            "macs.txt:4: ESP32-A4CF12B3D4E5 is in line 1 already");
}

TEST(DeviceList, RefusesAListWithoutADevice) {
  EXPECT_EQ(refusal("# nothing yet\n"), "macs.txt: no device in it");
  EXPECT_EQ(refusal(""), "macs.txt: no device in it");
}

TEST(DeviceList, RefusesAddressesThatNoChipHas) {
  EXPECT_NE(refusal("FF:FF:FF:FF:FF:FF"), "");
  EXPECT_NE(refusal("01:00:5E:00:00:01"), "");
  EXPECT_NE(refusal("00:00:00:00:00:00"), "");
  EXPECT_NE(refusal("ESP32-010000000001"), "");
  EXPECT_NE(refusal("A4:CF:12:B3:D4:E5:00"), "");
}

}  // namespace
}  // namespace pitview::kit
