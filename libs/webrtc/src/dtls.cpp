#include "pitview/webrtc/dtls.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "pitview/base/crypto.h"

namespace pitview::webrtc {
namespace {

// GCM first: one pass over a packet instead of two.
constexpr const char* kProfiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";
constexpr std::size_t kMaxOutgoing = 64;  // datagrams of a flight; a certificate chain is a handful

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;

std::string openssl_error() {
  std::string text(256, '\0');
  ERR_error_string_n(ERR_peek_last_error(), text.data(), text.size());
  ERR_clear_error();
  text.resize(text.find('\0'));
  return text;
}

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("DTLS: ") + what + ": " + openssl_error());
}

Certificate self_signed(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  require(certificate != nullptr, "no certificate");
  X509* x = certificate.get();
  X509_set_version(x, 2);
  const std::string serial = crypto::random_bytes(8);
  std::uint64_t number = 0;
  for (const char c : serial) number = number << 8 | static_cast<std::uint8_t>(c);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), number >> 1);
  X509_gmtime_adj(X509_getm_notBefore(x), -86'400);
  X509_gmtime_adj(X509_getm_notAfter(x), 10L * 365 * 86'400);  // it lives as long as the process
  X509_NAME* name = X509_get_subject_name(x);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("PitView"), -1, -1, 0);
  X509_set_issuer_name(x, name);
  require(X509_set_pubkey(x, key) == 1 && X509_sign(x, key, EVP_sha256()) > 0, "cannot sign its certificate");
  return certificate;
}

Fingerprint fingerprint_of(X509* certificate) {
  Fingerprint out{};
  unsigned size = out.size();
  require(X509_digest(certificate, EVP_sha256(), out.data(), &size) == 1, "cannot hash a certificate");
  return out;
}

// A BIO that keeps datagrams apart: each write is one to send, each read one received.
struct Datagrams {
  std::span<const std::uint8_t> incoming;
  std::vector<std::vector<std::uint8_t>> outgoing;
};

Datagrams& datagrams_of(BIO* bio) { return *static_cast<Datagrams*>(BIO_get_data(bio)); }

int write_datagram(BIO* bio, const char* data, int size) {
  auto& outgoing = datagrams_of(bio).outgoing;
  if (outgoing.size() < kMaxOutgoing) outgoing.emplace_back(data, data + size);
  return size;
}

int read_datagram(BIO* bio, char* into, int room) {
  BIO_clear_retry_flags(bio);
  auto& incoming = datagrams_of(bio).incoming;
  if (incoming.empty()) {
    BIO_set_retry_read(bio);
    return -1;
  }
  const int size = std::min(room, static_cast<int>(incoming.size()));
  std::copy_n(incoming.begin(), size, into);
  incoming = {};
  return size;
}

long control(BIO*, int command, long, void*) {
  switch (command) {
    case BIO_CTRL_FLUSH: return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU:
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU: return DtlsServer::kMtu;
    default: return 0;
  }
}

const BIO_METHOD* datagram_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams");
    require(made != nullptr, "no BIO");
    BIO_meth_set_write(made, write_datagram);
    BIO_meth_set_read(made, read_datagram);
    BIO_meth_set_ctrl(made, control);
    BIO_meth_set_create(made, [](BIO* bio) {
      BIO_set_init(bio, 1);
      return 1;
    });
    return made;
  }();
  return method;
}

// The certificate is self-signed: the fingerprint of the offer proves it, after the handshake.
int accept_any(int, X509_STORE_CTX*) { return 1; }

}  // namespace

struct DtlsContext::Impl {
  Context context;
};

DtlsContext::DtlsContext() : impl_(std::make_unique<Impl>()) {
  const Key key(EVP_EC_gen("P-256"));
  require(key != nullptr, "no key");
  const Certificate certificate = self_signed(key.get());
  fingerprint_ = fingerprint_of(certificate.get());
  impl_->context.reset(SSL_CTX_new(DTLS_server_method()));
  SSL_CTX* context = impl_->context.get();
  require(context != nullptr, "no context");
  require(SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1, "no DTLS 1.2");
  require(SSL_CTX_use_certificate(context, certificate.get()) == 1 && SSL_CTX_use_PrivateKey(context, key.get()) == 1,
          "cannot use its certificate");
  require(SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES") == 1, "no ciphers");
  require(SSL_CTX_set_tlsext_use_srtp(context, kProfiles) == 0, "no SRTP profiles");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any);
  SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_read_ahead(context, 1);
}

DtlsContext::~DtlsContext() = default;

struct DtlsServer::Impl {
  std::unique_ptr<SSL, Deleter<SSL_free>> ssl;
  Datagrams datagrams;
  Fingerprint peer{};
  State state = State::handshaking;
  std::string failure;

  void fail(std::string why) {
    failure = std::move(why);
    state = State::failed;
  }

