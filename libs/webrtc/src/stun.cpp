#include "pitview/webrtc/stun.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "pitview/base/crypto.h"

namespace pitview::webrtc::stun {
namespace {

constexpr std::size_t kHeader = 20;
constexpr std::uint32_t kMagicCookie = 0x2112A442;
constexpr std::uint16_t kRequest = 0x0001;
constexpr std::uint16_t kSuccess = 0x0101;
constexpr std::uint16_t kErrorAnswer = 0x0111;
constexpr std::size_t kIntegrityBytes = 20;
constexpr std::size_t kIntegrityAttribute = 4 + kIntegrityBytes;
constexpr std::size_t kFingerprintAttribute = 8;
constexpr std::uint32_t kFingerprintMask = 0x5354554e;

enum Attribute : std::uint16_t {
  kUsername = 0x0006,
  kMessageIntegrity = 0x0008,
  kErrorCode = 0x0009,
  kXorMappedAddress = 0x0020,
  kPriority = 0x0024,
  kUseCandidate = 0x0025,
  kFingerprint = 0x8028,
  kIceControlled = 0x8029,
  kIceControlling = 0x802A,
};
constexpr std::uint16_t kComprehensionOptional = 0x8000;

std::uint16_t u16(Bytes in, std::size_t at) { return static_cast<std::uint16_t>(in[at] << 8 | in[at + 1]); }
std::uint32_t u32(Bytes in, std::size_t at) { return std::uint32_t{u16(in, at)} << 16 | u16(in, at + 2); }

void put16(std::vector<std::uint8_t>& out, std::uint32_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}
void put32(std::vector<std::uint8_t>& out, std::uint32_t value) {
  put16(out, value >> 16);
  put16(out, value & 0xffff);
}
void set_length(std::vector<std::uint8_t>& out, std::size_t behind_header) {
  out[2] = static_cast<std::uint8_t>(behind_header >> 8);
  out[3] = static_cast<std::uint8_t>(behind_header);
}

constexpr std::array<std::uint32_t, 256> kCrcTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = (c & 1) != 0 ? 0xEDB88320U ^ c >> 1 : c >> 1;
    table[i] = c;
  }
  return table;
}();

// ITU V.42, as RFC 8489 section 14.7 wants it.
std::uint32_t crc32(Bytes bytes) {
  std::uint32_t crc = ~0U;
  for (const std::uint8_t byte : bytes) crc = kCrcTable[(crc ^ byte) & 0xff] ^ crc >> 8;
  return ~crc;
}

std::array<std::uint8_t, kIntegrityBytes> hmac_sha1(std::string_view key, Bytes message) {
  std::array<std::uint8_t, kIntegrityBytes> digest{};
  unsigned size = digest.size();
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), message.data(), message.size(), digest.data(), &size);
  return digest;
}

struct Position {
  std::size_t integrity = 0;  // of the attribute; 0: none
  bool fingerprint = false;   // and it is right
};

// Walks the attributes. False when lengths lie or something must be understood and is not.
bool walk(Bytes in, BindingRequest& request, Position& at) {
  for (std::size_t i = kHeader; i < in.size();) {
    if (i + 4 > in.size() || at.fingerprint) return false;  // the fingerprint is the last one
    const std::uint16_t type = u16(in, i);
    const std::size_t length = u16(in, i + 2);
    const std::size_t padded = (length + 3) / 4 * 4;
    if (i + 4 + padded > in.size()) return false;
    const Bytes value = in.subspan(i + 4, length);
    if (type == kFingerprint) {
      if (length != 4 || u32(value, 0) != (crc32(in.first(i)) ^ kFingerprintMask)) return false;
      at.fingerprint = true;
    } else if (at.integrity == 0) {  // what stands behind the integrity is not to be believed
      switch (type) {
        case kUsername: request.username = {reinterpret_cast<const char*>(value.data()), value.size()}; break;
        case kMessageIntegrity:
          if (length != kIntegrityBytes) return false;
          at.integrity = i;
          break;
        case kUseCandidate: request.use_candidate = true; break;
        case kIceControlling: request.controlling = true; break;
        case kPriority:
          if (length != 4) return false;
          break;
        default:
          if (type < kComprehensionOptional) return false;
      }
    }
    i += 4 + padded;
  }
  return at.fingerprint;
}

std::vector<std::uint8_t> begin(std::uint16_t type, const TransactionId& transaction) {
  std::vector<std::uint8_t> out;
  put16(out, type);
  put16(out, 0);
  put32(out, kMagicCookie);
  out.insert(out.end(), transaction.begin(), transaction.end());
  return out;
}

