#include "recording/export.h"

#include <stdexcept>

#include "pitview/config/config.h"
#include "recording/sealed_file.h"
#include "recording/workshop_keys.h"

namespace pitview::video {
namespace {

namespace fs = std::filesystem;

template <class T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return std::move(*result);
}

}  // namespace

int export_recording(const RecordingsConfig& config, const fs::path& file, std::FILE* out) {
  // <directory>/<workshop>/<path>/<began>.pvr
  const fs::path camera = file.parent_path();
  const std::string workshop = camera.parent_path().filename();
  std::error_code failure;
  if (workshop.empty() || !fs::equivalent(camera.parent_path().parent_path(), config.directory, failure))
    throw std::runtime_error(file.string() + " is no recording below " + config.directory);
  const fs::path key = camera.parent_path() / "key";
  if (!fs::exists(key, failure)) throw std::runtime_error("The key " + key.string() + " is gone.");
  WorkshopKeys keys(config.directory, config::load_key(config.master_key_file));
  const auto reader = value_of(SealedFileReader::open(file, value_of(keys.of(workshop)),
                                                      camera.filename().string() + "/" + file.stem().string()));
  for (std::size_t i = 0; i < reader.entries().size(); ++i) {
    const std::string piece = value_of(reader.read(i));
    if (std::fwrite(piece.data(), 1, piece.size(), out) != piece.size())
      throw std::runtime_error("The MP4 cannot be written.");
  }
  return 0;
}

}  // namespace pitview::video
