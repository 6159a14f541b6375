// One stream of a camera is set up: read, change, write, read again.
#pragma once

#include "cameras_isapi/camera_setup.h"
#include "cameras_isapi/channel_settings.h"
#include "cameras_isapi/isapi_client.h"

namespace pitview::cameras_isapi {

// An error: nothing was changed, in a sentence for people. not_found: there is no such stream.
// Once something may have been changed, the settings tell of it, whatever comes then.
Awaitable<Result<CameraStreamSetup>> set_up_stream(IsapiClient& camera, unsigned channel, StreamKind kind);

}  // namespace pitview::cameras_isapi
