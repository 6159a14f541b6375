// A token bucket for each key (an address, a session): `burst` at once, then
// `per_second` on average.
//
// Remembers at most `max_keys`; the key not seen for longest is forgotten first,
// which only ever lets more through. Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace pitview::http {

class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Limit {
    double burst = 10;
    double per_second = 1;
  };

  // Preconditions: burst >= 1, per_second > 0, max_keys >= 1.
  explicit RateLimiter(Limit limit, std::size_t max_keys = 10'000);

  // Empty: taken. Otherwise the whole seconds, at least 1, until it is worth trying again.
  std::optional<int> take(std::string_view key, Time now);

  std::size_t keys() const;

 private:
  struct Bucket {
    std::string key;
    double tokens;
    Time updated;
  };

  const Limit limit_;
  const std::size_t max_keys_;
  mutable std::mutex mutex_;
  std::list<Bucket> buckets_;  // the one used last is first
  std::unordered_map<std::string_view, std::list<Bucket>::iterator> by_key_;
};

}  // namespace pitview::http
