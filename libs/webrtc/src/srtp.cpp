#include "pitview/webrtc/srtp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "pitview/base/crypto.h"

namespace pitview::webrtc::srtp {
namespace {

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;
using Iv = std::array<std::uint8_t, 16>;

constexpr std::size_t kGcmTag = 16;
constexpr std::size_t kSha1Tag = 10;
constexpr std::size_t kRtcpHeader = 8;  // stays readable
constexpr std::uint32_t kEncrypted = 0x8000'0000;

void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL cannot do SRTP");
}

void put32(std::uint8_t* out, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) out[i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
}
std::uint32_t get32(const std::uint8_t* in) {
  return std::uint32_t{in[0]} << 24 | std::uint32_t{in[1]} << 16 | std::uint32_t{in[2]} << 8 | in[3];
}

Context new_context(const EVP_CIPHER* cipher, Bytes key, bool encrypt) {
  Context context(EVP_CIPHER_CTX_new());
  require(context != nullptr);
  require(EVP_CipherInit_ex(context.get(), cipher, nullptr, key.data(), nullptr, encrypt ? 1 : 0) == 1);
  return context;
}

void run(EVP_CIPHER_CTX* context, std::uint8_t* out, Bytes in) {
  int size = 0;
  if (!in.empty()) require(EVP_CipherUpdate(context, out, &size, in.data(), static_cast<int>(in.size())) == 1);
}

// Keys of one direction for RTP or for RTCP.
struct Keys {
  Keys(const MasterKey& master, std::uint8_t first_label, bool encrypt) : profile(master.profile) {
    std::array<std::uint8_t, 16> key{};
    derive(master, first_label, key);
    derive(master, static_cast<std::uint8_t>(first_label + 2), MutableBytes(salt).first(salt_size(profile)));
    if (profile == Profile::aes128_cm_sha1_80) derive(master, static_cast<std::uint8_t>(first_label + 1), auth);
    const EVP_CIPHER* cipher = profile == Profile::aead_aes_128_gcm ? EVP_aes_128_gcm() : EVP_aes_128_ctr();
    context = new_context(cipher, key, encrypt);
  }

  // RFC 7714, 8.1 and 9.1: zeros, SSRC, the 48-bit index, under the salt.
  Iv gcm_iv(std::uint32_t ssrc, std::uint32_t high, std::uint32_t low16_or_32, bool rtcp) const {
    Iv iv{};
    put32(&iv[2], ssrc);
    if (rtcp) {
      put32(&iv[8], low16_or_32);
    } else {
      put32(&iv[6], high);
      iv[10] = static_cast<std::uint8_t>(low16_or_32 >> 8);
      iv[11] = static_cast<std::uint8_t>(low16_or_32);
    }
    for (std::size_t i = 0; i < 12; ++i) iv[i] ^= salt[i];
    return iv;
  }

  // RFC 3711, 4.1.1: the salt, with SSRC and index laid over it; the last two bytes count.
  Iv cm_iv(std::uint32_t ssrc, std::uint64_t index) const {
    Iv iv{};
    std::copy(salt.begin(), salt.end(), iv.begin());
    for (std::size_t i = 0; i < 4; ++i) iv[4 + i] ^= static_cast<std::uint8_t>(ssrc >> (24 - 8 * i));
    for (std::size_t i = 0; i < 6; ++i) iv[8 + i] ^= static_cast<std::uint8_t>(index >> (40 - 8 * i));
    return iv;
  }

  void start(const Iv& iv) const {
    require(EVP_CipherInit_ex(context.get(), nullptr, nullptr, nullptr, iv.data(), -1) == 1);
  }

