// Makes clips: recordings that are kept whatever happens to those they were made of. One after the
// other, on a thread of their own that gets what processor time nobody else wants.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "pitview/async/cpu_pool.h"
#include "pitview/async/task_group.h"
#include "pitview/video/control.h"
#include "playback/library.h"

namespace pitview::video {

class Clips {
 public:
  static constexpr std::size_t kMaxWaiting = 500;

  Clips(asio::any_io_executor executor, Library& library, Catalogue& catalogue)
      : tasks_(std::move(executor)), library_(library), catalogue_(catalogue) {}

  Awaitable<> stop();

  // What has been asked for already goes on. unavailable: too many wait. validation_failed: it is none.
  Result<> make(const ClipRequest& request);
  // With what has been made of it.
  void remove(const std::string& clip);
  std::vector<ClipReport> reports() const;

 private:
  Awaitable<> run(ClipRequest request);

  TaskGroup tasks_;
  Library& library_;
  Catalogue& catalogue_;
  std::atomic<bool> stopping_ = false;
  std::map<std::string, ClipReport> reports_;  // by clip; of the network's thread, as all of this
  CpuPool pool_{1, kMaxWaiting};               // the last: it uses all of the above
};

// Copies what there is of the range, as clip `clip`. On any thread but that of the network.
// not_found: nothing. unavailable: the disk refuses; nothing is left then.
Result<ClipReport> copy_clip(Library& library, Catalogue& catalogue, const RecordedRange& range,
                             const std::string& clip);

}  // namespace pitview::video
