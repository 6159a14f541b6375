// What ends a command: one line for the person at the bench. Everything below
// main() throws it; main() prints it and exits with 1. A tool that does one thing
// has nobody in between who could do better.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace pitview::kit {

class KitError : public std::runtime_error {
 public:
  explicit KitError(const std::string& line) : std::runtime_error(line) {}
};

// "…: No space left on device", from errno.
[[noreturn]] void throw_errno(const std::string& what);

// Text of others (a server, esptool) as one line that a terminal may be given:
// without control characters, at most 500 bytes.
std::string plain_line(std::string_view text);

}  // namespace pitview::kit
