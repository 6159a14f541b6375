// How many sign-ins of one account from one client are being checked right now.
// A password costs a quarter of a second of one thread, so guesses sent in
// parallel would both pass the lockout, which counts afterwards, and keep everyone
// else waiting. Thread-safe.
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace pitview::auth {

class LoginAttempts {
 public:
  explicit LoginAttempts(int limit) : limit_(limit) {}

  // Held while the attempt is under way; false when there was no room.
  class Slot {
   public:
    Slot(LoginAttempts* attempts, std::string key) : attempts_(attempts), key_(std::move(key)) {}
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot() {
      if (attempts_ != nullptr) attempts_->leave(key_);
    }
    explicit operator bool() const noexcept { return attempts_ != nullptr; }

   private:
    LoginAttempts* attempts_;
    std::string key_;
  };

  [[nodiscard]] Slot enter(std::string key) {
    const std::lock_guard lock(mutex_);
    int& count = under_way_[key];
    if (count >= limit_) return {nullptr, {}};
    ++count;
    return {this, std::move(key)};
  }

 private:
  void leave(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = under_way_.find(key);
    if (--found->second == 0) under_way_.erase(found);
  }

  const int limit_;
  std::mutex mutex_;
  std::unordered_map<std::string, int> under_way_;
};

}  // namespace pitview::auth
