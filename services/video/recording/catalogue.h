// Which recordings there are. Found on the disk once, kept in memory from then on: pruning, playback
// and pitview-server ask it, and none of them walks a disk with a million files. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "recording/recording_name.h"

namespace pitview::video {

// One file: pictures without a gap.
struct Recording {
  RecordingName name;
  Timestamp ended{};
  std::uint64_t bytes = 0;  // as they lie on the disk
};

class Catalogue {
 public:
  explicit Catalogue(std::filesystem::path directory) : directory_(std::move(directory)) {}

  // What lies on the disk, with the end as the time of its last writing says it. Takes seconds of a large disk.
  void find();
  bool is_complete() const noexcept { return complete_.load(); }  // find() is done

  // Another piece of one, or its first.
  void wrote(const RecordingName& name, Timestamp ended, std::uint64_t bytes);
  // With its file. False: it is not there, or the disk refuses.
  bool remove(const RecordingName& name);
  // All of this path, or the one that began then; how many there were.
  std::size_t remove_all(const std::string& path, std::optional<Timestamp> began = std::nullopt);

  // Those of the path that show something of this time, the oldest first.
  std::vector<Recording> of(const std::string& path, Timestamp from, Timestamp to) const;
  // All that nobody has asked to keep, in no order.
  std::vector<Recording> prunable() const;

  // What has changed, for who keeps a list of its own. A recording is told once however often it has changed.
  struct Change {
    Recording recording;
    bool removed = false;
  };
  struct Changes {
    std::uint64_t revision = 0;   // to ask after next
    bool from_beginning = false;  // these are the first of all that there are, whatever was asked after
    bool more = false;
    std::vector<Change> changes;
  };
  // `after`: 0 for all, or a revision that was told. What was told as removed is forgotten when a
  // later revision is asked after: one listener.
  Changes changes(std::uint64_t after, std::size_t limit);

  const std::filesystem::path& directory() const noexcept { return directory_; }

 private:
  struct Entry {
    Timestamp ended{};
    std::uint64_t bytes = 0;
    bool removed = false;
    std::uint64_t revision = 0;
  };
  using Key = std::tuple<std::string, Timestamp, std::string>;  // path, began, workshop
  using Entries = std::map<Key, Entry>;

  static Key key_of(const RecordingName& name) { return {name.path, name.began, name.workshop}; }
  static Recording recording_of(const Entries::value_type& entry);
  void touch(Entries::value_type& entry);
  bool remove_locked(Entries::iterator entry);

  const std::filesystem::path directory_;
  std::atomic<bool> complete_ = false;
  mutable std::mutex mutex_;
  Entries entries_;
  std::map<std::uint64_t, Key> by_revision_;
  std::set<std::uint64_t> removals_;  // revisions of those that are removed
  std::uint64_t revision_ = 0;
  std::uint64_t forgotten_ = 0;  // removals up to this revision are not known any more
};

}  // namespace pitview::video
