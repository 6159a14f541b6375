#include "recording/recordings.h"

#include "pitview/base/log.h"
#include "recording/pruning.h"

namespace pitview::video {

Recordings::Recordings(Options options, const Clock& clock)
    : clock_(clock),
      master_key_(options.master_key),
      catalogue_(options.directory, options.bucket.has_value()),
      writer_(catalogue_, options.master_key,
              [this, options] {
                if (!catalogue_.is_found()) catalogue_.find();
                const PruningRules rules{.now = clock_.now(),
                                         .keep = options.keep,
                                         .min_free_bytes = options.min_free_bytes,
                                         .free_bytes = [&] { return free_bytes_of(options.directory); }};
                const Pruned pruned = prune(catalogue_, rules);
                if (pruned.files > 0 || pruned.left_to_bucket > 0)
                  log::info("recordings_pruned", {{"files", pruned.files},
                                                  {"bytes", pruned.bytes},
                                                  {"for_want_of_room", pruned.for_want_of_room},
                                                  {"left_to_bucket", pruned.left_to_bucket}});
              }),
      bucket_(options.bucket ? std::make_unique<Bucket>(*options.bucket, catalogue_) : nullptr) {}

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

RecordingsState Recordings::state() const {
  RecordingsState state{.dropped = writer_.counters().dropped};
  std::error_code failure;
  if (const auto space = std::filesystem::space(catalogue_.directory(), failure); !failure) {
    state.free_bytes = space.available;
    state.size_bytes = space.capacity;
  }
  if (bucket_) {
    const Catalogue::Copies copies = catalogue_.copies();
    state.bucket = {
        .files = copies.files, .waiting_files = copies.waiting_files, .waiting_bytes = copies.waiting_bytes};
    if (std::string fault = bucket_->copier.fault(); !fault.empty()) state.bucket->fault = std::move(fault);
  }
  return state;
}

}  // namespace pitview::video
