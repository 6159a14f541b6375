#include "http_loop.h"

#include <charconv>
#include <stdexcept>

#include "crowd.h"

namespace pitview::bench {
namespace {

using std::chrono::steady_clock;

std::string bytes_of(const HttpRequest& request, const Address& server) {
  std::string bytes = request.method + " " + request.target + " HTTP/1.1\r\nHost: " + server.host + ":" +
                      std::to_string(server.port) + "\r\n";
  if (!request.bearer.empty()) bytes += "Authorization: Bearer " + request.bearer + "\r\n";
  if (!request.body.empty())
    bytes += "Content-Type: application/json\r\nContent-Length: " + std::to_string(request.body.size()) + "\r\n";
  return bytes + "\r\n" + request.body;
}

struct Answer {
  int status = 0;
  std::size_t head = 0;  // bytes, the empty line included
  std::size_t body = 0;
};

// Of a server that always says Content-Length, as ours does.
std::optional<Answer> answer_in(std::string_view bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  Answer answer{.head = end + 4};
  const auto number_after = [&](std::size_t at, auto& number) {
    std::from_chars(bytes.data() + at, bytes.data() + end, number);
  };
  number_after(std::string_view("HTTP/1.1 ").size(), answer.status);
  static constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t length = bytes.substr(0, end).find(kLength);
  if (length == std::string_view::npos) throw std::runtime_error("an answer without Content-Length");
  number_after(length + kLength.size(), answer.body);
  return answer;
}

class Loop {
 public:
  Loop(const Stack& stack, const std::vector<HttpRequest>& requests, const LoopOptions& options)
      : stack_(stack), options_(options) {
    for (const HttpRequest& request : requests) requests_.push_back(bytes_of(request, stack.http));
  }

  LoopFigures run() {
    asio::co_spawn(context_, take_time(), asio::detached);
    for (std::size_t i = 0; i < options_.connections; ++i)
      asio::co_spawn(context_, serve(i), [this](const std::exception_ptr& thrown) {
        if (thrown && !failure_) failure_ = thrown;
      });
    context_.run();
    if (failure_) std::rethrow_exception(failure_);
    figures_.latency = percentiles_of(std::move(latencies_us_));
    figures_.requests = figures_.latency.samples;
    return figures_;
  }

 private:
  Awaitable<> take_time() {
    asio::steady_timer timer(context_, options_.warm_up);
    co_await timer.async_wait(asio::use_awaitable);
    const CpuTimes begin;
    measuring_ = true;
    timer.expires_after(options_.measured);
    while (!done_ && steady_clock::now() < begin.at + options_.measured) {
      timer.expires_after(std::chrono::milliseconds(10));
      co_await timer.async_wait(asio::use_awaitable);
    }
    measuring_ = false;
    done_ = true;
    figures_.cpu = shares_of(stack_, begin, CpuTimes());
  }

  Awaitable<> serve(std::size_t number) {
    asio::ip::tcp::socket socket = socket_from(context_, source_address(number, options_.of_each_address));
    co_await socket.async_connect({asio::ip::make_address(stack_.http.host), stack_.http.port}, asio::use_awaitable);
    socket.set_option(asio::ip::tcp::no_delay(true));
    std::string buffer(64 * 1024, '\0');
    while (!done_ && (options_.most == 0 || sent_ < options_.most)) {
      const std::string& request = requests_[static_cast<std::size_t>(sent_++) % requests_.size()];
      const auto begin = steady_clock::now();
      co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
      const bool answered = co_await read_answer(socket, buffer);
      if (measuring_ && answered)
        latencies_us_.push_back(
            std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - begin).count());
    }
    if (++ended_ == options_.connections) done_ = true;
  }

  // False for anything but 2xx.
  Awaitable<bool> read_answer(asio::ip::tcp::socket& socket, std::string& buffer) {
    std::size_t filled = 0;
    while (true) {
      if (filled == buffer.size()) buffer.resize(2 * buffer.size());
      filled += co_await socket.async_read_some(asio::buffer(buffer.data() + filled, buffer.size() - filled),
                                                asio::use_awaitable);
      const auto answer = answer_in(std::string_view(buffer).substr(0, filled));
      if (!answer || filled < answer->head + answer->body) continue;
      figures_.answer_bytes = static_cast<std::int64_t>(answer->body);
      if (answer->status / 100 == 2) co_return true;
      if (figures_.refused++ == 0) figures_.first_refusal = buffer.substr(0, filled);
      co_return false;
    }
  }

  const Stack& stack_;
  const LoopOptions& options_;
  asio::io_context context_{1};
  std::vector<std::string> requests_;
  LoopFigures figures_;
  std::vector<std::int64_t> latencies_us_;
  std::int64_t sent_ = 0;
  std::size_t ended_ = 0;
  bool measuring_ = false;
  bool done_ = false;
  std::exception_ptr failure_;
};

}  // namespace

LoopFigures run_http_loop(const Stack& stack, const std::vector<HttpRequest>& requests, const LoopOptions& options) {
  if (requests.empty()) throw std::runtime_error("no requests");
  return Loop(stack, requests, options).run();
}

}  // namespace pitview::bench
