// A firmware as `idf.py build` leaves it: which file goes where on the flash, and
// where the identity goes. Read from flasher_args.json ("Build System" → "Flash
// arguments") and from the partition table that will be on the board, so that the
// two cannot disagree.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pitview::kit {

struct FlashFile {
  std::uint32_t offset = 0;
  std::filesystem::path path;
};

struct FirmwareBuild {
  std::string chip;                            // "esp32"
  std::string before;                          // how esptool gets the chip into its boot loader
  bool stub = true;                            // esptool's own loader in RAM
  std::vector<std::string> write_flash_args;   // "--flash_mode dio …", as IDF says it
  std::vector<std::string> verify_flash_args;  // "--flash_… value": esptool writes them into the boot loader
  std::vector<FlashFile> files;                // by offset
  std::uint32_t identity_offset = 0;           // of the partition factory_nvs
};

// Throws KitError: not a build, a missing or empty file, no partition factory_nvs
// of 24 KiB, a file that would lie on another one or on the identity.
FirmwareBuild read_firmware_build(const std::filesystem::path& directory);

struct Partition {
  std::uint8_t type = 0;
  std::uint8_t subtype = 0;
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
};

// The partition of that label in a binary partition table ("Partition Tables" →
// "Binary Partition Table"); empty when there is none.
std::optional<Partition> find_partition(std::string_view table, std::string_view label);

}  // namespace pitview::kit
