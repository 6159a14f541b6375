#include "plain_writer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace pitview::bench {
namespace {

[[noreturn]] void write_until_closed(int listener, std::size_t sockets, std::size_t bytes) {
  const int control = ::accept(listener, nullptr, nullptr);
  std::vector<int> open;
  while (open.size() < sockets) {
    const int socket = ::accept(listener, nullptr, nullptr);
    if (socket < 0) ::_exit(1);
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    open.push_back(socket);
  }
  const std::string text(bytes, 'x');
  char order = 0;
  while (::read(control, &order, 1) == 1)
    for (const int socket : open)
      if (::send(socket, text.data(), text.size(), MSG_NOSIGNAL) < 0) ::_exit(1);
  ::_exit(0);
}

}  // namespace

PlainWriter::PlainWriter(std::size_t sockets, std::size_t bytes) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (listener < 0 || ::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener, 4096) != 0 || ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("no port for the plain writer");
  port_ = ntohs(address.sin_port);
  pid_ = ::fork();
  if (pid_ == 0) write_until_closed(listener, sockets, bytes);
  ::close(listener);
  if (pid_ < 0) throw std::runtime_error("no process for the plain writer");
}

PlainWriter::~PlainWriter() {
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

}  // namespace pitview::bench
