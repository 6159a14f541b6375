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
    wrote(*name, std::max(written, name->began), static_cast<std::uint64_t>(about.st_size));
  }
  complete_ = true;
}

void Catalogue::wrote(const RecordingName& name, Timestamp ended, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  auto& entry = *entries_.try_emplace(key_of(name)).first;
  // It was removed while it was written: what is still written has no name any more.
  if (entry.second.removed) return;
  entry.second.ended = ended;
  entry.second.bytes = bytes;
  touch(entry);
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
  std::error_code failure;
  fs::remove(recording_of(*entry).name.file(directory_), failure);
  if (failure) return false;
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

std::vector<Recording> Catalogue::prunable() const {
  const std::lock_guard lock(mutex_);
  std::vector<Recording> all;
  all.reserve(entries_.size());
  for (const auto& entry : entries_)
    if (!entry.second.removed && !is_clip(std::get<0>(entry.first))) all.push_back(recording_of(entry));
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
  return {{workshop, path, began}, entry.second.ended, entry.second.bytes};
}

void Catalogue::touch(Entries::value_type& entry) {
  if (entry.second.revision != 0) by_revision_.erase(entry.second.revision);
  entry.second.revision = ++revision_;
  by_revision_[revision_] = entry.first;
}

}  // namespace pitview::video
