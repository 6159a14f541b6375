#include "recording/recording_file.h"

namespace pitview::video {

namespace fs = std::filesystem;

Result<SealedFileWriter> create_recording(const fs::path& directory, const RecordingName& name,
                                          const crypto::Key256& workshop_key) {
  const fs::path place = name.file(directory);
  std::error_code failure;
  fs::create_directories(place.parent_path(), failure);
  if (failure) return Error{Errc::unavailable, place.parent_path().string() + ": " + failure.message(), {}, 0};
  return SealedFileWriter::create(place, workshop_key, name.text());
}

Result<SealedFileReader> open_recording(const fs::path& directory, const RecordingName& name,
                                        const crypto::Key256& workshop_key) {
  return SealedFileReader::open(name.file(directory), workshop_key, name.text());
}

}  // namespace pitview::video
