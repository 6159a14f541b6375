#include "recording/catalogue.h"

#include <sys/stat.h>

#include <algorithm>

namespace pitview::video {

namespace fs = std::filesystem;

void Catalogue::find() {
  std::error_code failure;
  fs::recursive_directory_iterator entry(directory_, failure);
  for (; !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
    struct stat about{};
    const auto name = recording_name_of(directory_, entry->path());
    if (!name || lstat(entry->path().c_str(), &about) != 0 || !S_ISREG(about.st_mode)) continue;
    const Timestamp written(std::chrono::seconds(about.st_mtim.tv_sec) +
                            std::chrono::microseconds(about.st_mtim.tv_nsec / 1'000));
    add(*name, std::max(written, name->began), static_cast<std::uint64_t>(about.st_size));
  }
  if (has_bucket_) {
    const std::lock_guard lock(mutex_);
    for (Recording& recording : tombstones_.find())
      to_forget_.emplace(std::pair(key_of(recording.name), recording.ended), std::move(recording));
  }
  is_found_ = true;
}

void Catalogue::wrote(const RecordingName& name, Timestamp ended, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  auto& entry = *entries_.try_emplace(key_of(name)).first;
  // It was removed while it was written: what is still written has no name any more.
  if (entry.second.removed) return;
  entry.second.ended = ended;
  entry.second.bytes = bytes;
  entry.second.is_on_disk = true;
  touch(entry);
}

void Catalogue::closed(const RecordingName& name) {
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(key_of(name));
  if (entry != entries_.end() && !entry->second.removed) want_copy_of(*entry);
}

void Catalogue::add(const RecordingName& name, Timestamp ended, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  auto& entry = *entries_.try_emplace(key_of(name)).first;
  if (entry.second.removed) removals_.erase(entry.second.revision);
  set_in_bucket(entry.second, false);
  entry.second = {.ended = ended, .bytes = bytes, .is_on_disk = true, .revision = entry.second.revision};
  touch(entry);
  want_copy_of(entry);
}

void Catalogue::learn(const Recording& recording) {
  const std::lock_guard lock(mutex_);
  if (to_forget_.contains({key_of(recording.name), recording.ended})) return;
  auto& entry = *entries_.try_emplace(key_of(recording.name)).first;
  if (entry.second.removed) {
    forget(recording);
    return;
  }
  // Its name there says when it ended; the disk says only when it was written.
  entry.second.ended = recording.ended;
  entry.second.bytes = recording.bytes;
  set_in_bucket(entry.second, true);
  to_copy_.erase({recording.name.began, entry.first});
  touch(entry);
}

std::optional<Recording> Catalogue::next_to_copy() const {
  const std::lock_guard lock(mutex_);
  if (to_copy_.empty()) return std::nullopt;
  return recording_of(*entries_.find(to_copy_.begin()->second));
}

void Catalogue::copied(const Recording& recording) {
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(key_of(recording.name));
  if (entry == entries_.end() || entry->second.removed) {  // while it was copied
    forget(recording);
    return;
  }
  entry->second.ended = recording.ended;
  entry->second.bytes = recording.bytes;
  set_in_bucket(entry->second, true);
  to_copy_.erase({recording.name.began, entry->first});
  touch(*entry);
}

void Catalogue::leave_on_disk(const RecordingName& name) {
  const std::lock_guard lock(mutex_);
  to_copy_.erase({name.began, key_of(name)});
}

std::optional<Recording> Catalogue::next_to_forget() const {
  const std::lock_guard lock(mutex_);
  if (to_forget_.empty()) return std::nullopt;
  return to_forget_.begin()->second;
}

void Catalogue::forgot(const Recording& recording) {
  const std::lock_guard lock(mutex_);
  to_forget_.erase({key_of(recording.name), from_milliseconds(to_milliseconds(recording.ended))});
  tombstones_.remove(recording);
}

Catalogue::Copies Catalogue::copies() const {
  const std::lock_guard lock(mutex_);
  Copies copies{.files = in_bucket_, .waiting_files = to_copy_.size()};
  for (const auto& [began, key] : to_copy_) copies.waiting_bytes += entries_.find(key)->second.bytes;
  return copies;
}

bool Catalogue::free_disk_of(const RecordingName& name) {
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(key_of(name));
  if (entry == entries_.end() || !entry->second.is_on_disk || !entry->second.is_in_bucket) return false;
  std::error_code failure;
  fs::remove(name.file(directory_), failure);
  if (failure) return false;
  entry->second.is_on_disk = false;
  return true;
}

bool Catalogue::remove(const RecordingName& name) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key_of(name));
  return found != entries_.end() && remove_locked(found);
}

std::size_t Catalogue::remove_all(const std::string& path, std::optional<Timestamp> began) {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (auto entry = entries_.lower_bound({path, began.value_or(Timestamp::min()), {}}); entry != entries_.end();
       ++entry) {
    const auto& [known, known_began, workshop] = entry->first;
    if (known != path || (began && known_began != *began)) break;
    if (remove_locked(entry)) ++count;
  }
  return count;
}

bool Catalogue::remove_locked(Entries::iterator entry) {
  if (entry->second.removed) return false;
  const Recording recording = recording_of(*entry);
  std::error_code failure;
  fs::remove(recording.name.file(directory_), failure);
  if (failure) return false;
  if (recording.is_in_bucket) forget(recording);
  to_copy_.erase({recording.name.began, entry->first});
  entry->second.is_on_disk = false;
  set_in_bucket(entry->second, false);
  entry->second.removed = true;
  touch(*entry);
  removals_.insert(revision_);
  return true;
}

std::vector<Recording> Catalogue::of(const std::string& path, Timestamp from, Timestamp to) const {
  const std::lock_guard lock(mutex_);
  std::vector<Recording> found;
  for (auto entry = entries_.lower_bound({path, Timestamp::min(), {}});
       entry != entries_.end() && std::get<0>(entry->first) == path && std::get<1>(entry->first) < to; ++entry)
    if (!entry->second.removed && entry->second.ended > from) found.push_back(recording_of(*entry));
  return found;
}

std::vector<Recording> Catalogue::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<Recording> all;
  all.reserve(entries_.size());
  for (const auto& entry : entries_)
    if (!entry.second.removed) all.push_back(recording_of(entry));
  return all;
}

