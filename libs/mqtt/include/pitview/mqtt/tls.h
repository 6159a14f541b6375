// How a client makes sure that it speaks with its broker and nobody else listens.
// TLS 1.2 or later. The broker's certificate, its dates and its name are always
// checked: there is no switch against it.
#pragma once

#include <string>

#include "pitview/base/result.h"

namespace pitview::mqtt {

struct Tls {
  std::string ca_file;           // PEM; empty: the authorities this system trusts
  std::string certificate_file;  // PEM, the client's own and its chain, for a broker that asks for one
  std::string key_file;          // PEM, without a pass phrase; both files or none
  std::string server_name;       // what the broker's certificate must be for; empty: the host connected to
};

// Reads the files as a connection will, so that a process can refuse a wrong
// configuration when it starts. The error says in one sentence which file and why.
Result<> check(const Tls& tls);

}  // namespace pitview::mqtt
