// TLS by OpenSSL. The only unit that sees Asio's ssl header.
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ssl.hpp>
#include <memory>

#include "pitview/async/deadline.h"
#include "transport.h"

namespace pitview::mqtt {
namespace {

Error refuse(std::string why) { return {Errc::unavailable, std::move(why), {}, 0}; }

Error unusable(const std::string& what, const std::string& file, const error_code& failure) {
  return {Errc::validation_failed, "the " + what + " " + file + " cannot be used: " + failure.message(), {}, 0};
}

Result<> load_own_certificate(asio::ssl::context& context, const Tls& tls) {
  if (tls.certificate_file.empty() != tls.key_file.empty())
    return {Errc::validation_failed, "a client certificate needs a certificate file and a key file"};
  if (tls.certificate_file.empty()) return Done{};
  // OpenSSL would ask for a pass phrase on the terminal.
  context.set_password_callback([](std::size_t, asio::ssl::context::password_purpose) { return std::string(); });
  error_code failure;
  context.use_certificate_chain_file(tls.certificate_file, failure);
  if (failure) return unusable("certificate file", tls.certificate_file, failure);
  context.use_private_key_file(tls.key_file, asio::ssl::context::pem, failure);
  if (failure) return unusable("key file", tls.key_file, failure);
  return Done{};
}

Result<> load(asio::ssl::context& context, const Tls& tls) {
  SSL_CTX* raw = context.native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  // A hostile broker could keep us busy with handshakes.
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION);
  context.set_verify_mode(asio::ssl::verify_peer);
  error_code failure;
  if (tls.ca_file.empty()) {
    context.set_default_verify_paths(failure);
    if (failure) return unusable("authorities of", "this system", failure);
  } else {
    context.load_verify_file(tls.ca_file, failure);
    if (failure) return unusable("file of authorities", tls.ca_file, failure);
  }
  return load_own_certificate(context, tls);
}

// The name is checked with the certificate, inside the handshake.
bool expect_name(SSL* ssl, const std::string& name) {
  X509_VERIFY_PARAM* expected = SSL_get0_param(ssl);
  error_code not_an_address;
  asio::ip::make_address(name, not_an_address);
  // SNI carries no addresses (RFC 6066, 3).
  if (!not_an_address) return X509_VERIFY_PARAM_set1_ip_asc(expected, name.c_str()) == 1;
  X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return X509_VERIFY_PARAM_set1_host(expected, name.c_str(), name.size()) == 1 &&
         SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
}

// Nothing when the certificate was not the reason.
std::string why_not_trusted(SSL* ssl, const std::string& name) {
  const long verified = SSL_get_verify_result(ssl);
  switch (verified) {
    case X509_V_OK: return {};
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return "the broker's certificate is not for " + name;
    case X509_V_ERR_CERT_HAS_EXPIRED: return "the broker's certificate has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID: return "the broker's certificate is not valid yet";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_CERT_UNTRUSTED: return "the broker's certificate is from an authority that is not trusted";
    default: return std::string("the broker's certificate is refused: ") + X509_verify_cert_error_string(verified);
  }
}

// What OpenSSL and the alerts of the other side (RFC 8446, 6.2) say, in words for
// whoever has to put it right. Nothing: there are no better words.
std::string in_words(error_code failure) {
  if (failure.category() != asio::error::get_ssl_category()) return {};
  switch (ERR_GET_REASON(static_cast<unsigned long>(static_cast<unsigned>(failure.value())))) {
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED: return "the broker asks for a client certificate";
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA: return "the broker refuses the client certificate: " + failure.message();
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION: return "the broker speaks no TLS of version 1.2 or later";
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST: return "the broker does not speak TLS on this port";
    default: return {};
  }
}

class TlsTransport final : public Transport {
 public:
  TlsTransport(const asio::any_io_executor& executor, Tls tls)
      : executor_(executor), tls_(std::move(tls)), resolver_(executor), context_(asio::ssl::context::tls_client) {}

  Awaitable<Result<>> open(std::string host, std::uint16_t port, std::chrono::milliseconds limit) override {
    if (Result<> loaded = load(context_, tls_); !loaded) co_return loaded;
    const std::string name = tls_.server_name.empty() ? host : tls_.server_name;
    stream_ = std::make_unique<Stream>(executor_, context_);
    if (!expect_name(stream_->native_handle(), name)) co_return refuse("no certificate can be for the name " + name);
    Result<> connected = co_await connect_tcp(resolver_, stream_->next_layer(), std::move(host), port, limit);
    if (!connected) co_return connected;
    const auto failure = co_await with_deadline(limit, handshake());
    if (!failure) co_return refuse("no TLS handshake in time");
    if (*failure) co_return refuse(why_no_handshake(*failure, name));
    secure_ = true;
    co_return Done{};
  }

  Awaitable<std::size_t> read_some(std::span<std::uint8_t> into, error_code& failure) override {
    co_return co_await stream_->async_read_some(asio::buffer(into.data(), into.size()),
                                                asio::redirect_error(asio::use_awaitable, failure));
  }

  Awaitable<error_code> write(std::string_view bytes) override {
    error_code failure;
    co_await asio::async_write(*stream_, asio::buffer(bytes.data(), bytes.size()),
                               asio::redirect_error(asio::use_awaitable, failure));
    co_return failure;
  }

  Awaitable<> say_goodbye() override {
    if (!secure_) co_return;
    error_code ignored;  // the other side may be gone already
    co_await stream_->async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
  }

  void close() noexcept override {
    error_code ignored;
    resolver_.cancel();
    if (stream_) stream_->next_layer().close(ignored);
  }

  std::string explain(error_code failure) const override {
    // MQTT ends a session by itself, so a missing close_notify hides nothing from us.
    if (failure == asio::ssl::error::stream_truncated) return "closed by the broker";
    const std::string words = in_words(failure);
    return words.empty() ? Transport::explain(failure) : words;
  }

 private:
  using Stream = asio::ssl::stream<asio::ip::tcp::socket>;

  Awaitable<error_code> handshake() {
    error_code failure;
    co_await stream_->async_handshake(asio::ssl::stream_base::client,
                                      asio::redirect_error(asio::use_awaitable, failure));
    co_return failure;
  }

  std::string why_no_handshake(error_code failure, const std::string& name) {
    std::string reason = why_not_trusted(stream_->native_handle(), name);
    if (reason.empty()) reason = in_words(failure);
    if (!reason.empty()) return reason;
    if (failure == asio::error::eof || failure == asio::ssl::error::stream_truncated ||
        failure == asio::error::connection_reset)
      return "the broker ended the TLS handshake: does it speak TLS on this port?";
    return "the TLS handshake failed: " + failure.message();
  }

  asio::any_io_executor executor_;
  Tls tls_;
  asio::ip::tcp::resolver resolver_;
  asio::ssl::context context_;
  std::unique_ptr<Stream> stream_;  // from open() on
  bool secure_ = false;
};

}  // namespace

Result<> check(const Tls& tls) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  return load(context, tls);
}

std::unique_ptr<Transport> make_tls_transport(const asio::any_io_executor& executor, Tls tls) {
  return std::make_unique<TlsTransport>(executor, std::move(tls));
}

}  // namespace pitview::mqtt
