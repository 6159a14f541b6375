// Our server against OpenSSL's client over a wire that loses what it is told to lose.
#include "pitview/webrtc/dtls.h"

#include <gmock/gmock.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <deque>

namespace pitview::webrtc {
namespace {

using ::testing::HasSubstr;
using Data = std::vector<std::uint8_t>;

// A browser: certificate of its own, datagram BIOs of OpenSSL.
class Client {
 public:
  explicit Client(const char* profiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80") {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    unsigned size = fingerprint.size();
    X509_digest(certificate, EVP_sha256(), fingerprint.data(), &size);
    context_ = SSL_CTX_new(DTLS_client_method());
    SSL_CTX_use_certificate(context_, certificate);
    SSL_CTX_use_PrivateKey(context_, key);
    if (profiles != nullptr) SSL_CTX_set_tlsext_use_srtp(context_, profiles);
    ssl_ = SSL_new(context_);
    SSL_set_options(ssl_, SSL_OP_NO_QUERY_MTU);
    SSL_set_mtu(ssl_, 1200);
    make_wire();
    SSL_set_connect_state(ssl_);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  ~Client() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // One datagram in (empty: none), what it sends in answer out.
  std::vector<Data> step(const Data& incoming) {
    if (!incoming.empty()) BIO_write(in_, incoming.data(), static_cast<int>(incoming.size()));
    SSL_do_handshake(ssl_);
    Data byte(1);
    if (connected()) SSL_read(ssl_, byte.data(), 1);
    ERR_clear_error();
    return records();
  }
  std::vector<Data> timeout() {
    DTLSv1_handle_timeout(ssl_);
    return records();
  }
  std::vector<Data> shut_down() {
    SSL_shutdown(ssl_);
    return records();
  }
  bool connected() const { return SSL_is_init_finished(ssl_) == 1; }
  bool told_goodbye() const { return (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0; }
  Data key_material(std::size_t size) {
    Data out(size);
    EXPECT_EQ(SSL_export_keying_material(ssl_, out.data(), size, "EXTRACTOR-dtls_srtp", 19, nullptr, 0, 0), 1);
    return out;
  }

  Fingerprint fingerprint{};

 private:
  // Memory BIOs join records; a record says its length, so that they can be cut apart.
  void make_wire() {
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(in_, -1);
    SSL_set_bio(ssl_, in_, out_);
  }
  std::vector<Data> records() {
    char* data = nullptr;
    const long size = BIO_get_mem_data(out_, &data);
    std::vector<Data> all;
    for (long at = 0; at + 13 <= size;) {
      const long length =
          13 + (static_cast<std::uint8_t>(data[at + 11]) << 8 | static_cast<std::uint8_t>(data[at + 12]));
      all.emplace_back(data + at, data + at + length);
      at += length;
    }
    BIO_reset(out_);
    return all;
  }

  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  BIO* in_ = nullptr;
  BIO* out_ = nullptr;
};

void append(std::deque<Data>& queue, std::vector<Data> more) {
  for (Data& datagram : more) queue.push_back(std::move(datagram));
}

// Until neither has anything to say.
void talk(Client& client, DtlsServer& server, std::vector<Data> first) {
  std::deque<Data> to_server(first.begin(), first.end());
  for (int rounds = 0; rounds < 100 && !to_server.empty(); ++rounds) {
    const Data datagram = to_server.front();
    to_server.pop_front();
    server.receive(datagram);
    for (const Data& answer : server.take_outgoing()) {
      EXPECT_LE(answer.size(), DtlsServer::kMtu);
      append(to_server, client.step(answer));
    }
  }
}

TEST(Dtls, AgreesOnKeysWithAClient) {
  DtlsContext context;
  Client client;
  DtlsServer server(context, client.fingerprint);
  EXPECT_EQ(server.state(), DtlsServer::State::handshaking);
  talk(client, server, client.step({}));
  ASSERT_EQ(server.state(), DtlsServer::State::connected) << server.failure();
  ASSERT_TRUE(client.connected());
  const SrtpKeys keys = server.srtp_keys();
  EXPECT_EQ(keys.ours.profile, srtp::Profile::aead_aes_128_gcm);
  const Data material = client.key_material(56);
  EXPECT_TRUE(std::equal(keys.theirs.key.begin(), keys.theirs.key.end(), material.begin()));
  EXPECT_TRUE(std::equal(keys.ours.key.begin(), keys.ours.key.end(), material.begin() + 16));
  EXPECT_TRUE(std::equal(keys.theirs.salt.begin(), keys.theirs.salt.begin() + 12, material.begin() + 32));
  EXPECT_TRUE(std::equal(keys.ours.salt.begin(), keys.ours.salt.begin() + 12, material.begin() + 44));
  EXPECT_FALSE(server.timeout());
}

TEST(Dtls, FallsBackToAesCm) {
  DtlsContext context;
  Client client("SRTP_AES128_CM_SHA1_80");
  DtlsServer server(context, client.fingerprint);
  talk(client, server, client.step({}));
  ASSERT_EQ(server.state(), DtlsServer::State::connected) << server.failure();
  EXPECT_EQ(server.srtp_keys().ours.profile, srtp::Profile::aes128_cm_sha1_80);
}

TEST(Dtls, RefusesACertificateThatTheOfferDidNotName) {
  DtlsContext context;
  Client client;
  Fingerprint other = client.fingerprint;
  other[0] ^= 1;
  DtlsServer server(context, other);
  talk(client, server, client.step({}));
  EXPECT_EQ(server.state(), DtlsServer::State::failed);
  EXPECT_THAT(server.failure(), HasSubstr("not the one its offer named"));
}

TEST(Dtls, RefusesAClientWithoutSrtp) {
  DtlsContext context;
  Client client(nullptr);
  DtlsServer server(context, client.fingerprint);
  talk(client, server, client.step({}));
  EXPECT_EQ(server.state(), DtlsServer::State::failed);
  EXPECT_THAT(server.failure(), HasSubstr("no SRTP profile"));
}

TEST(Dtls, SendsItsFlightAgainWhenItWasLost) {
  DtlsContext context;
  Client client;
  DtlsServer server(context, client.fingerprint);
  for (const Data& hello : client.step({})) server.receive(hello);
  EXPECT_FALSE(server.take_outgoing().empty());  // and it is lost
  const auto wait = server.timeout();
  ASSERT_TRUE(wait);
  EXPECT_LE(*wait, std::chrono::seconds(1));
  // OpenSSL goes by the clock: only after its time it sends again.
  std::vector<Data> again;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (again.empty() && std::chrono::steady_clock::now() < until) {
    server.on_timeout();
    again = server.take_outgoing();
  }
  std::vector<Data> answers;
  for (const Data& datagram : again)
    for (Data& answer : client.step(datagram)) answers.push_back(std::move(answer));
  talk(client, server, answers);
  EXPECT_EQ(server.state(), DtlsServer::State::connected) << server.failure();
}

TEST(Dtls, SaysAndHearsGoodbye) {
  DtlsContext context;
  Client client;
  DtlsServer server(context, client.fingerprint);
  talk(client, server, client.step({}));
  for (const Data& datagram : client.shut_down()) server.receive(datagram);
  EXPECT_EQ(server.state(), DtlsServer::State::closed);

  Client other;
  DtlsServer second(context, other.fingerprint);
  talk(other, second, other.step({}));
  second.close();
  for (const Data& datagram : second.take_outgoing()) other.step(datagram);
  EXPECT_TRUE(other.told_goodbye());
}

// What is a record but nonsense inside ends it, by OpenSSL: only an endpoint that ICE has
// checked gets so far.
TEST(Dtls, WhatIsNoRecordDoesNotEndAHandshake) {
  DtlsContext context;
  Client client;
  DtlsServer server(context, client.fingerprint);
  server.receive(Data{22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 9, 4, 1, 2, 3, 4});
  server.receive(Data(1500, 0x16));
  server.receive(Data{});
  if (server.state() == DtlsServer::State::handshaking) talk(client, server, client.step({}));
  EXPECT_EQ(server.state(), DtlsServer::State::connected) << server.failure();
}

}  // namespace
}  // namespace pitview::webrtc
