// A recording as plain MP4, for who holds the keys: for a look from the command line.
#pragma once

#include <cstdio>
#include <filesystem>

#include "app/config.h"

namespace pitview::video {

// `file`: a .pvr below the directory. As far as it is whole. Throws std::runtime_error with the
// reason; returns the exit code.
int export_recording(const RecordingsConfig& config, const std::filesystem::path& file, std::FILE* out);

}  // namespace pitview::video
