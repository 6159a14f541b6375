#pragma once

#include "api/endpoint.h"
#include "recordings/clip_service.h"
#include "recordings/recording_service.h"

namespace pitview::recordings {

// The rows of /api/pits/{id}/recordings, …/playback, /api/clips, /api/shared-clips; all outlive the API.
void add_recording_endpoints(api::Api& api, RecordingService& recordings);
void add_clip_endpoints(api::Api& api, ClipService& clips);

}  // namespace pitview::recordings
