// Signed requests to the addresses that messages named for their receipts, when their time has come.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "pitview/messaging/form.h"

namespace pitview::messaging {

// One that was posted. Twilio posts a receipt once, whatever is answered.
struct PostedCallback {
  std::string url;
  Form form;
  long status = 0;  // of the answer; 0: none came
};

class Callbacks {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Callbacks(std::string auth_token);
  // What is not due yet is not posted any more.
  ~Callbacks();
  Callbacks(const Callbacks&) = delete;
  Callbacks& operator=(const Callbacks&) = delete;

  // Only to http:// addresses of this machine; others stay unposted, with status 0.
  void post(std::string url, Form form, Clock::time_point due);
  std::vector<PostedCallback> posted() const;
  // True when so many were posted before the time was over.
  bool wait_for(std::size_t count, std::chrono::milliseconds limit) const;

 private:
  void run();

  const std::string auth_token_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::multimap<Clock::time_point, PostedCallback> waiting_;
  std::vector<PostedCallback> posted_;
  bool ends_ = false;
  std::thread thread_;
};

}  // namespace pitview::messaging
