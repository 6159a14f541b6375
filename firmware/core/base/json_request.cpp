#include "core/base/json_request.h"

namespace pitview::fw {

bool JsonRequest::start(const HttpRequest& request) {
  if (under_way_ || !http_.start(this, request)) return false;
  under_way_ = true;
  status_ = 0;
  body_.clear();
  return true;
}

std::optional<JsonRequest::Answer> JsonRequest::poll() {
  HttpEvent event;
  while (under_way_ && http_.next(this, event)) {
    switch (event.kind) {
      case HttpEvent::Kind::head: status_ = event.status; break;
      case HttpEvent::Kind::body: body_ << event.body.text(); break;
      case HttpEvent::Kind::done:
        under_way_ = false;
        if (body_.overflowed()) return Answer{};
        return Answer{status_, body_.view()};
      case HttpEvent::Kind::failed: under_way_ = false; return Answer{};
    }
  }
  return std::nullopt;
}

}  // namespace pitview::fw
