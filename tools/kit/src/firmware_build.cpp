#include "firmware_build.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "error.h"
#include "files.h"
#include "identity_values.h"
#include "pitview/json/read.h"

namespace pitview::kit {

struct ExtraEsptoolArgs {
  std::string before;
  bool stub = true;
  std::string chip;
};
BOOST_DESCRIBE_STRUCT(ExtraEsptoolArgs, (), (before, stub, chip))

struct FlasherArgs {
  std::vector<std::string> write_flash_args;
  std::map<std::string, std::string> flash_files;
  ExtraEsptoolArgs extra_esptool_args;
};
BOOST_DESCRIBE_STRUCT(FlasherArgs, (), (write_flash_args, flash_files, extra_esptool_args))

namespace {

constexpr std::string_view kIdentityPartition = "factory_nvs";
constexpr std::uint8_t kTypeData = 1;
constexpr std::uint8_t kSubtypeNvs = 2;

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  return value;
}

std::uint32_t parse_offset(const std::string& text, const std::string& source) {
  std::uint32_t offset = 0;
  if (text.starts_with("0x")) {
    const char* end = text.data() + text.size();
    const auto [stop, fault] = std::from_chars(text.data() + 2, end, offset, 16);
    if (stop == end && fault == std::errc()) return offset;
  }
  throw KitError(source + ": \"" + plain_line(text) + "\" is no offset such as 0x10000");
}

// The member "partition-table", whose name no described struct can have.
std::string partition_table_file(std::string_view json, const std::string& source) {
  const auto document = json::Document::parse(json);
  if (document) {
    const auto table = document->root().find("partition-table");
    const auto file = table && table->kind() == json::Kind::object ? table->find("file") : std::nullopt;
    if (file && file->kind() == json::Kind::string) return std::string(file->as_string());
  }
  throw KitError(source + ": names no partition table");
}

std::uint32_t identity_offset(const std::filesystem::path& table_path) {
  const auto partition = find_partition(read_file(table_path), kIdentityPartition);
  if (!partition || partition->type != kTypeData || partition->subtype != kSubtypeNvs)
    throw KitError(table_path.string() + ": has no NVS partition \"" + std::string(kIdentityPartition) +
                   "\": is this PitView's firmware?");
  if (partition->size != kFactoryPartitionBytes)
    throw KitError(table_path.string() + ": \"" + std::string(kIdentityPartition) + "\" has " +
                   std::to_string(partition->size) + " bytes, and the identity's image " +
                   std::to_string(kFactoryPartitionBytes));
  return partition->offset;
}

void check_apart(const FirmwareBuild& build) {
  struct Range {
    std::uint64_t begin, end;
    std::string name;
  };
  std::vector<Range> ranges = {
      {build.identity_offset, build.identity_offset + kFactoryPartitionBytes, std::string(kIdentityPartition)}};
  for (const FlashFile& file : build.files) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(file.path, missing);
    if (missing || size == 0) throw KitError(file.path.string() + ": is missing or empty: build the firmware first");
    ranges.push_back({file.offset, file.offset + size, file.path.filename().string()});
  }
  std::ranges::sort(ranges, {}, &Range::begin);
  for (std::size_t i = 1; i < ranges.size(); ++i)
    if (ranges[i].begin < ranges[i - 1].end)
      throw KitError(ranges[i - 1].name + " would lie on " + ranges[i].name + " in the flash");
}

}  // namespace

std::optional<Partition> find_partition(std::string_view table, std::string_view label) {
  // An entry: 0xAA 0x50, type, subtype, offset (4), size (4), label (16), flags (4).
  // The first entry that does not begin so ends the table.
  constexpr std::size_t kEntryBytes = 32;
  for (; table.size() >= kEntryBytes && table.starts_with("\xaa\x50"); table.remove_prefix(kEntryBytes)) {
    std::string_view name = table.substr(12, 16);
    name = name.substr(0, name.find('\0'));
    if (name == label)
      return Partition{static_cast<std::uint8_t>(table[2]), static_cast<std::uint8_t>(table[3]),
                       little_endian(table.substr(4)), little_endian(table.substr(8))};
  }
  return std::nullopt;
}

FirmwareBuild read_firmware_build(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / "flasher_args.json";
  if (!std::filesystem::exists(path))
    throw KitError(path.string() + " is not there: --firmware is the build directory of `idf.py build`");
  const std::string json = read_file(path);
  const auto args = json::read<FlasherArgs>(json);
  if (!args) throw KitError(path.string() + ": is not what IDF writes: " + plain_line(args.error().detail));

  FirmwareBuild build{.chip = args->extra_esptool_args.chip,
                      .before = args->extra_esptool_args.before,
                      .stub = args->extra_esptool_args.stub,
                      .write_flash_args = args->write_flash_args,
                      .verify_flash_args = {},
                      .files = {},
                      .identity_offset = 0};
  for (std::size_t i = 0; i + 1 < args->write_flash_args.size(); ++i)
    if (args->write_flash_args[i].starts_with("--flash"))
      build.verify_flash_args.insert(build.verify_flash_args.end(),
                                     {args->write_flash_args[i], args->write_flash_args[i + 1]});
  for (const auto& [offset, file] : args->flash_files)
    build.files.push_back({parse_offset(offset, path.string()), directory / file});
  std::ranges::sort(build.files, {}, &FlashFile::offset);
  build.identity_offset = identity_offset(directory / partition_table_file(json, path.string()));
  check_apart(build);
  return build;
}

}  // namespace pitview::kit
