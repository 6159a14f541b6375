#include "http.h"

#include <curl/curl.h>

#include <stdexcept>

namespace pitview::kit {
namespace {

constexpr std::size_t kMaxBodyBytes = std::size_t{16} << 20;
constexpr long kConnectSeconds = 10;
constexpr long kExchangeSeconds = 120;

struct CurlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(char* text) const { curl_free(text); }
};

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  const std::unique_ptr<char, CurlDeleter> owner(text);
  return text;
}

// libcurl answers "localhost" itself with the loopback addresses.
bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "[::1]" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos);
}

// The scheme; throws where the address is not one we send secrets to.
std::string checked_scheme(const std::string& server_url) {
  const std::unique_ptr<CURLU, CurlDeleter> url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, server_url.c_str(), 0) != CURLUE_OK)
    throw KitError("\"" + plain_line(server_url) + "\" is no address such as https://app.example.com");
  std::string scheme = part_of(url.get(), CURLUPART_SCHEME);
  if (scheme != "https" && !(scheme == "http" && is_loopback(part_of(url.get(), CURLUPART_HOST))))
    throw KitError("--server must be https:// (http:// only for this machine): passwords and keys travel there");
  const std::string path = part_of(url.get(), CURLUPART_PATH);
  if ((!path.empty() && path != "/") || !part_of(url.get(), CURLUPART_QUERY).empty() ||
      !part_of(url.get(), CURLUPART_FRAGMENT).empty() || !part_of(url.get(), CURLUPART_USER).empty())
    throw KitError("--server is only scheme, host and port, such as https://app.example.com");
  return scheme;
}

std::size_t append_body(char* bytes, std::size_t, std::size_t size, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size > kMaxBodyBytes) return 0;  // ends the transfer
  body.append(bytes, size);
  return size;
}

// These happen before a byte of the request is sent.
bool nothing_was_sent(CURLcode code) {
  return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_COULDNT_CONNECT ||
         code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION;
}

void check(CURLcode code) {
  if (code != CURLE_OK) throw std::runtime_error(std::string("libcurl: ") + curl_easy_strerror(code));
}

}  // namespace

struct HttpClient::Handle {
  CURL* curl;
  char message[CURL_ERROR_SIZE] = "";

  Handle() {
    check(curl_global_init(CURL_GLOBAL_DEFAULT));
    curl = curl_easy_init();
    if (curl == nullptr) throw std::runtime_error("libcurl: no memory");
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    curl_easy_cleanup(curl);
    curl_global_cleanup();
  }

  template <class Value>
  void set(CURLoption option, Value value) {
    check(curl_easy_setopt(curl, option, value));
  }
};

HttpClient::HttpClient(const std::string& server_url) : origin_(server_url) {
  const std::string scheme = checked_scheme(server_url);
  if (origin_.ends_with('/')) origin_.pop_back();
  handle_ = std::make_unique<Handle>();
  handle_->set(CURLOPT_ERRORBUFFER, handle_->message);
  handle_->set(CURLOPT_PROTOCOLS_STR, scheme.c_str());
  handle_->set(CURLOPT_SSL_VERIFYPEER, 1L);
  handle_->set(CURLOPT_SSL_VERIFYHOST, 2L);
  handle_->set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  handle_->set(CURLOPT_FOLLOWLOCATION, 0L);
  handle_->set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  handle_->set(CURLOPT_TIMEOUT, kExchangeSeconds);
  handle_->set(CURLOPT_NOSIGNAL, 1L);
  handle_->set(CURLOPT_WRITEFUNCTION, &append_body);
  // A proxy of the environment may carry TLS; what is not encrypted stays here.
  if (scheme == "http") handle_->set(CURLOPT_NOPROXY, "*");
}

HttpClient::~HttpClient() = default;

HttpAnswer HttpClient::post_json(std::string_view path, const std::string& body, std::string_view bearer) {
  HttpAnswer answer;
  std::unique_ptr<curl_slist, CurlDeleter> headers(curl_slist_append(nullptr, "Content-Type: application/json"));
  const std::string authorization = "Authorization: Bearer " + std::string(bearer);
  if (!bearer.empty()) curl_slist_append(headers.get(), authorization.c_str());
  const std::string url = origin_ + std::string(path);
  handle_->set(CURLOPT_URL, url.c_str());
  handle_->set(CURLOPT_HTTPHEADER, headers.get());
  handle_->set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  handle_->set(CURLOPT_POSTFIELDS, body.c_str());
  handle_->set(CURLOPT_WRITEDATA, static_cast<void*>(&answer.body));
  handle_->message[0] = '\0';
  const CURLcode code = curl_easy_perform(handle_->curl);
  if (code != CURLE_OK) {
    const std::string why = handle_->message[0] != '\0' ? handle_->message : curl_easy_strerror(code);
    throw HttpFailure(origin_ + " does not answer: " + plain_line(why), !nothing_was_sent(code));
  }
  long status = 0;
  check(curl_easy_getinfo(handle_->curl, CURLINFO_RESPONSE_CODE, &status));
  answer.status = static_cast<int>(status);
  return answer;
}

}  // namespace pitview::kit
