// The server, as the kit needs it: sign in, and have a batch of identities issued.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "http.h"
#include "pitview/json/describe.h"

namespace pitview::kit {

struct BatchRequest {
  std::string name;
  std::string hw_rev;
  std::vector<std::string> devices;
  int claim_days = 0;  // how long a claim code is good for
};
BOOST_DESCRIBE_STRUCT(BatchRequest, (), (name, hw_rev, devices, claim_days))

class Server {
 public:
  explicit Server(const std::string& url) : http_(url) {}

  // Both throw KitError with the server's own words as one line.
  void sign_in(const std::string& user, const std::string& password);
  // The batch as the server wrote it, byte for byte: its secrets are said once.
  // Precondition: signed in.
  std::string issue(const BatchRequest& request);

 private:
  HttpClient http_;
  std::string token_;
};

// A problem document (RFC 9457) as one line: "devices[0]: is known already
// (conflict)". Anything else by its status: "HTTP 502".
std::string refusal_of(const HttpAnswer& answer);

}  // namespace pitview::kit
