// A running server and a client that speaks bytes, for the tests of this library.
#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include <boost/asio/use_future.hpp>

#include "pitview/async/runtime.h"
#include "pitview/http/server.h"

namespace pitview::http::test {

// Nothing here takes this long; a test that waits longer has failed.
inline constexpr std::chrono::seconds kPatience{10};

class TestServer {
 public:
  TestServer(Router router, Options options, std::size_t threads = 2);
  ~TestServer();

  std::uint16_t port() const { return server_->port(); }
  Server& server() { return *server_; }
  Runtime& runtime() { return runtime_; }

  // Begins to stop; the future is ready when Server::stop() has returned.
  std::future<void> stop(std::chrono::milliseconds deadline = kPatience);

 private:
  Runtime runtime_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
  bool stopped_ = false;
};

struct Answer {
  int status = 0;
  std::string head;  // with the status line
  std::string body;
  // "" when absent.
  std::string header(std::string_view name) const;
};

struct Frame {
  int opcode = 0;
  std::string payload;
  // Of a close frame; 0 otherwise.
  int close_code() const;
};

// A blocking TCP connection to 127.0.0.1. Reads give up after kPatience.
class Client {
 public:
  explicit Client(std::uint16_t port, int receive_buffer = 0);
  ~Client();
  Client(const Client&) = delete;

  void send(std::string_view bytes);
  // Empty when the connection ends before an answer is complete.
  std::optional<Answer> read_answer(bool head_only = false);
  Answer get(const std::string& path, const std::string& headers = {});
  // All that comes until the peer closes (or resets).
  std::string read_to_end();
  bool was_reset() const { return was_reset_; }
  // True when the peer has closed (or reset) and nothing is left to read.
  bool is_closed();
  void disconnect();

  // WebSocket.
  Answer upgrade(const std::string& path, const std::string& headers = {});
  void send_frame(int opcode, std::string_view payload);
  void send_text(std::string_view text) { send_frame(1, text); }
  std::optional<Frame> read_frame();

 private:
  bool fill();
  bool fill_to(std::size_t size);
  bool read_chunks(std::string& body);

  int fd_;
  std::string buffer_;
  bool was_reset_ = false;
};

// Runs one coroutine to its end.
Response run(Awaitable<Response> work);

// A handler that answers `text`.
Handler constant(std::string text);

}  // namespace pitview::http::test
