// Text in a buffer of fixed size: topics, payloads, log lines. Nothing is taken
// from the heap. What does not fit is cut off, and overflowed() says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pitview::fw {

class TextWriter {
 public:
  TextWriter(char* buffer, std::size_t capacity) : buffer_(buffer), capacity_(capacity) {}
  TextWriter(const TextWriter&) = delete;
  TextWriter& operator=(const TextWriter&) = delete;

  TextWriter& operator<<(std::string_view text);
  TextWriter& operator<<(char c) { return *this << std::string_view(&c, 1); }
  TextWriter& number(std::uint64_t value);
  TextWriter& signed_number(std::int64_t value);
  // `value` with `decimals` (0 to 3) places, rounded half away from zero: 24.499 → "24.50".
  // |value| below 1e12; a value that is not finite is written as null.
  TextWriter& decimal(double value, int decimals);
  // A JSON string with its quotes.
  TextWriter& json_string(std::string_view text);

  void clear() { size_ = 0, overflowed_ = false; }
  std::string_view view() const { return {buffer_, size_}; }
  bool overflowed() const { return overflowed_; }

 private:
  char* buffer_;
  std::size_t capacity_;
  std::size_t size_ = 0;
  bool overflowed_ = false;
};

template <std::size_t N>
class Text : public TextWriter {
 public:
  Text() : TextWriter(storage_, N) {}

 private:
  char storage_[N];
};

// A string a struct can keep and copy; longer ones are refused.
template <std::size_t N>
class FixedString {
 public:
  bool assign(std::string_view text) {
    if (text.size() > N) return false;
    size_ = 0;
    for (char c : text) data_[size_++] = c;
    return true;
  }
  std::string_view view() const { return {data_, size_}; }
  bool empty() const { return size_ == 0; }
  void clear() { size_ = 0; }

 private:
  char data_[N] = {};
  std::size_t size_ = 0;
};

}  // namespace pitview::fw
