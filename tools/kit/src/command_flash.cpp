#include <unistd.h>

#include <iostream>

#include "batch.h"
#include "commands.h"
#include "error.h"
#include "esptool.h"
#include "files.h"
#include "firmware_build.h"
#include "identity_values.h"
#include "kit_log.h"
#include "pitview/base/crypto.h"
#include "process.h"

namespace pitview::kit {
namespace {

// The image as esptool wants it: a file, for as long as it runs.
class ImageFile {
 public:
  ImageFile(const std::filesystem::path& directory, std::string_view image) : path_(path_in(directory)) {
    write_private_file(path_, image);
  }
  ~ImageFile() { ::unlink(path_.c_str()); }
  ImageFile(const ImageFile&) = delete;
  ImageFile& operator=(const ImageFile&) = delete;

  static std::filesystem::path path_in(const std::filesystem::path& directory) { return directory / "flashing.bin"; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// One board and its identity, step by step into the log.
class Flashing {
 public:
  Flashing(const FirmwareBuild& build, const Esptool& esptool, KitLog& log, std::string device_id,
           const std::filesystem::path& image, std::string sha256)
      : esptool_(esptool),
        log_(log),
        device_id_(std::move(device_id)),
        sha256_(std::move(sha256)),
        identity_{build.identity_offset, image},
        firmware_(build.files) {}

  void run(bool again) try {
    const History::Board before = log_.of(device_id_).board;
    if (again || before != History::Board::flashed) write(before, again);
    esptool_.verify(everything(), device_id_);
    note(Step::verified);
  } catch (const KitError& failure) {
    note(Step::failed, false, plain_line(failure.what()));
    throw;
  }

 private:
  std::vector<FlashFile> everything() const {
    std::vector<FlashFile> files = firmware_;
    files.push_back(identity_);
    return files;
  }

  void write(History::Board before, bool again) {
    // An attempt that did not end well may have got as far as the identity: it is
    // not written over itself.
    const bool may_be_there = before == History::Board::interrupted || before == History::Board::failed;
    const bool is_there = !again && may_be_there && esptool_.holds(identity_, device_id_);
    note(Step::flashing, again && before != History::Board::untouched,
         is_there ? std::optional<std::string>("the identity is on the board already") : std::nullopt);
    esptool_.write(is_there ? firmware_ : everything(), device_id_);
    note(Step::flashed);
  }

  void note(Step step, bool again = false, std::optional<std::string> detail = {}) {
    log_.append({.time = {},
                 .step = step,
                 .device_id = device_id_,
                 .sha256 = sha256_,
                 .again = again,
                 .detail = std::move(detail)});
  }

  const Esptool& esptool_;
  KitLog& log_;
  std::string device_id_;
  std::string sha256_;
  FlashFile identity_;
  std::vector<FlashFile> firmware_;
};

void say_what_would_happen(const FirmwareBuild& build, const Esptool& esptool, const FlashOptions& options) {
  std::vector<FlashFile> files = build.files;
  files.push_back({build.identity_offset, ImageFile::path_in(directory_of(options.batch))});
  std::cout << "would read the MAC address of the board at " << options.port
            << ", and for a board of this batch run\n  " << command_line(esptool.write_command(files)) << '\n';
}

}  // namespace

void flash_board(const FlashOptions& options, const Clock& clock) {
  const std::filesystem::path directory = directory_of(options.batch);
  const Batch batch = read_batch(options.batch);
  const FirmwareBuild build = read_firmware_build(options.firmware);
  const Esptool esptool(build, options.port);
  if (options.dry_run) return say_what_would_happen(build, esptool, options);

  const BatchLock lock(directory);
  KitLog log(directory, clock);
  ::unlink(ImageFile::path_in(directory).c_str());  // of a kit that was killed
  const std::string device_id = esptool.read_device_id();
  const BatchDevice* device = batch.find(device_id);
  if (device == nullptr)
    throw KitError("the board is " + device_id + ", which is not in batch \"" + plain_line(batch.name) +
                   "\": nothing was written");
  const History& history = log.of(device_id);
  if (history.board == History::Board::verified && !options.again)
    throw KitError(device_id + " was flashed and verified before: --again writes its identity a second time");

  const std::string image = identity_image(batch, *device);
  const ImageFile image_file(directory, image);
  Flashing(build, esptool, log, device_id, image_file.path(), crypto::sha256_hex(image)).run(options.again);
  std::cout << device_id << " is flashed and verified\n";
}

}  // namespace pitview::kit
