// Records every camera that is to be recorded, and lets go what is too old. One thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "bucket/bucket.h"
#include "camera/cameras.h"
#include "pitview/video/control.h"
#include "recording/recorder.h"

namespace pitview::video {

class Recordings {
 public:
  struct Options {
    std::filesystem::path directory;
    crypto::Key256 master_key{};
    std::chrono::seconds keep{};
    std::uint64_t min_free_bytes = 0;
    std::optional<BucketOptions> bucket{};  // that recordings are copied into
  };
  // `clock` outlives it and is asked by the writer's thread too.
  Recordings(Options options, const Clock& clock);

  // From now on those that their settings name, and no others.
  void follow(Cameras& cameras);
  // Before the camera of this path goes.
  void forget(const std::string& path) { recorders_.erase(path); }

  Catalogue& catalogue() noexcept { return catalogue_; }
  const crypto::Key256& master_key() const noexcept { return master_key_; }
  // Null: there is no bucket.
  StoredRecordings* stored() noexcept { return bucket_ ? &bucket_->recordings : nullptr; }
  RecordingsState state() const;
  bool records(const std::string& path) const { return recorders_.contains(path); }
  RecordingWriter::Counters counters() const noexcept { return writer_.counters(); }

 private:
  const Clock& clock_;
  const crypto::Key256 master_key_;
  Catalogue catalogue_;
  RecordingWriter writer_;
  std::unique_ptr<Bucket> bucket_;
  std::map<std::string, std::unique_ptr<Recorder>> recorders_;  // by path
};

}  // namespace pitview::video