  std::array<std::uint8_t, 20> mac(Bytes message, std::uint32_t last) const {
    std::array<std::uint8_t, 20> digest{};
    std::array<std::uint8_t, 4> word{};
    put32(word.data(), last);
    std::vector<std::uint8_t> all(message.begin(), message.end());
    all.insert(all.end(), word.begin(), word.end());
    unsigned size = digest.size();
    require(HMAC(EVP_sha1(), auth.data(), static_cast<int>(auth.size()), all.data(), all.size(), digest.data(),
                 &size) != nullptr);
    return digest;
  }

  Profile profile;
  std::array<std::uint8_t, 14> salt{};
  std::array<std::uint8_t, 20> auth{};
  Context context;
};

}  // namespace

void derive(const MasterKey& master, std::uint8_t label, MutableBytes out) {
  Iv iv{};
  std::copy_n(master.salt.begin(), salt_size(master.profile), iv.begin());
  iv[7] ^= label;
  const Context context = new_context(EVP_aes_128_ctr(), master.key, true);
  require(EVP_CipherInit_ex(context.get(), nullptr, nullptr, nullptr, iv.data(), -1) == 1);
  const std::vector<std::uint8_t> zeros(out.size(), 0);
  run(context.get(), out.data(), zeros);
}

struct Protector::Impl {
  explicit Impl(const MasterKey& key) : rtp(key, 0, true), rtcp(key, 3, true) {}

  Keys rtp;
  Keys rtcp;
  std::uint32_t rtcp_index = 0;
};

Protector::Protector(const MasterKey& key) : impl_(std::make_unique<Impl>(key)) {}
Protector::~Protector() = default;
Protector::Protector(Protector&&) noexcept = default;
Protector& Protector::operator=(Protector&&) noexcept = default;

std::size_t Protector::protect(Bytes header, Bytes head, Bytes body, Index index, MutableBytes out) {
  const Keys& keys = impl_->rtp;
  EVP_CIPHER_CTX* context = keys.context.get();
  const std::uint32_t ssrc = get32(&header[8]);
  std::copy(header.begin(), header.end(), out.begin());
  std::uint8_t* payload = out.data() + header.size();
  const std::size_t size = header.size() + head.size() + body.size();
  if (keys.profile == Profile::aead_aes_128_gcm) {
    keys.start(keys.gcm_iv(ssrc, index.rollover, index.sequence, false));
    run(context, nullptr, header);
    run(context, payload, head);
    run(context, payload + head.size(), body);
    int none = 0;
    require(EVP_CipherFinal_ex(context, out.data() + size, &none) == 1);
    require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kGcmTag, out.data() + size) == 1);
    return size + kGcmTag;
  }
  keys.start(keys.cm_iv(ssrc, std::uint64_t{index.rollover} << 16 | index.sequence));
  run(context, payload, head);
  run(context, payload + head.size(), body);
  const auto digest = keys.mac(Bytes(out).first(size), index.rollover);
  std::copy_n(digest.begin(), kSha1Tag, out.begin() + static_cast<std::ptrdiff_t>(size));
  return size + kSha1Tag;
}

std::vector<std::uint8_t> Protector::protect_rtcp(Bytes packet) {
  const Keys& keys = impl_->rtcp;
  EVP_CIPHER_CTX* context = keys.context.get();
  const std::uint32_t ssrc = get32(&packet[4]);
  const std::uint32_t index = impl_->rtcp_index++ & ~kEncrypted;
  const Bytes body = packet.subspan(kRtcpHeader);
  std::vector<std::uint8_t> out(packet.begin(), packet.end());
  std::array<std::uint8_t, 4> trailer{};
  put32(trailer.data(), index | kEncrypted);
  if (keys.profile == Profile::aead_aes_128_gcm) {
    out.resize(packet.size() + kGcmTag);
    keys.start(keys.gcm_iv(ssrc, 0, index, true));
    run(context, nullptr, packet.first(kRtcpHeader));
    run(context, nullptr, trailer);
    run(context, out.data() + kRtcpHeader, body);
    int none = 0;
    require(EVP_CipherFinal_ex(context, out.data() + packet.size(), &none) == 1);
    require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kGcmTag, out.data() + packet.size()) == 1);
    out.insert(out.end(), trailer.begin(), trailer.end());
    return out;
  }
  keys.start(keys.cm_iv(ssrc, index));
  run(context, out.data() + kRtcpHeader, body);
  const auto digest = keys.mac(out, index | kEncrypted);
  out.insert(out.end(), trailer.begin(), trailer.end());
  out.insert(out.end(), digest.begin(), digest.begin() + kSha1Tag);
  return out;
}

