#include "firmware_build.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "error.h"
#include "esptool.h"
#include "firmware_sample.h"
#include "support.h"

namespace pitview::kit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::ScratchDirectory;
using testing::write_text;

template <class F>
std::string refusal(F f) {
  try {
    f();
  } catch (const KitError& error) {
    return error.what();
  }
  return "";
}

class Build : public ::testing::Test {
 protected:
  Build() { testing::write_firmware_build(directory_.path()); }
  std::string refusal_of_build() {
    return refusal([this] { read_firmware_build(directory_.path()); });
  }
  ScratchDirectory directory_;
};

TEST_F(Build, SaysWhatGoesWhere) {
  const FirmwareBuild build = read_firmware_build(directory_.path());
  EXPECT_EQ(build.chip, "esp32");
  EXPECT_EQ(build.before, "default_reset");
  EXPECT_TRUE(build.stub);
  EXPECT_THAT(build.write_flash_args, ElementsAre("--flash_mode", "dio", "--flash_size", "4MB", "--flash_freq", "40m"));
  ASSERT_EQ(build.files.size(), 4U);
  EXPECT_EQ(build.files[0].offset, 0x1000U);
  EXPECT_EQ(build.files[3].offset, 0x20000U);
  EXPECT_EQ(build.files[3].path, directory_ / "pitview.bin");
  EXPECT_EQ(build.identity_offset, 0x11000U) << "from the partition table";
}

TEST_F(Build, TheTableIsReadByteForByte) {
  // Type data (1), subtype nvs (2), offset and size little-endian, label.
  const std::string entry = std::string("\xaa\x50\x01\x02\x00\x10\x01\x00\x00\x60\x00\x00", 12) + "factory_nvs" +
                            std::string(5, '\0') + std::string(4, '\0');
  ASSERT_EQ(entry.size(), 32U);
  const Partition found = find_partition(entry, "factory_nvs").value();
  EXPECT_EQ(found.type, 1);
  EXPECT_EQ(found.subtype, 2);
  EXPECT_EQ(found.offset, 0x11000U);
  EXPECT_EQ(found.size, 24U * 1024);
  EXPECT_FALSE(find_partition(entry, "factory"));
  EXPECT_FALSE(find_partition(entry.substr(0, 31), "factory_nvs")) << "cut off";
  EXPECT_FALSE(find_partition(std::string(32, '\xff') + entry, "factory_nvs")) << "behind the end";
  EXPECT_FALSE(find_partition("", "factory_nvs"));
}

TEST_F(Build, WhatIsNoBuildIsRefused) {
  const ScratchDirectory empty;
  EXPECT_THAT(refusal([&] { read_firmware_build(empty.path()); }),
              HasSubstr("is the build directory of `idf.py build`"));
  write_text(directory_ / "flasher_args.json", "{}");
  EXPECT_THAT(refusal_of_build(), HasSubstr("is not what IDF writes"));
}

TEST_F(Build, AMissingFileIsRefusedBeforeTheBoardIsTouched) {
  testing::fs::remove(directory_ / "pitview.bin");
  EXPECT_THAT(refusal_of_build(), HasSubstr("pitview.bin: is missing or empty: build the firmware first"));
  write_text(directory_ / "pitview.bin", "");
  EXPECT_THAT(refusal_of_build(), HasSubstr("pitview.bin: is missing or empty"));
}

TEST_F(Build, AFirmwareWithoutAPlaceForTheIdentityIsRefused) {
  const auto table = directory_ / "partition_table/partition-table.bin";
  write_text(table, testing::partition("nvs", 1, 2, 0x9000, 0x6000));
  EXPECT_THAT(refusal_of_build(), HasSubstr("has no NVS partition \"factory_nvs\": is this PitView's firmware?"));
  write_text(table, testing::partition("factory_nvs", 0, 0x10, 0x11000, 0x6000));
  EXPECT_THAT(refusal_of_build(), HasSubstr("has no NVS partition \"factory_nvs\""));
  write_text(table, testing::partition("factory_nvs", 1, 2, 0x11000, 0x4000));
  EXPECT_THAT(refusal_of_build(), HasSubstr("has 16384 bytes, and the identity's image 24576"));
}

TEST_F(Build, FilesThatWouldLieOnEachOtherAreRefused) {
  write_text(directory_ / "ota_data_initial.bin", std::string(0x2001, 'o'));
  EXPECT_EQ(refusal_of_build(), "ota_data_initial.bin would lie on factory_nvs in the flash");
}

TEST_F(Build, AnOffsetThatIsNoneIsRefused) {
  std::string json = testing::read_text(directory_ / "flasher_args.json");
  for (const std::string offset : {"131072", "0x", "0x1g", "0x100000000"}) {
    std::string changed = json;
    changed.replace(changed.find("0x20000"), 7, offset);
    write_text(directory_ / "flasher_args.json", changed);
    EXPECT_THAT(refusal_of_build(), HasSubstr("\"" + offset + "\" is no offset such as 0x10000"));
  }
}

TEST(EsptoolOutput, NamesTheBoard) {
  EXPECT_EQ(device_id_in("esptool.py v4.8.1\nSerial port /dev/ttyUSB0\nConnecting....\r\nMAC: a4:cf:12:b3:d4:e5\n"
                         "Uploading stub...\nMAC: a4:cf:12:b3:d4:e5\n"),
            "ESP32-A4CF12B3D4E5");
  EXPECT_EQ(device_id_in("Connected to ESP32 on /dev/ttyUSB0:\nMAC:                a4:cf:12:b3:d4:e5\n"),
            "ESP32-A4CF12B3D4E5")
      << "version 5";
}

TEST(EsptoolOutput, ThatNamesNoBoardOrTwoIsRefused) {
  EXPECT_EQ(refusal([] { device_id_in("Connecting....\n"); }), "esptool did not say which board it talks to");
  EXPECT_EQ(refusal([] { device_id_in(""); }), "esptool did not say which board it talks to");
  EXPECT_EQ(refusal([] { device_id_in("MAC: 00:00:00:00:00:00\n"); }),
            "esptool names no MAC address: 00:00:00:00:00:00");
  EXPECT_EQ(refusal([] { device_id_in("MAC:\n"); }), "esptool names no MAC address: ");
  EXPECT_EQ(refusal([] { device_id_in("MAC: a4:cf:12:b3:d4:e5\nMAC: a4:cf:12:b3:d4:e6\n"); }),
            "esptool names two boards: ESP32-A4CF12B3D4E5 and ESP32-A4CF12B3D4E6");
}

}  // namespace
}  // namespace pitview::kit
