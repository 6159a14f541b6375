#include "dtls_client.h"

#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <stdexcept>

namespace pitview::bench {
namespace {

constexpr int kTries = 50;  // of a tenth of a second at most, the socket's time limit
constexpr long kMtu = 1200;

// As browsers have it; OpenSSL's is a second.
unsigned pause_us(SSL*, unsigned last) { return last == 0 ? 50'000 : 2 * last; }

X509* self_signed(EVP_PKEY* key) {
  X509* certificate = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 86'400);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("bench"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_sign(certificate, key, EVP_sha256());
  return certificate;
}

std::string fingerprint_of(X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  X509_digest(certificate, EVP_sha256(), digest.data(), &size);
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    char pair[4];
    std::snprintf(pair, sizeof pair, i == 0 ? "%02X" : ":%02X", digest[i]);
    text += pair;
  }
  return text;
}

}  // namespace

DtlsClients::DtlsClients() : context_(SSL_CTX_new(DTLS_client_method())) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = self_signed(key);
  SSL_CTX_use_certificate(context_, certificate);
  SSL_CTX_use_PrivateKey(context_, key);
  SSL_CTX_set_tlsext_use_srtp(context_, "SRTP_AEAD_AES_128_GCM");
  SSL_CTX_set_verify(context_, SSL_VERIFY_NONE, nullptr);
  fingerprint_ = fingerprint_of(certificate);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

DtlsClients::~DtlsClients() { SSL_CTX_free(context_); }

DtlsClient::DtlsClient(const DtlsClients& all, int socket) : ssl_(SSL_new(all.context())) {
  BIO* bio = BIO_new_dgram(socket, BIO_NOCLOSE);
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  ::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size);
  BIO_ADDR* address = BIO_ADDR_new();
  BIO_ADDR_rawmake(address, AF_INET, &peer.sin_addr, sizeof peer.sin_addr, peer.sin_port);
  BIO_ctrl(bio, BIO_CTRL_DGRAM_SET_CONNECTED, 0, address);
  BIO_ADDR_free(address);
  SSL_set_bio(ssl_, bio, bio);
  SSL_set_options(ssl_, SSL_OP_NO_QUERY_MTU);
  SSL_set_mtu(ssl_, kMtu);
  DTLS_set_timer_cb(ssl_, &pause_us);
  SSL_set_connect_state(ssl_);
}

DtlsClient::~DtlsClient() { SSL_free(ssl_); }

void DtlsClient::shake_hands() {
  ERR_clear_error();
  for (int i = 0; i < kTries; ++i) {
    const int done = SSL_do_handshake(ssl_);
    if (done == 1) return;
    if (SSL_get_error(ssl_, done) != SSL_ERROR_WANT_READ) break;
    DTLSv1_handle_timeout(ssl_);
  }
  const unsigned long error = ERR_get_error();
  const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  throw std::runtime_error(std::string("the DTLS handshake failed: ") + (reason == nullptr ? "no answer" : reason));
}

void DtlsClient::close() { SSL_shutdown(ssl_); }

}  // namespace pitview::bench
