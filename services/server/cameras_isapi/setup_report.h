// What has come of the settings that a camera was told. Pure rules.
#pragma once

#include "cameras_isapi/camera_setup.h"
#include "cameras_isapi/channel_settings.h"
#include "cameras_isapi/isapi_client.h"

namespace pitview::cameras_isapi {

struct Told {
  Setting setting;
  Said said = Said::nothing;  // nothing too where there was nothing to tell
};

// `after`: the document when it was read again; empty: it could not be.
std::vector<CameraSetting> report_of(const std::vector<Told>& told, const std::optional<XmlValues>& after,
                                     StreamKind kind);

// "pass", "warn", "fail".
std::string verdict_of(const std::vector<CameraStreamSetup>& streams);

}  // namespace pitview::cameras_isapi
