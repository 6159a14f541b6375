#include "auth/sealed_phone.h"

#include <stdexcept>

namespace pitview::auth {
namespace {

constexpr std::string_view kColumn = "users.phone_sealed";

std::string_view bytes_of(const crypto::Key256& key) { return {reinterpret_cast<const char*>(key.data()), key.size()}; }

}  // namespace

SealedPhone seal_phone(const crypto::Key256& data_key, std::string_view phone) {
  // A key of its own, so that the one that encrypts is used for nothing else.
  const crypto::Key256 lookup_key = crypto::hmac_sha256(bytes_of(data_key), "users.phone_lookup");
  return {postgres::Bytes(crypto::seal(data_key, phone, kColumn)),
          postgres::Bytes(crypto::hmac_sha256(bytes_of(lookup_key), phone))};
}

std::string open_phone(const crypto::Key256& data_key, const postgres::Bytes& sealed) {
  auto phone = crypto::open(data_key, sealed.data, kColumn);
  if (!phone) throw std::runtime_error("a telephone number cannot be opened with this server's key");
  return std::move(*phone);
}

}  // namespace pitview::auth
