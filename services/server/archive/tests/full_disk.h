// While it lives, files of this process that grow beyond `bytes` fail to be written,
// as on a disk that is full.
#pragma once

#include <sys/resource.h>

#include <csignal>

namespace pitview::archive {

class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit least{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &least);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }

 private:
  void (*signal_)(int);
  rlimit before_{};
};

}  // namespace pitview::archive
