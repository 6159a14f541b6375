// The DTLS 1.2 handshake of one viewer, as its server (RFC 6347, RFC 5764): datagrams
// in, datagrams out, and at its end the keys of SRTP. OpenSSL does the work; its own
// BIOs for memory would join records into one datagram.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pitview/webrtc/session_description.h"
#include "pitview/webrtc/srtp.h"

namespace pitview::webrtc {

// Certificate (ECDSA P-256, self-signed, made at start) and settings that all viewers
// share. Throws std::runtime_error when OpenSSL fails.
class DtlsContext {
 public:
  DtlsContext();
  ~DtlsContext();
  DtlsContext(const DtlsContext&) = delete;
  DtlsContext& operator=(const DtlsContext&) = delete;

  const Fingerprint& fingerprint() const noexcept { return fingerprint_; }

 private:
  friend class DtlsServer;
  struct Impl;
  std::unique_ptr<Impl> impl_;
  Fingerprint fingerprint_{};
};

struct SrtpKeys {
  srtp::MasterKey ours;    // what we send
  srtp::MasterKey theirs;  // what the viewer sends
};

class DtlsServer {
 public:
  static constexpr unsigned kMtu = 1200;  // bytes of a datagram, RFC 8831 and QUIC agree that they pass

  // `peer`: of the certificate that the offer named.
  DtlsServer(DtlsContext& context, const Fingerprint& peer);
  ~DtlsServer();
  DtlsServer(const DtlsServer&) = delete;
  DtlsServer& operator=(const DtlsServer&) = delete;

  enum class State { handshaking, connected, closed, failed };

  // A datagram of the viewer (first byte 20 to 63, RFC 7983).
  State receive(std::span<const std::uint8_t> datagram);
  // When no answer came in time: sends its flight again. Call when timeout() is over.
  State on_timeout();
  // Until the next on_timeout(); empty: none is due.
  std::optional<std::chrono::milliseconds> timeout() const;
  // Says goodbye (close_notify).
  void close();

  // What is to be sent, in order; the list is empty afterwards.
  std::vector<std::vector<std::uint8_t>> take_outgoing();

  State state() const noexcept;
  // Precondition: connected.
  SrtpKeys srtp_keys() const;
  // Why it failed, for a log.
  const std::string& failure() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pitview::webrtc
