#include "bucket/bucket_copier.h"

#include <algorithm>

#include "pitview/base/log.h"
#include "recording/sealed_index.h"
#include "recording/workshop_keys.h"

namespace pitview::video {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kLook{200};  // after what is new
constexpr milliseconds kFirstPause{seconds(1)};
constexpr milliseconds kLongestPause{seconds(60)};
constexpr std::size_t kMostKeyBytes = 4'096;

// A file as far as it is whole, and its table behind it.
struct Copy {
  const LocalFile& file;
  std::uint64_t end = 0;  // of the file
  std::string table;

  std::uint64_t size() const { return end + table.size(); }
  // Fewer: the disk refuses.
  std::string read(std::uint64_t offset, std::size_t size) const {
    std::string bytes;
    if (offset < end) {
      const auto of_file = static_cast<std::size_t>(std::min<std::uint64_t>(size, end - offset));
      auto read = file.read(offset, of_file);
      if (!read || read->size() != of_file) return {};
      bytes = std::move(*read);
    }
    if (bytes.size() < size)
      bytes += table.substr(static_cast<std::size_t>(offset + bytes.size() - end), size - bytes.size());
    return bytes;
  }
};

}  // namespace

BucketCopier::BucketCopier(s3::Client& bucket, BucketNames names, Catalogue& catalogue)
    : bucket_(bucket), names_(std::move(names)), catalogue_(catalogue), thread_([this] { work(); }) {}

BucketCopier::~BucketCopier() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_one();
  thread_.join();
}

std::string BucketCopier::fault() const {
  const std::lock_guard lock(mutex_);
  return fault_;
}

void BucketCopier::work() {
  bool has_learnt = false;
  milliseconds pause = kFirstPause;
  while (wait(kLook)) {
    bool works = true;
    if (!has_learnt && catalogue_.is_found()) works = has_learnt = learn();
    if (has_learnt) works = remove_what_is_gone();
    while (works && has_learnt && !stops()) {
      const auto next = catalogue_.next_to_copy();
      if (!next) break;
      works = copy(*next) && remove_what_is_gone();
    }
    if (works) {
      pause = kFirstPause;
      continue;
    }
    wait(pause);
    pause = std::min(pause * 2, kLongestPause);
  }
}

bool BucketCopier::learn() {
  std::set<std::string> workshops;
  std::size_t count = 0;
  std::string from;
  do {
    const auto listing = bucket_.list(names_.prefix(), from);
    if (!listing) return succeeded(listing.error());
    if (!take(*listing, workshops)) return false;
    count += listing->objects.size();
    from = listing->next;
  } while (!from.empty() && !stops());
  for (const std::string& workshop : workshops)
    if (!restore_key(workshop)) return false;
  catalogue_.finish_learning();
  log::info("bucket_listed", {{"objects", count}, {"workshops", workshops.size()}});
  return succeeded(Done{});
}

bool BucketCopier::take(const s3::Listing& listing, std::set<std::string>& workshops) {
  for (const s3::Object& object : listing.objects) {
    if (auto workshop = names_.workshop_of_key(object.key)) workshops.insert(std::move(*workshop));
    auto recording = names_.recording_of(object.key);
    if (!recording) continue;
    recording->bytes = object.size;
    catalogue_.learn(*recording);
  }
  return !stops();
}

// On a disk that is new, what lies in the bucket could not be opened without it.
bool BucketCopier::restore_key(const std::string& workshop) {
  const auto here = read_sealed_key(catalogue_.directory(), workshop);
  if (here || here.error().code != Errc::not_found) return true;
  const auto stored = bucket_.get(names_.of_key(workshop), 0, kMostKeyBytes);
  if (!stored) return succeeded(stored.error());
  return succeeded(write_sealed_key(catalogue_.directory(), workshop, stored->bytes));
}

bool BucketCopier::remove_what_is_gone() {
  while (const auto gone = catalogue_.next_to_forget()) {
    const auto removed = bucket_.remove(names_.of(*gone));
    if (!removed) return succeeded(removed);
    catalogue_.forgot(*gone);
  }
  return true;
}

bool BucketCopier::copy(const Recording& recording) {
  const auto leave = [&](const std::string& why) {
    log::error("recording_is_not_copied", {{"path", recording.name.path}, {"reason", why}});
    catalogue_.leave_on_disk(recording.name);
    return true;
  };
  const auto trouble = trouble_with_key(recording.name.workshop);
  if (!trouble) return succeeded(trouble.error());
  if (!trouble->empty()) return leave(*trouble);
  const auto file = LocalFile::open(recording.name.file(catalogue_.directory()));
  if (!file) return leave(file.error().detail);
  const auto index = read_sealed_index(**file);
  if (!index) return leave(index.error().detail);
  const Copy content{.file = **file, .end = index->end(), .table = write_sealed_table(*index)};
  const auto put =
      bucket_.put(names_.of(recording), {.size = content.size(), .read = [&](std::uint64_t offset, std::size_t size) {
                                           return stops() ? std::string() : content.read(offset, size);
                                         }});
  if (stops()) return false;
  if (!put && put.error().code == Errc::internal_error) return leave(put.error().detail);
  if (!succeeded(put ? Result<>(Done{}) : put.error())) return false;
  Recording copied = recording;
  copied.bytes = content.size();
  catalogue_.copied(copied);
  return true;
}

// Asked once: a recording that nobody could open later is no copy.
Result<std::string> BucketCopier::trouble_with_key(const std::string& workshop) {
  if (const auto known = workshops_.find(workshop); known != workshops_.end()) return known->second;
  const auto here = read_sealed_key(catalogue_.directory(), workshop);
  if (!here) return here.error().detail;
  const std::string name = names_.of_key(workshop);
  const auto stored = bucket_.get(name, 0, kMostKeyBytes);
  if (!stored && stored.error().code != Errc::not_found) return stored.error();
  if (!stored) {
    const auto put = bucket_.put(name, *here);
    if (!put) return put.error();
  }
  const bool is_same = !stored || stored->bytes == *here;
  return workshops_[workshop] = is_same ? "" : "The bucket has another key of this workshop.";
}

bool BucketCopier::succeeded(const Result<>& done) {
  const std::string fault = done ? "" : done.error().detail;
  const std::lock_guard lock(mutex_);
  if (fault != fault_) {
    if (done)
      log::info("bucket_is_back");
    else
      log::warning("bucket_does_not_do_it", {{"reason", fault}});
  }
  fault_ = fault;
  return done.has_value();
}

bool BucketCopier::wait(milliseconds time) {
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, time, [this] { return stopping_; });
  return !stopping_;
}

bool BucketCopier::stops() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

}  // namespace pitview::video
