#include "machine.h"

#include <sys/resource.h>

#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace pitview::bench {

void raise_open_files(std::uint64_t wanted) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < wanted)
    throw std::runtime_error("needs " + std::to_string(wanted) + " open files, and ulimit -Hn is " +
                             std::to_string(limit.rlim_max));
}

namespace {

// A line "Name:   123 kB" of a file in /proc.
std::int64_t kib_in(const std::string& file, std::string_view name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(name)) return std::stoll(line.substr(name.size()));
  return 0;
}

}  // namespace

std::int64_t resident_bytes(int pid) { return kib_in("/proc/" + std::to_string(pid) + "/status", "VmRSS:") * 1024; }

std::int64_t proportional_bytes_below(int pid) {
  const std::string process = "/proc/" + std::to_string(pid);
  std::int64_t bytes = kib_in(process + "/smaps_rollup", "Pss:") * 1024;
  std::ifstream children(process + "/task/" + std::to_string(pid) + "/children");
  for (int child = 0; children >> child;) bytes += proportional_bytes_below(child);
  return bytes;
}

}  // namespace pitview::bench
