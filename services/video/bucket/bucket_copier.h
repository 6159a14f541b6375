// Keeps a bucket like the catalogue: what is whole is copied into it, what is removed goes from it, and at the start
// the catalogue learns what it has. The disk may then let go what the bucket has. A thread of its own: a store that is
// slow or away costs nobody else anything, and what could not be copied is copied later.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "bucket/bucket_names.h"
#include "pitview/s3/client.h"
#include "recording/catalogue.h"

namespace pitview::video {

class BucketCopier {
 public:
  // Both outlive it.
  BucketCopier(s3::Client& bucket, BucketNames names, Catalogue& catalogue);
  // In the middle of an object at worst, which is then not there.
  ~BucketCopier();
  BucketCopier(const BucketCopier&) = delete;
  BucketCopier& operator=(const BucketCopier&) = delete;

  // What the store said last when it did not do what it was asked; "": it does. Any thread.
  std::string fault() const;

 private:
  void work();
  // False: the store did not do it; all of it is tried again.
  bool learn();
  bool take(const s3::Listing& listing, std::set<std::string>& workshops);
  bool restore_key(const std::string& workshop);
  bool remove_what_is_gone();
  bool copy(const Recording& recording);
  // "": what this workshop's key seals can be opened with the bucket's. An error is the store's.
  Result<std::string> trouble_with_key(const std::string& workshop);
  bool succeeded(const Result<>& done);
  // False: it stops.
  bool wait(std::chrono::milliseconds time);
  bool stops() const;

  s3::Client& bucket_;
  const BucketNames names_;
  Catalogue& catalogue_;
  std::map<std::string, std::string> workshops_;  // the trouble with their keys

  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::string fault_;
  std::thread thread_;  // the last: it uses all of the above
};

}  // namespace pitview::video
