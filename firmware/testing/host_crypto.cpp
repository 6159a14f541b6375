#include "testing/host_crypto.h"

#include "pitview/base/crypto.h"

namespace pitview::fw::testing {

HostCrypto::HostCrypto(const crypto::P256PrivateKey& key)
    : HostCrypto(crypto::P256PublicKey::from_pem(key.public_pem())) {}

Sha256 HostCrypto::hmac_sha256(ByteView key, ByteView text) { return crypto::hmac_sha256(key.text(), text.text()); }

Sha256 HostCrypto::sha256_end() { return crypto::sha256(std::exchange(hashed_, {})); }

bool HostCrypto::verify_release(ByteView text, ByteView signature) {
  return key_ && key_->verify(text.text(), signature.text());
}

}  // namespace pitview::fw::testing
