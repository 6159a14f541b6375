// Against the vectors of RFC 3711 and RFC 7714, and against libsrtp2 in both transforms.
#include "pitview/webrtc/srtp.h"

#include <gmock/gmock.h>
#include <srtp2/srtp.h>

#include <array>
#include <string>

#include "pitview/base/crypto.h"

namespace pitview::webrtc::srtp {
namespace {

using Data = std::vector<std::uint8_t>;

Data hex(std::string_view text) {
  const std::string bytes = crypto::from_hex(text).value();
  return {bytes.begin(), bytes.end()};
}

MasterKey master(Profile profile, std::uint8_t seed = 7) {
  MasterKey key{.profile = profile};
  for (std::size_t i = 0; i < key.key.size(); ++i) key.key[i] = static_cast<std::uint8_t>(seed * (i + 3));
  for (std::size_t i = 0; i < key.salt.size(); ++i) key.salt[i] = static_cast<std::uint8_t>(seed + 11 * i);
  return key;
}

TEST(Derive, GivesTheKeysOfRfc3711B3) {
  MasterKey key{.profile = Profile::aes128_cm_sha1_80};
  const Data secret = hex("e1f97a0d3e018be0d64fa32c06de4139");
  const Data salt = hex("0ec675ad498afeebb6960b3aabe6");
  std::copy(secret.begin(), secret.end(), key.key.begin());
  std::copy(salt.begin(), salt.end(), key.salt.begin());
  Data cipher(16), cipher_salt(14), auth(20);
  derive(key, 0, cipher);
  derive(key, 2, cipher_salt);
  derive(key, 1, auth);
  EXPECT_EQ(cipher, hex("c61e7a93744f39ee10734afe3ff7a087"));
  EXPECT_EQ(cipher_salt, hex("30cbbc08863d8c85d49db34a9ae1"));
  EXPECT_EQ(auth, hex("cebe321f6ff7716b6fd4ab49af256a156d38baa4"));
}

// libsrtp2, which shares no code with ours, as the other end.
class Libsrtp {
 public:
  Libsrtp(const MasterKey& key, bool sends) {
    static const bool ready = srtp_init() == srtp_err_status_ok;
    EXPECT_TRUE(ready);
    bytes_.assign(key.key.begin(), key.key.end());
    bytes_.insert(bytes_.end(), key.salt.begin(),
                  key.salt.begin() + static_cast<std::ptrdiff_t>(salt_size(key.profile)));
    srtp_policy_t policy{};
    if (key.profile == Profile::aead_aes_128_gcm) {
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
    } else {
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
    }
    policy.ssrc.type = sends ? ssrc_any_outbound : ssrc_any_inbound;
    policy.key = bytes_.data();
    policy.window_size = 1024;
    EXPECT_EQ(srtp_create(&session_, &policy), srtp_err_status_ok);
  }
  ~Libsrtp() { srtp_dealloc(session_); }
  Libsrtp(const Libsrtp&) = delete;
  Libsrtp& operator=(const Libsrtp&) = delete;

  std::optional<Data> unprotect(Data packet) {
    int size = static_cast<int>(packet.size());
    if (srtp_unprotect(session_, packet.data(), &size) != srtp_err_status_ok) return std::nullopt;
    packet.resize(static_cast<std::size_t>(size));
    return packet;
  }
  std::optional<Data> unprotect_rtcp(Data packet) {
    int size = static_cast<int>(packet.size());
    if (srtp_unprotect_rtcp(session_, packet.data(), &size) != srtp_err_status_ok) return std::nullopt;
    packet.resize(static_cast<std::size_t>(size));
    return packet;
  }
  Data protect_rtcp(Data packet) {
    int size = static_cast<int>(packet.size());
    packet.resize(packet.size() + SRTP_MAX_TRAILER_LEN + 4);
    EXPECT_EQ(srtp_protect_rtcp(session_, packet.data(), &size), srtp_err_status_ok);
    packet.resize(static_cast<std::size_t>(size));
    return packet;
  }

