#include "app/config.h"

#include "pitview/async/asio.h"
#include "pitview/base/log.h"
#include "pitview/config/config.h"

namespace pitview::video {

Config load_config(const std::filesystem::path& file) {
  Config loaded = config::load<Config>(file, "PITVIEW_VIDEO");
  const auto refuse = [&](const std::string& sentence) { throw config::ConfigError(file.string() + ": " + sentence); };
  if (!log::set_level(loaded.log.level)) refuse("log.level must be \"debug\", \"info\", \"warning\" or \"error\"");
  if (loaded.webrtc.candidates.empty()) refuse("webrtc.candidates must name at least one address");
  for (const std::string& address : loaded.webrtc.candidates) {
    error_code failure;
    asio::ip::make_address(address, failure);
    if (failure) refuse("webrtc.candidates: \"" + address + "\" is no address");
  }
  if (loaded.recordings.keep_days < 1 || loaded.recordings.keep_days > 3'650)
    refuse("recordings.keep_days must be 1 to 3650");
  if (loaded.recordings.min_free_mib < 0) refuse("recordings.min_free_mib must not be below 0");
  return loaded;
}

}  // namespace pitview::video
