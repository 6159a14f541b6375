#include "recording/recordings.h"

#include "pitview/base/log.h"
#include "recording/pruning.h"

namespace pitview::video {

Recordings::Recordings(Options options, const Clock& clock)
    : clock_(clock), writer_(options.directory, options.master_key, [options, &clock] {
        const Pruned pruned = prune(
            options.directory,
            {.now = clock.now(), .keep = options.keep, .min_free_bytes = options.min_free_bytes, .free_bytes = [&] {
               return free_bytes_of(options.directory);
             }});
        if (pruned.files > 0)
          log::info("recordings_pruned",
                    {{"files", pruned.files}, {"bytes", pruned.bytes}, {"for_want_of_room", pruned.for_want_of_room}});
      }) {}

void Recordings::follow(Cameras& cameras) {
  cameras.for_each([this](Camera& camera) {
    const CameraSettings& settings = camera.settings();
    const auto known = recorders_.find(settings.path);
    if (known != recorders_.end() && known->second->workshop() == settings.record) return;
    if (known != recorders_.end()) recorders_.erase(known);
    if (settings.record.empty()) return;
    recorders_[settings.path] =
        std::make_unique<Recorder>(camera.stream(), clock_, writer_, settings.record, settings.path);
  });
}

}  // namespace pitview::video
