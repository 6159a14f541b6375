#include "error.h"

#include <cerrno>
#include <cstring>

namespace pitview::kit {

void throw_errno(const std::string& what) { throw KitError(what + ": " + std::strerror(errno)); }

std::string plain_line(std::string_view text) {
  constexpr std::size_t kMaxBytes = 500;
  std::string line;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < ' ' || c == '\x7f';
    if (!control)
      line.push_back(c);
    else if (!line.empty() && line.back() != ' ')
      line.push_back(' ');
    if (line.size() == kMaxBytes) return line + "…";
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace pitview::kit
