// One HTTP request at a time, on a task of its own: esp_http_client blocks.
//
// The task waits until the core has taken a piece of the body before it reads the next,
// so a slow flash slows the server down and nothing piles up. After cancel() the task may
// need up to its network time-out (10 s) to let go; until then start() refuses.
#pragma once

#include <atomic>
#include <string>

#include "core/ports.h"
#include "esp_http_client.h"
#include "freertos/FreeRTOS.h"
#include "freertos/queue.h"
#include "freertos/task.h"
#include "wake.h"

namespace pitview::fw::idf {

class HttpClientPort : public HttpPort {
 public:
  explicit HttpClientPort(Wake& wake);
  bool start(const HttpRequest& request) override;
  void cancel() override;
  bool next(HttpEvent& event) override;

 private:
  static constexpr std::size_t kPieceBytes = 4096;

  struct Queued {
    HttpEvent::Kind kind = HttpEvent::Kind::failed;
    std::uint32_t number = 0;  // of the request
    int status = 0;
    std::size_t size = 0;  // of the body in piece_
  };

  // On the port's own task.
  static void run(void* self);
  void serve();
  bool transfer();
  bool send_request(esp_http_client_handle_t client);
  bool receive_answer(esp_http_client_handle_t client);
  void push(HttpEvent::Kind kind, int status, std::size_t size);
  void await_release();

  void release_piece();

  Wake& wake_;
  QueueHandle_t queue_;
  TaskHandle_t task_ = nullptr;

  std::atomic<bool> busy_{false};       // the task has the request
  std::atomic<bool> cancelled_{false};  // and shall give it up
  std::atomic<bool> piece_free_{true};

  // Written by start() while the task has no request.
  std::uint32_t number_ = 0;
  bool post_ = false;
  std::string url_;
  std::string authorization_;
  std::string body_;

  bool piece_lent_ = false;  // the core looks at piece_
  std::array<char, kPieceBytes> piece_{};
};

}  // namespace pitview::fw::idf
