// The device's one HTTP connection, shared by those who need it: who starts a request
// gets its events, the others wait.
#pragma once

#include "core/ports.h"

namespace pitview::fw {

class HttpClient {
 public:
  explicit HttpClient(HttpPort& port) : port_(port) {}

  bool busy() const { return owner_ != nullptr; }

  // false: busy, or the port refused.
  bool start(const void* owner, const HttpRequest& request) {
    if (owner_ != nullptr || !port_.start(request)) return false;
    owner_ = owner;
    return true;
  }

  void cancel(const void* owner) {
    if (owner_ != owner) return;
    port_.cancel();
    owner_ = nullptr;
  }

  // The next event of `owner`'s request; after `done` or `failed` the connection is free.
  bool next(const void* owner, HttpEvent& event) {
    if (owner_ != owner || owner == nullptr || !port_.next(event)) return false;
    if (event.kind == HttpEvent::Kind::done || event.kind == HttpEvent::Kind::failed) owner_ = nullptr;
    return true;
  }

 private:
  HttpPort& port_;
  const void* owner_ = nullptr;
};

}  // namespace pitview::fw
