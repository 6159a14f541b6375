// The limit of a fan-out: a process that does nothing but write the same bytes to every
// socket it has, one after the other, whenever it is told to.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace pitview::bench {

class PlainWriter {
 public:
  // Starts it by fork(): call it before any thread is started. It writes `bytes` bytes to
  // each of `sockets` connections whenever a byte comes over the first connection made.
  PlainWriter(std::size_t sockets, std::size_t bytes);
  ~PlainWriter();  // ends it
  PlainWriter(const PlainWriter&) = delete;
  PlainWriter& operator=(const PlainWriter&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  pid_t pid() const noexcept { return pid_; }

 private:
  std::uint16_t port_ = 0;
  pid_t pid_ = 0;
};

}  // namespace pitview::bench