  // Goes as far as the datagrams allow.
  void advance() {
    if (state == State::handshaking) {
      ERR_clear_error();
      const int done = SSL_do_handshake(ssl.get());
      if (done != 1) {
        const int reason = SSL_get_error(ssl.get(), done);
        if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE) fail("handshake: " + openssl_error());
        return;
      }
      finish_handshake();
    }
    if (state == State::connected) drain();
  }

  void finish_handshake() {
    const Certificate certificate(SSL_get1_peer_certificate(ssl.get()));
    if (!certificate || fingerprint_of(certificate.get()) != peer)
      return fail("the viewer's certificate is not the one its offer named");
    if (SSL_get_selected_srtp_profile(ssl.get()) == nullptr) return fail("no SRTP profile in common");
    state = State::connected;
  }

  // Nobody sends us data; an alert of goodbye may be in there.
  void drain() {
    std::array<std::uint8_t, 1500> nothing{};
    ERR_clear_error();
    const int size = SSL_read(ssl.get(), nothing.data(), nothing.size());
    if (size > 0) return;
    const int reason = SSL_get_error(ssl.get(), size);
    if (reason == SSL_ERROR_ZERO_RETURN) state = State::closed;
    if (reason == SSL_ERROR_SSL) fail("connection: " + openssl_error());
  }
};

DtlsServer::DtlsServer(DtlsContext& context, const Fingerprint& peer) : impl_(std::make_unique<Impl>()) {
  impl_->peer = peer;
  impl_->ssl.reset(SSL_new(context.impl_->context.get()));
  require(impl_->ssl != nullptr, "no connection");
  BIO* bio = BIO_new(datagram_method());
  require(bio != nullptr, "no BIO");
  BIO_set_data(bio, &impl_->datagrams);
  SSL_set_bio(impl_->ssl.get(), bio, bio);
  SSL_set_mtu(impl_->ssl.get(), kMtu);
  SSL_set_accept_state(impl_->ssl.get());
}

DtlsServer::~DtlsServer() = default;

DtlsServer::State DtlsServer::receive(std::span<const std::uint8_t> datagram) {
  if (impl_->state == State::failed || impl_->state == State::closed) return impl_->state;
  impl_->datagrams.incoming = datagram;
  impl_->advance();
  impl_->datagrams.incoming = {};
  return impl_->state;
}

DtlsServer::State DtlsServer::on_timeout() {
  if (impl_->state != State::handshaking) return impl_->state;
  ERR_clear_error();
  if (DTLSv1_handle_timeout(impl_->ssl.get()) < 0) impl_->fail("timeout: " + openssl_error());
  return impl_->state;
}

std::optional<std::chrono::milliseconds> DtlsServer::timeout() const {
  timeval left{};
  if (impl_->state != State::handshaking || DTLSv1_get_timeout(impl_->ssl.get(), &left) != 1) return std::nullopt;
  return std::chrono::seconds(left.tv_sec) +
         std::chrono::ceil<std::chrono::milliseconds>(std::chrono::microseconds(left.tv_usec));
}

void DtlsServer::close() {
  if (impl_->state == State::connected) SSL_shutdown(impl_->ssl.get());
  if (impl_->state != State::failed) impl_->state = State::closed;
}

std::vector<std::vector<std::uint8_t>> DtlsServer::take_outgoing() {
  return std::exchange(impl_->datagrams.outgoing, {});
}

DtlsServer::State DtlsServer::state() const noexcept { return impl_->state; }
const std::string& DtlsServer::failure() const noexcept { return impl_->failure; }

// RFC 5764, 4.2: the keys of client and server, then their salts.
SrtpKeys DtlsServer::srtp_keys() const {
  const SRTP_PROTECTION_PROFILE* chosen = SSL_get_selected_srtp_profile(impl_->ssl.get());
  require(chosen != nullptr, "no SRTP profile");
  SrtpKeys keys;
  keys.ours.profile = keys.theirs.profile =
      chosen->id == SRTP_AEAD_AES_128_GCM ? srtp::Profile::aead_aes_128_gcm : srtp::Profile::aes128_cm_sha1_80;
  const std::size_t salt = srtp::salt_size(keys.ours.profile);
  std::vector<std::uint8_t> material(2 * (srtp::kMasterKey + salt));
  constexpr std::string_view kLabel = "EXTRACTOR-dtls_srtp";
  require(SSL_export_keying_material(impl_->ssl.get(), material.data(), material.size(), kLabel.data(), kLabel.size(),
                                     nullptr, 0, 0) == 1,
          "no keys");
  auto at = material.cbegin();
  const auto take = [&at](auto& into, std::size_t size) {
    std::copy_n(at, size, into.begin());
    at += static_cast<std::ptrdiff_t>(size);
  };
  take(keys.theirs.key, srtp::kMasterKey);
  take(keys.ours.key, srtp::kMasterKey);
  take(keys.theirs.salt, salt);
  take(keys.ours.salt, salt);
  return keys;
}

}  // namespace pitview::webrtc
