// A bound on how much of something costly runs at once.
//
//   const api::InFlight slot(in_flight_, kMaxAtOnce);
//   if (!slot.granted()) co_return Error{Errc::unavailable, "Too many charts are being drawn.", {}, 1};
#pragma once

#include <atomic>

namespace pitview::api {

class InFlight {
 public:
  InFlight(std::atomic<int>& counter, int max) : counter_(counter), granted_(counter.fetch_add(1) < max) {}
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;
  ~InFlight() { counter_.fetch_sub(1); }

  bool granted() const noexcept { return granted_; }

 private:
  std::atomic<int>& counter_;
  const bool granted_;
};

}  // namespace pitview::api
