#include "pitview/h264/bit_reader.h"

#include <bit>

namespace pitview::h264 {

bool BitReader::next_bit() noexcept {
  if (bit_ == 0 && zeros_ >= 2 && position_ < bytes_.size() && bytes_[position_] == 3) {
    ++position_;
    zeros_ = 0;
  }
  if (position_ >= bytes_.size()) {
    overrun_ = true;
    return false;
  }
  const std::uint8_t byte = bytes_[position_];
  const bool set = (byte >> (7 - bit_) & 1) != 0;
  if (++bit_ == 8) {
    bit_ = 0;
    ++position_;
    zeros_ = byte == 0 ? zeros_ + 1 : 0;
  }
  return set;
}

std::uint32_t BitReader::bits(unsigned count) noexcept {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < count; ++i) value = value << 1 | (next_bit() ? 1U : 0U);
  return overrun_ ? 0 : value;
}

void BitReader::skip(unsigned count) noexcept {
  for (unsigned i = 0; i < count && !overrun_; ++i) next_bit();
}

std::uint32_t BitReader::unsigned_golomb() noexcept {
  unsigned zeros = 0;
  while (!overrun_ && !next_bit()) ++zeros;
  if (zeros > 31) overrun_ = true;
  if (overrun_) return 0;
  const std::uint32_t rest = bits(zeros);
  return overrun_ ? 0 : (1U << zeros) - 1 + rest;
}

std::int32_t BitReader::signed_golomb() noexcept {
  const std::uint32_t code = unsigned_golomb();
  const auto magnitude = static_cast<std::int32_t>(code / 2 + code % 2);
  return code % 2 != 0 ? magnitude : -magnitude;
}

bool BitReader::more_data() const noexcept {
  if (overrun_ || position_ >= bytes_.size()) return false;
  std::size_t last = bytes_.size();
  while (last > position_ && bytes_[last - 1] == 0) --last;
  if (last == position_) return false;
  if (last - 1 > position_) return true;
  // The last byte with a bit in it is the current one: is anything before its stop bit?
  const unsigned stop = 7 - static_cast<unsigned>(std::countr_zero(bytes_[position_]));
  return bit_ < stop;
}

}  // namespace pitview::h264
