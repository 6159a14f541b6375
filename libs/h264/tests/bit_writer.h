// Writes what BitReader reads, with emulation prevention, for tests that make
// parameter sets of their own.
#pragma once

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace pitview::h264::testing {

class BitWriter {
 public:
  BitWriter& bits(std::uint32_t value, unsigned count) {
    for (unsigned i = count; i-- > 0;) raw_.push_back((value >> i & 1) != 0);
    return *this;
  }
  BitWriter& ue(std::uint32_t value) {
    const std::uint64_t code = std::uint64_t{value} + 1;
    const auto width = static_cast<unsigned>(std::bit_width(code));
    bits(0, width - 1);
    for (unsigned i = width; i-- > 0;) raw_.push_back((code >> i & 1) != 0);
    return *this;
  }
  BitWriter& se(std::int32_t value) {
    return ue(value > 0 ? 2 * static_cast<std::uint32_t>(value) - 1 : 2 * static_cast<std::uint32_t>(-value));
  }

  // With the stop bit, behind `header`.
  std::vector<std::uint8_t> unit(std::uint8_t header) const {
    std::vector<bool> all = raw_;
    all.push_back(true);
    while (all.size() % 8 != 0) all.push_back(false);
    std::vector<std::uint8_t> out = {header};
    unsigned zeros = 0;
    for (std::size_t i = 0; i < all.size(); i += 8) {
      std::uint8_t byte = 0;
      for (std::size_t bit = 0; bit < 8; ++bit) byte = static_cast<std::uint8_t>(byte << 1 | (all[i + bit] ? 1 : 0));
      if (zeros >= 2 && byte <= 3) {
        out.push_back(3);
        zeros = 0;
      }
      out.push_back(byte);
      zeros = byte == 0 ? zeros + 1 : 0;
    }
    return out;
  }

 private:
  std::vector<bool> raw_;
};

}  // namespace pitview::h264::testing
