// Which recordings there are, and where. Found on the disk once, and in the bucket if there is one; kept in memory from
// then on: pruning, playback and pitview-server ask it, and none of them walks a disk with a million files. Any thread.
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
#include <utility>
#include <vector>

#include "recording/recording.h"
#include "recording/tombstones.h"

namespace pitview::video {

class Catalogue {
 public:
  // `has_bucket`: there is one that recordings are copied into.
  explicit Catalogue(std::filesystem::path directory, bool has_bucket = false)
      : directory_(std::move(directory)), tombstones_(directory_), has_bucket_(has_bucket), is_learnt_(!has_bucket) {}

  // What lies on the disk, with the end as the time of its last writing says it. Takes seconds of a large disk.
  void find();
  bool is_found() const noexcept { return is_found_.load(); }
  // What the bucket has is known, or there is none.
  bool is_learnt() const noexcept { return is_learnt_.load(); }
  bool is_complete() const noexcept { return is_found_.load() && is_learnt_.load(); }

  // Another piece of one, or its first.
  void wrote(const RecordingName& name, Timestamp ended, std::uint64_t bytes);
  // No more pieces come.
  void closed(const RecordingName& name);
  // A whole one, known at once; one that was removed before may come back under its name.
  void add(const RecordingName& name, Timestamp ended, std::uint64_t bytes);
  // With its file. False: it is not there, or the disk refuses.
  bool remove(const RecordingName& name);
  // All of this path, or the one that began then; how many there were.
  std::size_t remove_all(const std::string& path, std::optional<Timestamp> began = std::nullopt);

  // Those of the path that show something of this time, the oldest first.
  std::vector<Recording> of(const std::string& path, Timestamp from, Timestamp to) const;
  // In no order.
  std::vector<Recording> all() const;

  // The bucket has it; after all of it: finish_learning().
  void learn(const Recording& recording);
  void finish_learning() noexcept { is_learnt_ = true; }
  // What is whole and not in the bucket, the oldest first; empty: nothing.
  std::optional<Recording> next_to_copy() const;
  void copied(const Recording& recording);
  // It cannot be copied.
  void leave_on_disk(const RecordingName& name);
  // What was removed here, and is still in the bucket.
  std::optional<Recording> next_to_forget() const;
  void forgot(const Recording& recording);
  struct Copies {
    std::uint64_t files = 0;          // in the bucket
    std::uint64_t waiting_files = 0;  // whole, and not there
    std::uint64_t waiting_bytes = 0;
  };
  Copies copies() const;
  // The bucket has it: the disk need not. False: it has not, or the disk refuses.
  bool free_disk_of(const RecordingName& name);

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
    bool is_on_disk = false;
    bool is_in_bucket = false;
    bool removed = false;
    std::uint64_t revision = 0;
  };
  using Key = std::tuple<std::string, Timestamp, std::string>;  // path, began, workshop
  using Entries = std::map<Key, Entry>;

  static Key key_of(const RecordingName& name) { return {name.path, name.began, name.workshop}; }
  static Recording recording_of(const Entries::value_type& entry);
  void touch(Entries::value_type& entry);
  void set_in_bucket(Entry& entry, bool is);
  void forget(const Recording& recording);
  void want_copy_of(const Entries::value_type& entry);
  bool remove_locked(Entries::iterator entry);

  const std::filesystem::path directory_;
  const Tombstones tombstones_;
  const bool has_bucket_;
  std::atomic<bool> is_found_ = false;
  std::atomic<bool> is_learnt_;
  mutable std::mutex mutex_;
  Entries entries_;
  std::map<std::uint64_t, Key> by_revision_;
  std::uint64_t in_bucket_ = 0;
  std::set<std::pair<Timestamp, Key>> to_copy_;               // by their beginning
  std::map<std::pair<Key, Timestamp>, Recording> to_forget_;  // by their name and end
  std::set<std::uint64_t> removals_;                          // revisions of those that are removed
  std::uint64_t revision_ = 0;
  std::uint64_t forgotten_ = 0;  // removals up to this revision are not known any more
};

}  // namespace pitview::video
