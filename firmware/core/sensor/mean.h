// The mean of values that come one by one; nothing when none came.
#pragma once

#include <cstdint>
#include <optional>

namespace pitview::fw {

class Mean {
 public:
  void add(float value) {
    sum_ += value;
    ++count_;
  }
  std::optional<float> value() const {
    if (count_ == 0) return std::nullopt;
    return sum_ / static_cast<float>(count_);
  }

 private:
  float sum_ = 0;
  std::uint32_t count_ = 0;
};

}  // namespace pitview::fw