struct Unprotector::Impl {
  explicit Impl(const MasterKey& key) : rtcp(key, 3, false) {}

  // True when it was not there yet; RFC 3711, 3.3.2.
  bool is_new(std::uint32_t index) const {
    if (!any || index > newest) return true;
    return newest - index < 64 && (seen >> (newest - index) & 1) == 0;
  }
  void note(std::uint32_t index) {
    if (!any || index > newest) {
      const std::uint32_t ahead = any ? index - newest : 64;
      seen = (ahead < 64 ? seen << ahead : 0) | 1;
      newest = index;
      any = true;
    } else {
      seen |= std::uint64_t{1} << (newest - index);
    }
  }

  Keys rtcp;
  std::uint32_t newest = 0;
  std::uint64_t seen = 0;
  bool any = false;
};

Unprotector::Unprotector(const MasterKey& key) : impl_(std::make_unique<Impl>(key)) {}
Unprotector::~Unprotector() = default;
Unprotector::Unprotector(Unprotector&&) noexcept = default;
Unprotector& Unprotector::operator=(Unprotector&&) noexcept = default;

std::optional<std::vector<std::uint8_t>> Unprotector::unprotect_rtcp(Bytes packet) {
  const Keys& keys = impl_->rtcp;
  const bool gcm = keys.profile == Profile::aead_aes_128_gcm;
  if (packet.size() < kRtcpHeader + 4 + (gcm ? kGcmTag : kSha1Tag)) return std::nullopt;
  const std::size_t trailer_at = packet.size() - 4 - (gcm ? 0 : kSha1Tag);
  const std::uint32_t trailer = get32(&packet[trailer_at]);
  const std::uint32_t index = trailer & ~kEncrypted;
  if ((trailer & kEncrypted) == 0 || !impl_->is_new(index)) return std::nullopt;
  const std::uint32_t ssrc = get32(&packet[4]);
  EVP_CIPHER_CTX* context = keys.context.get();
  const std::size_t size = trailer_at - (gcm ? kGcmTag : 0);
  std::vector<std::uint8_t> out(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size));
  if (gcm) {
    keys.start(keys.gcm_iv(ssrc, 0, index, true));
    run(context, nullptr, packet.first(kRtcpHeader));
    run(context, nullptr, packet.subspan(trailer_at, 4));
    run(context, out.data() + kRtcpHeader, packet.subspan(kRtcpHeader, size - kRtcpHeader));
    std::array<std::uint8_t, kGcmTag> tag{};
    std::copy_n(packet.begin() + static_cast<std::ptrdiff_t>(size), kGcmTag, tag.begin());
    require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kGcmTag, tag.data()) == 1);
    std::array<std::uint8_t, 16> none{};
    int written = 0;
    if (EVP_CipherFinal_ex(context, none.data(), &written) != 1) return std::nullopt;
  } else {
    const auto digest = keys.mac(packet.first(trailer_at), trailer);
    if (!crypto::equal_constant_time({reinterpret_cast<const char*>(digest.data()), kSha1Tag},
                                     {reinterpret_cast<const char*>(packet.data()) + trailer_at + 4, kSha1Tag}))
      return std::nullopt;
    keys.start(keys.cm_iv(ssrc, index));
    run(context, out.data() + kRtcpHeader, packet.subspan(kRtcpHeader, size - kRtcpHeader));
  }
  impl_->note(index);
  return out;
}

}  // namespace pitview::webrtc::srtp
