// The browser's side of DTLS-SRTP, blocking: enough to be sent pictures.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace pitview::bench {

class DtlsClients {
 public:
  // With a certificate of its own, for all connections.
  DtlsClients();
  ~DtlsClients();
  DtlsClients(const DtlsClients&) = delete;
  DtlsClients& operator=(const DtlsClients&) = delete;

  // As an offer has it: "AB:CD:…".
  const std::string& fingerprint() const { return fingerprint_; }
  SSL_CTX* context() const { return context_; }

 private:
  SSL_CTX* context_;
  std::string fingerprint_;
};

class DtlsClient {
 public:
  // On a connected UDP socket that stays the caller's.
  DtlsClient(const DtlsClients& all, int socket);
  ~DtlsClient();
  DtlsClient(const DtlsClient&) = delete;
  DtlsClient& operator=(const DtlsClient&) = delete;

  // std::runtime_error when it does not come about within some seconds.
  void shake_hands();
  // That the peer need not wait for silence.
  void close();

 private:
  SSL* ssl_;
};

}  // namespace pitview::bench
