// A file descriptor that closes itself.
#pragma once

#include <unistd.h>

#include <utility>

namespace pitview::video {

class OwnedFile {
 public:
  explicit OwnedFile(int descriptor = -1) noexcept : descriptor_(descriptor) {}
  OwnedFile(OwnedFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  OwnedFile& operator=(OwnedFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~OwnedFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace pitview::video
