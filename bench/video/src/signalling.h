// How a viewer and a server agree upon a connection, one function for each kind of server.
#pragma once

#include <memory>
#include <string>

#include "stack.h"

namespace pitview::bench {

inline constexpr const char* kOurUfrag = "bnch";
inline constexpr const char* kOurPassword = "benchbenchbenchbenchbench";

// std::runtime_error: the server refuses.
class Signalling {
 public:
  virtual ~Signalling() = default;
  // The server's session description, for a viewer whose certificate has this fingerprint.
  virtual std::string begin(const std::string& fingerprint) = 0;
  // `address`: "127.0.0.1 4000", where the viewer is.
  virtual void finish(const std::string& fingerprint, const std::string& address) = 0;
};

// WHEP, as the gateway speaks it: the viewer offers, and need not say where it is.
std::unique_ptr<Signalling> over_whep(Address gateway, std::string target);
// The JSON of Janus's streaming plugin: the server offers its mountpoint 1, the viewer answers.
std::unique_ptr<Signalling> over_janus(Address janus);

}  // namespace pitview::bench
