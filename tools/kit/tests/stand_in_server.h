// A small HTTP server on 127.0.0.1 that stands in for PitView's: signs one account
// in and issues batches, and refuses what does not keep to the contract.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace pitview::kit::testing {

struct Request {
  std::string method;
  std::string path;
  std::string authorization;
  std::string content_type;
  std::string body;
};

struct Answer {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
};

class StandInServer {
 public:
  using Handler = std::function<Answer(const Request&)>;

  // Answers one request a connection. A status of 0 closes it without an answer.
  explicit StandInServer(Handler handler);
  ~StandInServer();
  StandInServer(const StandInServer&) = delete;
  StandInServer& operator=(const StandInServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<Request> requests() const;

 private:
  void serve();
  void answer(int connection);

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<Request> requests_;
  std::thread thread_;
};

// The factory's part of the contract for the account factory / "Gears&Oil7": checks
// method, path, token and body to the letter, issues each device once, then 409.
class FactoryServer {
 public:
  static constexpr const char* kUser = "factory";
  static constexpr const char* kPassword = "Gears&Oil7";

  // `devices` of sample_batch() are what it expects to be asked for.
  explicit FactoryServer(std::size_t devices);

  std::string url() const { return server_.url(); }
  std::vector<Request> requests() const { return server_.requests(); }
  bool has_issued() const { return issued_; }
  // What it answers, byte for byte.
  const std::string& batch_json() const { return batch_json_; }

 private:
  Answer handle(const Request& request);

  std::string expected_body_;
  std::string batch_json_;
  std::atomic<bool> issued_ = false;
  StandInServer server_;
};

}  // namespace pitview::kit::testing
