// A build directory as `idf.py build` leaves it, with a few bytes for each file.
#pragma once

#include <cstdint>
#include <string>

#include "support.h"

namespace pitview::kit::testing {

// One entry of a binary partition table.
inline std::string partition(const std::string& label, int type, int subtype, std::uint32_t offset,
                             std::uint32_t size) {
  std::string entry = "\xaa\x50";
  entry.push_back(static_cast<char>(type));
  entry.push_back(static_cast<char>(subtype));
  for (const std::uint32_t number : {offset, size})
    for (int i = 0; i < 4; ++i) entry.push_back(static_cast<char>(number >> (8 * i)));
  std::string name = label;
  name.resize(16, '\0');
  return entry + name + std::string(4, '\0');
}

inline void write_firmware_build(const fs::path& directory) {
  write_text(directory / "bootloader/bootloader.bin", "boot loader");
  write_text(directory / "ota_data_initial.bin", "ota data");
  write_text(directory / "pitview.bin", "application");
  write_text(directory / "partition_table/partition-table.bin",
             partition("nvs", 1, 2, 0x9000, 0x6000) + partition("otadata", 1, 0, 0xf000, 0x2000) +
                 partition("factory_nvs", 1, 2, 0x11000, 0x6000) + partition("ota_0", 0, 0x10, 0x20000, 0x190000) +
                 "\xeb\xeb" + std::string(30, '\xff'));
  write_text(directory / "flasher_args.json", R"({
    "write_flash_args" : [ "--flash_mode", "dio", "--flash_size", "4MB", "--flash_freq", "40m" ],
    "flash_settings" : { "flash_mode": "dio", "flash_size": "4MB", "flash_freq": "40m" },
    "flash_files" : {
        "0x1000" : "bootloader/bootloader.bin", "0x20000" : "pitview.bin",
        "0x8000" : "partition_table/partition-table.bin", "0xf000" : "ota_data_initial.bin" },
    "bootloader" : { "offset" : "0x1000", "file" : "bootloader/bootloader.bin", "encrypted" : "false" },
    "partition-table" : { "offset" : "0x8000", "file" : "partition_table/partition-table.bin", "encrypted" : "false" },
    "extra_esptool_args" : { "after" : "hard_reset", "before" : "default_reset", "stub" : true, "chip" : "esp32" }
})");
}

}  // namespace pitview::kit::testing
