#include "http_client_port.h"

#include "esp_crt_bundle.h"
#include "mbedtls/base64.h"

namespace pitview::fw::idf {
namespace {

constexpr int kNetworkTimeoutMs = 10'000;
constexpr std::uint32_t kStackBytes = 8'192;  // a TLS handshake
constexpr UBaseType_t kPriority = 4;          // below esp-mqtt's
constexpr UBaseType_t kQueueLength = 8;       // head, piece and end of this request and of a cancelled one

std::string basic_authorization(std::string_view username, std::string_view password) {
  std::string plain(username);
  plain += ':';
  plain += password;
  std::string encoded((plain.size() + 2) / 3 * 4 + 1, '\0');
  std::size_t written = 0;
  if (mbedtls_base64_encode(reinterpret_cast<unsigned char*>(encoded.data()), encoded.size(), &written,
                            reinterpret_cast<const unsigned char*>(plain.data()), plain.size()) != 0) {
    return {};
  }
  encoded.resize(written);
  return "Basic " + encoded;
}

}  // namespace

HttpClientPort::HttpClientPort(Wake& wake) : wake_(wake), queue_(xQueueCreate(kQueueLength, sizeof(Queued))) {
  if (queue_ == nullptr || xTaskCreate(&HttpClientPort::run, "http", kStackBytes, this, kPriority, &task_) != pdPASS) {
    task_ = nullptr;
  }
}

bool HttpClientPort::start(const HttpRequest& request) {
  if (task_ == nullptr || busy_) return false;
  release_piece();
  ++number_;
  post_ = request.method == HttpRequest::Method::post;
  url_ = request.url;
  authorization_ = basic_authorization(request.username, request.password);
  body_ = request.body;
  cancelled_ = false;
  busy_ = true;
  xTaskNotifyGive(task_);
  return true;
}

void HttpClientPort::cancel() {
  cancelled_ = true;
  release_piece();
  Queued dropped;
  while (queue_ != nullptr && xQueueReceive(queue_, &dropped, 0) == pdTRUE) {
  }
  piece_free_ = true;
  if (task_ != nullptr) xTaskNotifyGive(task_);
}

bool HttpClientPort::next(HttpEvent& event) {
  release_piece();
  Queued queued;
  while (queue_ != nullptr && xQueueReceive(queue_, &queued, 0) == pdTRUE) {
    if (cancelled_ || queued.number != number_) continue;  // of a request that was given up
    event.kind = queued.kind;
    event.status = queued.status;
    event.body = {reinterpret_cast<const std::uint8_t*>(piece_.data()), queued.size};
    piece_lent_ = queued.kind == HttpEvent::Kind::body;
    return true;
  }
  return false;
}

void HttpClientPort::release_piece() {
  if (!piece_lent_) return;
  piece_lent_ = false;
  piece_free_ = true;
  xTaskNotifyGive(task_);
}

void HttpClientPort::run(void* self) { static_cast<HttpClientPort*>(self)->serve(); }

void HttpClientPort::serve() {
  for (;;) {
    ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
    if (!busy_) continue;
    piece_free_ = true;
    Queued last;
    last.kind = transfer() ? HttpEvent::Kind::done : HttpEvent::Kind::failed;
    last.number = number_;
    const bool wanted = !cancelled_;
    // Free first: the core may start the next request as soon as it sees the end of this one.
    busy_ = false;
    if (!wanted) continue;
    xQueueSend(queue_, &last, portMAX_DELAY);
    wake_.now();
  }
}

bool HttpClientPort::transfer() {
  esp_http_client_config_t config{};
  config.url = url_.c_str();
  config.method = post_ ? HTTP_METHOD_POST : HTTP_METHOD_GET;
  config.timeout_ms = kNetworkTimeoutMs;
  config.disable_auto_redirect = true;
  config.buffer_size = 2'048;     // the longest line of an answer's head
  config.buffer_size_tx = 1'024;  // the head of a request; its credentials alone may have 280 bytes
  config.crt_bundle_attach = esp_crt_bundle_attach;
  const esp_http_client_handle_t client = esp_http_client_init(&config);
  if (client == nullptr) return false;
  const bool whole = send_request(client) && receive_answer(client);
  esp_http_client_cleanup(client);
  return whole;
}

bool HttpClientPort::send_request(esp_http_client_handle_t client) {
  if (esp_http_client_set_header(client, "Authorization", authorization_.c_str()) != ESP_OK) return false;
  if (post_ && esp_http_client_set_header(client, "Content-Type", "application/json") != ESP_OK) return false;
  const int size = post_ ? static_cast<int>(body_.size()) : 0;
  if (esp_http_client_open(client, size) != ESP_OK) return false;
  for (int sent = 0; sent < size;) {
    const int now = esp_http_client_write(client, body_.data() + sent, size - sent);
    if (now <= 0) return false;
    sent += now;
  }
  return true;
}

bool HttpClientPort::receive_answer(esp_http_client_handle_t client) {
  if (esp_http_client_fetch_headers(client) < 0) return false;
  const int status = esp_http_client_get_status_code(client);
  push(HttpEvent::Kind::head, status, 0);
  // It has no body by definition (RFC 9110, 15.3.5), and no length to wait for.
  if (status == 204) return true;
  while (!cancelled_) {
    await_release();
    const int size = esp_http_client_read(client, piece_.data(), static_cast<int>(piece_.size()));
    if (size < 0) return false;
    if (size == 0) return esp_http_client_is_complete_data_received(client);
    piece_free_ = false;
    push(HttpEvent::Kind::body, 0, static_cast<std::size_t>(size));
  }
  return false;
}

void HttpClientPort::push(HttpEvent::Kind kind, int status, std::size_t size) {
  Queued queued;
  queued.kind = kind;
  queued.number = number_;
  queued.status = status;
  queued.size = size;
  xQueueSend(queue_, &queued, portMAX_DELAY);
  wake_.now();
}

void HttpClientPort::await_release() {
  while (!piece_free_ && !cancelled_) ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
}

}  // namespace pitview::fw::idf