// Integrity, then fingerprint; each is computed with the length up to its own end.
std::vector<std::uint8_t> sealed(std::vector<std::uint8_t> out, std::string_view password) {
  set_length(out, out.size() - kHeader + kIntegrityAttribute);
  const auto digest = hmac_sha1(password, out);
  put16(out, kMessageIntegrity);
  put16(out, kIntegrityBytes);
  out.insert(out.end(), digest.begin(), digest.end());
  set_length(out, out.size() - kHeader + kFingerprintAttribute);
  const std::uint32_t fingerprint = crc32(out) ^ kFingerprintMask;
  put16(out, kFingerprint);
  put16(out, 4);
  put32(out, fingerprint);
  return out;
}

}  // namespace

bool is_stun(Bytes datagram) noexcept {
  return datagram.size() >= kHeader && datagram[0] < 4 && u32(datagram, 4) == kMagicCookie;
}

std::optional<BindingRequest> parse(Bytes datagram) noexcept {
  if (!is_stun(datagram) || u16(datagram, 0) != kRequest) return std::nullopt;
  if (u16(datagram, 2) % 4 != 0 || kHeader + u16(datagram, 2) != datagram.size()) return std::nullopt;
  BindingRequest request;
  std::copy_n(datagram.begin() + 8, request.transaction.size(), request.transaction.begin());
  Position at;
  if (!walk(datagram, request, at)) return std::nullopt;
  return request;
}

bool integrity_holds(Bytes datagram, std::string_view password) noexcept {
  BindingRequest request;
  Position at;
  if (!walk(datagram, request, at) || at.integrity == 0) return false;
  std::vector<std::uint8_t> covered(datagram.begin(), datagram.begin() + static_cast<std::ptrdiff_t>(at.integrity));
  set_length(covered, at.integrity - kHeader + kIntegrityAttribute);
  const auto digest = hmac_sha1(password, covered);
  return crypto::equal_constant_time(
      {reinterpret_cast<const char*>(digest.data()), digest.size()},
      {reinterpret_cast<const char*>(datagram.data()) + at.integrity + 4, kIntegrityBytes});
}

std::vector<std::uint8_t> write_request(const TransactionId& transaction, std::string_view username,
                                        std::string_view password) {
  constexpr std::uint32_t kHostCandidate = 126U << 24 | 0xffffff;
  std::vector<std::uint8_t> out = begin(kRequest, transaction);
  put16(out, kUsername);
  put16(out, static_cast<std::uint32_t>(username.size()));
  out.insert(out.end(), username.begin(), username.end());
  while (out.size() % 4 != 0) out.push_back(0);
  put16(out, kPriority);
  put16(out, 4);
  put32(out, kHostCandidate);
  put16(out, kIceControlling);
  put16(out, 8);
  out.insert(out.end(), transaction.begin(), transaction.begin() + 8);  // any number settles who is in control
  put16(out, kUseCandidate);
  put16(out, 0);
  return sealed(std::move(out), password);
}

std::vector<std::uint8_t> write_success(const TransactionId& transaction, const Endpoint& from,
                                        std::string_view password) {
  std::vector<std::uint8_t> out = begin(kSuccess, transaction);
  put16(out, kXorMappedAddress);
  put16(out, static_cast<std::uint32_t>(4 + from.address.size()));
  put16(out, from.address.size() == 4 ? 1 : 2);
  put16(out, from.port ^ kMagicCookie >> 16);
  // The mask: magic cookie, then the transaction id.
  for (std::size_t i = 0; i < from.address.size(); ++i) out.push_back(from.address[i] ^ out[4 + i]);
  return sealed(std::move(out), password);
}

std::vector<std::uint8_t> write_error(const TransactionId& transaction, unsigned code, std::string_view reason,
                                      std::string_view password) {
  std::vector<std::uint8_t> out = begin(kErrorAnswer, transaction);
  put16(out, kErrorCode);
  put16(out, static_cast<std::uint32_t>(4 + reason.size()));
  put16(out, 0);
  out.push_back(static_cast<std::uint8_t>(code / 100));
  out.push_back(static_cast<std::uint8_t>(code % 100));
  out.insert(out.end(), reason.begin(), reason.end());
  while (out.size() % 4 != 0) out.push_back(0);
  return sealed(std::move(out), password);
}

}  // namespace pitview::webrtc::stun