Catalogue::Changes Catalogue::changes(std::uint64_t after, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  Changes told{.revision = revision_, .from_beginning = after < forgotten_ || after > revision_ || after == 0};
  if (told.from_beginning) after = 0;
  while (!removals_.empty() && *removals_.begin() <= after) {
    forgotten_ = *removals_.begin();
    entries_.erase(by_revision_.at(forgotten_));
    by_revision_.erase(forgotten_);
    removals_.erase(removals_.begin());
  }
  for (auto entry = by_revision_.upper_bound(after); entry != by_revision_.end(); ++entry) {
    if (told.changes.size() == limit) {
      told.more = true;
      break;
    }
    const auto& known = *entries_.find(entry->second);
    told.revision = entry->first;
    told.changes.push_back({recording_of(known), known.second.removed});
  }
  return told;
}

Recording Catalogue::recording_of(const Entries::value_type& entry) {
  const auto& [path, began, workshop] = entry.first;
  return {.name = {workshop, path, began},
          .ended = entry.second.ended,
          .bytes = entry.second.bytes,
          .is_on_disk = entry.second.is_on_disk,
          .is_in_bucket = entry.second.is_in_bucket};
}

void Catalogue::touch(Entries::value_type& entry) {
  if (entry.second.revision != 0) by_revision_.erase(entry.second.revision);
  entry.second.revision = ++revision_;
  by_revision_[revision_] = entry.first;
}

void Catalogue::set_in_bucket(Entry& entry, bool is) {
  if (entry.is_in_bucket != is) in_bucket_ += is ? 1 : -1;
  entry.is_in_bucket = is;
}

void Catalogue::forget(const Recording& recording) {
  const Timestamp ended = from_milliseconds(to_milliseconds(recording.ended));
  tombstones_.put(recording);
  to_forget_.insert_or_assign({key_of(recording.name), ended}, recording);
}

void Catalogue::want_copy_of(const Entries::value_type& entry) {
  if (has_bucket_ && entry.second.is_on_disk && !entry.second.is_in_bucket)
    to_copy_.emplace(std::get<Timestamp>(entry.first), entry.first);
}

}  // namespace pitview::video
