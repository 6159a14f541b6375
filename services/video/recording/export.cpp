#include "recording/export.h"

#include <stdexcept>

#include "pitview/config/config.h"
#include "recording/recording_file.h"
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
  const fs::path directory = fs::weakly_canonical(config.directory);
  const auto name = recording_name_of(directory, fs::weakly_canonical(file));
  if (!name) throw std::runtime_error(file.string() + " is no recording below " + config.directory);
  WorkshopKeys keys(directory, config::load_key(config.master_key_file));
  const auto reader = value_of(open_recording(directory, *name, value_of(keys.find(name->workshop))));
  for (std::size_t i = 0; i < reader.entries().size(); ++i) {
    const std::string piece = value_of(reader.read(i));
    if (std::fwrite(piece.data(), 1, piece.size(), out) != piece.size())
      throw std::runtime_error("The MP4 cannot be written.");
  }
  return 0;
}

}  // namespace pitview::video
