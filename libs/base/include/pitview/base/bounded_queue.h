// A FIFO that never holds more than `capacity` items, for one thread or strand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

namespace pitview {

template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  // False, and counted, when the queue is full: the new item is the one dropped.
  [[nodiscard]] bool push(T item) {
    if (items_.size() >= capacity_) {
      ++dropped_;
      return false;
    }
    items_.push_back(std::move(item));
    return true;
  }

  bool empty() const noexcept { return items_.empty(); }
  std::size_t size() const noexcept { return items_.size(); }
  std::uint64_t dropped() const noexcept { return dropped_; }

  // Precondition: !empty().
  T pop() {
    T item = std::move(items_.front());
    items_.pop_front();
    return item;
  }

  void clear() { items_.clear(); }

 private:
  std::deque<T> items_;
  std::size_t capacity_;
  std::uint64_t dropped_ = 0;
};

}  // namespace pitview
