// A request with a small answer: GET or POST, at most 2 KiB of JSON back.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/http_client.h"
#include "core/base/text.h"
#include "core/ports.h"

namespace pitview::fw {

class JsonRequest {
 public:
  static constexpr std::size_t kMaxAnswer = 2048;

  struct Answer {
    int status = 0;         // 0: no answer came, or it was too long
    std::string_view body;  // until the next start()
  };

  explicit JsonRequest(HttpClient& http) : http_(http) {}

  // false: the connection is busy, or the port refused.
  bool start(const HttpRequest& request);
  bool under_way() const { return under_way_; }
  // Once, when the request has ended.
  std::optional<Answer> poll();

 private:
  HttpClient& http_;
  bool under_way_ = false;
  int status_ = 0;
  Text<kMaxAnswer> body_;
};

}  // namespace pitview::fw
