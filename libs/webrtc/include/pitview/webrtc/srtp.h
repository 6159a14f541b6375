// SRTP and SRTCP (RFC 3711) with the two transforms WebRTC has: AEAD AES-128-GCM
// (RFC 7714) and AES-CM with HMAC-SHA1-80 (RFC 5764 names them). One object for one
// direction of one peer and one SSRC.
//
// Never two plaintexts under one index: a retransmission must be the same packet with
// the same sequence number, which gives the same bytes again.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace pitview::webrtc::srtp {

using Bytes = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

enum class Profile { aead_aes_128_gcm, aes128_cm_sha1_80 };

constexpr std::size_t kMasterKey = 16;
constexpr std::size_t salt_size(Profile profile) noexcept { return profile == Profile::aead_aes_128_gcm ? 12 : 14; }
// What protect() adds to an RTP packet: the tag.
constexpr std::size_t overhead(Profile profile) noexcept { return profile == Profile::aead_aes_128_gcm ? 16 : 10; }

struct MasterKey {
  Profile profile = Profile::aead_aes_128_gcm;
  std::array<std::uint8_t, kMasterKey> key{};
  std::array<std::uint8_t, 14> salt{};  // the first salt_size() count
};

// The 48-bit index of a packet: how often its sequence number went around, and it.
struct Index {
  std::uint32_t rollover = 0;
  std::uint16_t sequence = 0;
};

class Protector {
 public:
  explicit Protector(const MasterKey& key);
  ~Protector();
  Protector(Protector&&) noexcept;
  Protector& operator=(Protector&&) noexcept;

  // RTP: `header` as it goes out (with extensions), `head` and `body` the payload, to
  // `out`. Returns the size: header + head + body + overhead(). Preconditions: `out`
  // has room, the header's sequence number is index.sequence.
  std::size_t protect(Bytes header, Bytes head, Bytes body, Index index, MutableBytes out);

  // RTCP, a compound packet of at least 8 bytes; counts its own index.
  std::vector<std::uint8_t> protect_rtcp(Bytes packet);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class Unprotector {
 public:
  explicit Unprotector(const MasterKey& key);
  ~Unprotector();
  Unprotector(Unprotector&&) noexcept;
  Unprotector& operator=(Unprotector&&) noexcept;

  // The RTCP packet inside; empty when it is forged, too short, or its index is not
  // newer than the newest of a window of 64 or was there already (replay).
  std::optional<std::vector<std::uint8_t>> unprotect_rtcp(Bytes packet);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The session keys of RFC 3711, section 4.3.1, with a key derivation rate of 0.
// `label`: 0 encryption, 1 authentication, 2 salt; 3 to 5 the same of SRTCP.
void derive(const MasterKey& master, std::uint8_t label, MutableBytes out);

}  // namespace pitview::webrtc::srtp
