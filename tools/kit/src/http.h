// HTTPS to one server, by libcurl. Certificates are verified; plain http is for
// this machine only, because passwords and keys of devices travel here. Redirects
// are not followed.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "error.h"

namespace pitview::kit {

// No answer. Where the request may have arrived, the server may have acted on it.
class HttpFailure : public KitError {
 public:
  HttpFailure(const std::string& line, bool may_have_arrived) : KitError(line), may_have_arrived_(may_have_arrived) {}
  bool may_have_arrived() const noexcept { return may_have_arrived_; }

 private:
  bool may_have_arrived_;
};

struct HttpAnswer {
  int status = 0;
  std::string body;  // at most 16 MiB
};

class HttpClient {
 public:
  // "https://app.example.com", or "http://127.0.0.1:18080". Throws KitError for
  // any other kind of address: with a path, a user, http to another machine.
  explicit HttpClient(const std::string& server_url);
  ~HttpClient();

  // One exchange; `bearer` may be empty. Throws HttpFailure. 2 minutes at most.
  HttpAnswer post_json(std::string_view path, const std::string& body, std::string_view bearer);

 private:
  struct Handle;
  std::string origin_;  // without a slash at the end
  std::unique_ptr<Handle> handle_;
};

}  // namespace pitview::kit
