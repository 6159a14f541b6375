#include "stand_in_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sstream>
#include <stdexcept>

#include "pitview/json/write.h"
#include "support.h"

namespace pitview::kit::testing {
namespace {

// Reads until `text` holds `size` bytes; false when the other side closed before.
bool fill(int connection, std::string& text, std::size_t size) {
  char piece[4096];
  while (text.size() < size) {
    const ssize_t count = ::recv(connection, piece, sizeof piece, 0);
    if (count <= 0) return false;
    text.append(piece, static_cast<std::size_t>(count));
  }
  return true;
}

bool read_request(int connection, Request& request) {
  std::string text;
  while (text.find("\r\n\r\n") == std::string::npos)
    if (!fill(connection, text, text.size() + 1)) return false;
  const std::size_t head_bytes = text.find("\r\n\r\n") + 4;
  std::istringstream head(text.substr(0, head_bytes));
  std::string line;
  std::getline(head, line);
  std::istringstream(line) >> request.method >> request.path;
  std::size_t body_bytes = 0;
  while (std::getline(head, line) && line != "\r") {
    const std::size_t colon = line.find(':');
    const std::string name = line.substr(0, colon);
    const std::string value = line.substr(colon + 2, line.size() - colon - 3);
    if (::strcasecmp(name.c_str(), "authorization") == 0) request.authorization = value;
    if (::strcasecmp(name.c_str(), "content-type") == 0) request.content_type = value;
    if (::strcasecmp(name.c_str(), "content-length") == 0) body_bytes = std::stoul(value);
  }
  if (!fill(connection, text, head_bytes + body_bytes)) return false;
  request.body = text.substr(head_bytes);
  return true;
}

Answer problem(int status, const std::string& code, const std::string& detail, const std::string& errors = "") {
  return {status,
          R"({"type":"about:blank","title":"x","status":)" + std::to_string(status) + R"(,"code":")" + code +
              R"(","detail":")" + detail + "\"" + errors + R"(,"request_id":"r1"})",
          "application/problem+json"};
}

}  // namespace

StandInServer::StandInServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 8) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("stand-in server");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

StandInServer::~StandInServer() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

std::vector<Request> StandInServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void StandInServer::serve() {
  while (true) {
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) return;
    answer(connection);
    ::close(connection);
  }
}

void StandInServer::answer(int connection) {
  Request request;
  if (!read_request(connection, request)) return;
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  const Answer answer = handler_(request);
  if (answer.status == 0) return;
  const std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " x\r\nContent-Type: " + answer.content_type +
                           "\r\nConnection: close\r\nContent-Length: " + std::to_string(answer.body.size()) +
                           "\r\n\r\n" + answer.body;
  ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
}

FactoryServer::FactoryServer(std::size_t devices)
    : batch_json_(json::write(sample_batch(devices))), server_([this](const Request& r) { return handle(r); }) {
  for (std::size_t i = 0; i < devices; ++i) expected_body_ += (i == 0 ? "\"" : ",\"") + sample_device_id(i) + "\"";
  expected_body_ = R"({"name":"2026-11-A","hw_rev":"E","devices":[)" + expected_body_ + R"(],"claim_days":365})";
}

Answer FactoryServer::handle(const Request& request) {
  if (request.method != "POST" || request.content_type != "application/json")
    return problem(405, "method_not_allowed", "POST of JSON only");
  if (request.path == "/api/auth/login") {
    const bool right =
        request.body == R"({"username":")" + std::string(kUser) + R"(","password":")" + kPassword + "\"}";
    if (!right) return problem(401, "invalid_credentials", "The user name or password is wrong.");
    return {200, R"({"access_token":"token-1","token_type":"Bearer","expires_in":900,"role":"super_admin",)"
                 R"("must_change_password":false})"};
  }
  if (request.path != "/api/factory/batches") return problem(404, "not_found", "No such page.");
  if (request.authorization != "Bearer token-1") return problem(401, "unauthenticated", "Sign in first.");
  if (request.body != expected_body_)
    return problem(422, "validation_failed", "Some fields are wrong.",
                   R"(,"errors":[{"field":"devices[0]","message":"is not a device id"}])");
  if (issued_.exchange(true))
    return problem(409, "conflict", "Some devices are known already.",
                   R"(,"errors":[{"field":"devices[0]","message":"is registered already"}])");
  return {201, batch_json_};
}

}  // namespace pitview::kit::testing
