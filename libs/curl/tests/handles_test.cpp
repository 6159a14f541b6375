#include "pitview/curl/handles.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace pitview::curl {
namespace {

using testing::HasSubstr;
using testing::Not;

// Answers each request of each connection with the same answer, one connection at a time.
class OneAnswerServer {
 public:
  explicit OneAnswerServer(std::string answer) : answer_(std::move(answer)), fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(fd_, 8);
    socklen_t size = sizeof address;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/";
    thread_ = std::thread([this] { serve(); });
  }
  ~OneAnswerServer() {
    requests();
    ::close(fd_);
  }
  OneAnswerServer(const OneAnswerServer&) = delete;
  OneAnswerServer& operator=(const OneAnswerServer&) = delete;

  const std::string& url() const { return url_; }
  int connections() const { return connections_; }
  // All of them, of clients that are gone; ends the server.
  const std::string& requests() {
    ::shutdown(fd_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    return requests_;
  }

 private:
  void serve() {
    for (int peer = -1; (peer = ::accept(fd_, nullptr, nullptr)) >= 0; ::close(peer)) {
      ++connections_;
      char bytes[4096];
      for (ssize_t read = 0; (read = ::recv(peer, bytes, sizeof bytes, 0)) > 0;) {
        requests_.append(bytes, static_cast<std::size_t>(read));
        if (requests_.ends_with("\r\n\r\n")) ::send(peer, answer_.data(), answer_.size(), MSG_NOSIGNAL);
      }
    }
  }

  const std::string answer_;
  const int fd_;
  std::string url_;
  std::atomic<int> connections_ = 0;
  std::string requests_;
  std::thread thread_;
};

TEST(Handles, KeepTheirConnectionAndForgetWhatWasSet) {
  OneAnswerServer server(
      "HTTP/1.1 429 Too Many Requests\r\nETag: \"a\"\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
  {
    HandlePool pool;
    Strings headers;
    headers.add("X-Once: yes");
    headers.add("Accept:");
    {
      const Handle first = pool.take();
      first.set(CURLOPT_URL, server.url().c_str());
      first.set(CURLOPT_HTTPHEADER, headers.get());
      EXPECT_EQ(first.perform(), CURLE_OK);
      EXPECT_EQ(first.status(), 429);
      EXPECT_EQ(first.header("etag"), "\"a\"");
      EXPECT_EQ(first.header("Location"), "");
      EXPECT_EQ(first.retry_after(), 7);
      EXPECT_GT(first.request_size(), 0);
    }
    {
      const Handle second = pool.take();
      EXPECT_EQ(second.perform(), CURLE_URL_MALFORMAT) << "the address of the one before is forgotten";
      second.set(CURLOPT_URL, server.url().c_str());
      EXPECT_EQ(second.perform_or_why(), "");
    }
    EXPECT_EQ(server.connections(), 1);
    const Handle third = pool.take();
    const Handle fourth = pool.take();
    for (const Handle* both : {&third, &fourth}) both->set(CURLOPT_URL, server.url().c_str());
    EXPECT_EQ(third.perform(), CURLE_OK);
  }
  const std::string requests = server.requests();
  EXPECT_THAT(requests.substr(0, requests.find("\r\n\r\n")), HasSubstr("X-Once: yes"));
  EXPECT_THAT(requests.substr(requests.find("\r\n\r\n")), Not(HasSubstr("X-Once")));
}

TEST(Handles, SayWhyThereIsNoAnswer) {
  std::string closed;
  {
    const OneAnswerServer server("");
    closed = server.url();
  }
  HandlePool pool;
  const Handle handle = pool.take();
  handle.set(CURLOPT_URL, closed.c_str());
  EXPECT_EQ(handle.perform(), CURLE_COULDNT_CONNECT);
  EXPECT_THAT(handle.perform_or_why(), HasSubstr("connect"));
  EXPECT_EQ(handle.status(), 0);
  EXPECT_THROW(handle.set(CURLOPT_TIMEOUT, -1L), std::runtime_error) << "what libcurl does not take is no silence";
}

TEST(Handles, AreOfAsManyThreadsAsAsk) {
  HandlePool pool;
  std::atomic<int> refused = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 200; ++i) refused += pool.take().perform() == CURLE_URL_MALFORMAT ? 1 : 0;
      });
  }
  EXPECT_EQ(refused, 800);
}

TEST(CertificateFaults, AreToldFromOthers) {
  EXPECT_TRUE(is_certificate_fault(CURLE_PEER_FAILED_VERIFICATION));
  EXPECT_FALSE(is_certificate_fault(CURLE_COULDNT_CONNECT));
}

}  // namespace
}  // namespace pitview::curl
