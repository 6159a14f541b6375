// The sealed file of a recording, at its place and under its name.
#pragma once

#include "recording/recording_name.h"
#include "recording/sealed_file.h"

namespace pitview::video {

// With the folders that it lies in. unavailable: it is there already, or the disk refuses.
Result<SealedFileWriter> create_recording(const std::filesystem::path& directory, const RecordingName& name,
                                          const crypto::Key256& workshop_key);

// As SealedFileReader::open().
Result<SealedFileReader> open_recording(const std::filesystem::path& directory, const RecordingName& name,
                                        const crypto::Key256& workshop_key);

}  // namespace pitview::video
