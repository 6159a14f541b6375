#include "support.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <utility>

#include "text.h"

namespace pitview::http::test {

TestServer::TestServer(Router router, Options options, std::size_t threads) : runtime_(threads) {
  server_ = std::make_unique<Server>(runtime_, std::move(options), std::move(router));
  server_->start();
  thread_ = std::thread([this] { runtime_.run(); });
}

TestServer::~TestServer() {
  if (!stopped_ && stop().wait_for(kPatience) != std::future_status::ready) std::abort();
  runtime_.stop();
  thread_.join();
}

std::future<void> TestServer::stop(std::chrono::milliseconds deadline) {
  stopped_ = true;
  return asio::co_spawn(runtime_.context(0), server_->stop(deadline), asio::use_future);
}

std::string Answer::header(std::string_view name) const {
  for (std::string_view rest = head; !rest.empty();) {
    std::string_view line = take_until(rest, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (equal_ignoring_case(take_until(line, ':'), name)) return std::string(trimmed(line));
  }
  return {};
}

int Frame::close_code() const {
  if (opcode != 8 || payload.size() < 2) return 0;
  return static_cast<unsigned char>(payload[0]) * 256 + static_cast<unsigned char>(payload[1]);
}

Client::Client(std::uint16_t port, int receive_buffer) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
  if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  const timeval patience{kPatience.count(), 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect");
}

Client::~Client() { disconnect(); }

void Client::disconnect() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the peer has closed: the answer says why
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool Client::fill() {
  char bytes[16384];
  const ssize_t read = ::recv(fd_, bytes, sizeof bytes, 0);
  if (read < 0 && errno == ECONNRESET) was_reset_ = true;
  if (read < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) throw std::runtime_error("nothing to read in time");
  if (read <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(read));
  return true;
}

bool Client::fill_to(std::size_t size) {
  while (buffer_.size() < size)
    if (!fill()) return false;
  return true;
}

std::optional<Answer> Client::read_answer(bool head_only) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
    if (!fill()) return std::nullopt;
  Answer answer;
  answer.head = buffer_.substr(0, end + 4);
  answer.status = std::stoi(answer.head.substr(9, 3));
  buffer_.erase(0, end + 4);
  if (!head_only && answer.header("Transfer-Encoding") == "chunked") {
    if (!read_chunks(answer.body)) return std::nullopt;
    return answer;
  }
  const std::string length = answer.header("Content-Length");
  if (head_only || length.empty()) return answer;
  if (!fill_to(std::stoul(length))) return std::nullopt;
  answer.body = buffer_.substr(0, std::stoul(length));
  buffer_.erase(0, answer.body.size());
  return answer;
}

// RFC 9112 §7.1, without extensions and trailers, which this server never sends.
bool Client::read_chunks(std::string& body) {
  while (true) {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n")) == std::string::npos)
      if (!fill()) return false;
    const std::size_t size = std::stoul(buffer_.substr(0, end), nullptr, 16);
    if (!fill_to(end + 2 + size + 2)) return false;
    if (buffer_.substr(end + 2 + size, 2) != "\r\n") throw std::runtime_error("a chunk without its end");
    body.append(buffer_, end + 2, size);
    buffer_.erase(0, end + 2 + size + 2);
    if (size == 0) return true;
  }
}

std::string Client::read_to_end() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

Answer Client::get(const std::string& path, const std::string& headers) {
  send("GET " + path + " HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n");
  return read_answer().value_or(Answer{});
}

bool Client::is_closed() { return buffer_.empty() && !fill(); }

Answer Client::upgrade(const std::string& path, const std::string& headers) {
  return get(path,
             "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                 headers);
}

void Client::send_frame(int opcode, std::string_view payload) {
  const char mask[] = {1, 2, 3, 4};
  std::string frame(1, static_cast<char>(0x80 | opcode));
  if (payload.size() < 126) {
    frame.push_back(static_cast<char>(0x80 | payload.size()));
  } else {
    // RFC 6455 §5.2: the shortest form that holds the length.
    const bool is_short = payload.size() < 65536;
    frame.push_back(static_cast<char>(0x80 | (is_short ? 126 : 127)));
    for (int shift = is_short ? 8 : 56; shift >= 0; shift -= 8)
      frame.push_back(static_cast<char>((payload.size() >> shift) & 0xFF));
  }
  frame.append(mask, 4);
  for (std::size_t i = 0; i < payload.size(); ++i) frame.push_back(static_cast<char>(payload[i] ^ mask[i % 4]));
  send(frame);
}

std::optional<Frame> Client::read_frame() {
  if (!fill_to(2)) return std::nullopt;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(buffer_[i]); };
  Frame frame{byte(0) & 15, {}};
  std::size_t size = byte(1);
  const std::size_t extra = size == 127 ? 8 : size == 126 ? 2 : 0;
  if (!fill_to(2 + extra)) return std::nullopt;
  if (extra > 0) size = 0;
  for (std::size_t i = 0; i < extra; ++i) size = size * 256 + byte(2 + i);
  if (!fill_to(2 + extra + size)) return std::nullopt;
  frame.payload = buffer_.substr(2 + extra, size);
  buffer_.erase(0, 2 + extra + size);
  return frame;
}

Response run(Awaitable<Response> work) {
  asio::io_context context;
  std::future<Response> result = asio::co_spawn(context, std::move(work), asio::use_future);
  context.run();
  return result.get();
}

namespace {
Awaitable<Response> answer_text(std::string text) { co_return Response::text(200, std::move(text)); }
}  // namespace

Handler constant(std::string text) {
  return [text = std::move(text)](const Request&) { return answer_text(text); };
}

}  // namespace pitview::http::test
