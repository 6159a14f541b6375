#include "password.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "error.h"
#include "files.h"

namespace pitview::kit {
namespace {

// Switches the terminal's echo off, and on again however we leave.
class NoEcho {
 public:
  explicit NoEcho(int terminal) : terminal_(terminal) {
    if (::tcgetattr(terminal_, &before_) != 0) throw_errno("cannot hide the password");
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (::tcsetattr(terminal_, TCSAFLUSH, &hidden) != 0) throw_errno("cannot hide the password");
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;
  ~NoEcho() { ::tcsetattr(terminal_, TCSAFLUSH, &before_); }

 private:
  int terminal_;
  termios before_{};
};

std::string read_line(int terminal) {
  std::string line;
  char c = '\0';
  while (true) {
    const ssize_t count = ::read(terminal, &c, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0 || c == '\n') return line;
    line.push_back(c);
  }
}

}  // namespace

std::string read_password(const std::string& user) {
  if (const char* given = std::getenv("PITVIEW_KIT_PASSWORD"); given != nullptr && *given != '\0') return given;
  const Descriptor terminal(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (terminal.get() < 0) throw KitError("no password: set PITVIEW_KIT_PASSWORD, or start the kit on a terminal");
  std::string password;
  {
    // Hidden before we ask: what is typed at once must not show either.
    const NoEcho no_echo(terminal.get());
    write_all(terminal.get(), "Password of " + user + ": ", "/dev/tty");
    password = read_line(terminal.get());
    write_all(terminal.get(), "\n", "/dev/tty");
  }
  if (password.empty()) throw KitError("no password");
  return password;
}

}  // namespace pitview::kit