 private:
  Data bytes_;
  srtp_t session_ = nullptr;
};

Data header(std::uint16_t sequence) {
  // With an extension, as ours go out.
  return {0x90,
          0x60,
          static_cast<std::uint8_t>(sequence >> 8),
          static_cast<std::uint8_t>(sequence),
          0,
          1,
          2,
          3,
          0xde,
          0xad,
          0xbe,
          0xef,
          0xbe,
          0xde,
          0,
          1,
          0x52,
          0,
          0,
          0};
}

class SrtpProfiles : public ::testing::TestWithParam<Profile> {};

TEST_P(SrtpProfiles, WhatWeProtectLibsrtpReads) {
  Protector ours(master(GetParam()));
  Libsrtp theirs(master(GetParam()), false);
  const Data head = {0x7c, 0x85};
  for (std::uint32_t packet = 65'500; packet < 65'600; ++packet) {  // around the circle
    const Index index{packet >> 16, static_cast<std::uint16_t>(packet)};
    const Data body(1 + packet % 90, static_cast<std::uint8_t>(packet));
    const Data plain_header = header(index.sequence);
    Data wire(plain_header.size() + head.size() + body.size() + overhead(GetParam()));
    ASSERT_EQ(ours.protect(plain_header, head, body, index, wire), wire.size());
    Data plain = plain_header;
    plain.insert(plain.end(), head.begin(), head.end());
    plain.insert(plain.end(), body.begin(), body.end());
    EXPECT_EQ(theirs.unprotect(wire), plain) << packet;
  }
}

TEST_P(SrtpProfiles, ARetransmissionIsTheSameBytes) {
  Protector ours(master(GetParam()));
  const Data body(100, 1);
  Data first(200), other(200), again(200);
  const auto send = [&](std::uint16_t sequence, Data& out) {
    out.resize(ours.protect(header(sequence), {}, body, {0, sequence}, out));
  };
  send(1, first);
  send(2, other);
  send(1, again);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
}

TEST_P(SrtpProfiles, RtcpGoesBothWaysAndReplaysAreRefused) {
  const Data report = {0x81, 201, 0, 7, 0, 0, 0, 1, 0, 0, 0, 2, 1, 0, 0, 3,
                       0,    0,   0, 4, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 7};
  Protector ours(master(GetParam()));
  Libsrtp their_end(master(GetParam()), false);
  EXPECT_EQ(their_end.unprotect_rtcp(ours.protect_rtcp(report)), report);
  EXPECT_EQ(their_end.unprotect_rtcp(ours.protect_rtcp(report)), report);

  Libsrtp theirs(master(GetParam(), 9), true);
  Unprotector our_end(master(GetParam(), 9));
  std::vector<Data> sent;
  for (int i = 0; i < 100; ++i) sent.push_back(theirs.protect_rtcp(report));
  EXPECT_EQ(our_end.unprotect_rtcp(sent[1]), report);
  EXPECT_EQ(our_end.unprotect_rtcp(sent[0]), report) << "a little late is no replay";
  EXPECT_FALSE(our_end.unprotect_rtcp(sent[0]));
  EXPECT_FALSE(our_end.unprotect_rtcp(sent[1]));
  EXPECT_EQ(our_end.unprotect_rtcp(sent[99]), report);
  EXPECT_FALSE(our_end.unprotect_rtcp(sent[20])) << "beyond the window";
}

TEST_P(SrtpProfiles, ForgedRtcpIsRefusedAndChangesNothing) {
  const Data report = {0x80, 201, 0, 1, 0, 0, 0, 1};
  Libsrtp theirs(master(GetParam()), true);
  Unprotector ours(master(GetParam()));
  const Data good = theirs.protect_rtcp(report);
  for (std::size_t i = 0; i < good.size(); ++i) {
    Data forged = good;
    forged[i] ^= 1;
    EXPECT_FALSE(ours.unprotect_rtcp(forged)) << i;
  }
  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_FALSE(ours.unprotect_rtcp(Bytes(good).first(size)));
  EXPECT_EQ(ours.unprotect_rtcp(good), report);
}

INSTANTIATE_TEST_SUITE_P(Srtp, SrtpProfiles, ::testing::Values(Profile::aead_aes_128_gcm, Profile::aes128_cm_sha1_80),
                         [](const auto& info) { return info.param == Profile::aead_aes_128_gcm ? "Gcm" : "CmSha1"; });

}  // namespace
}  // namespace pitview::webrtc::srtp
