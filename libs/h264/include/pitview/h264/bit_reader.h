// Bits of a NAL unit in the order of the standard (ITU-T H.264, clauses 7.2 and
// 9.1). Emulation prevention bytes (00 00 03) are skipped as they are met.
//
// Reading past the end is no error of its own: every later read gives 0 and
// `overrun()` becomes true, so a parser checks once, at its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pitview::h264 {

class BitReader {
 public:
  // `payload`: of a NAL unit, behind its header byte.
  explicit BitReader(std::span<const std::uint8_t> payload) noexcept : bytes_(payload) {}

  // u(n), 0 to 32 bits.
  std::uint32_t bits(unsigned count) noexcept;
  bool flag() noexcept { return bits(1) != 0; }
  // ue(v): 0 to 2^32 - 2. A code longer than that is an overrun.
  std::uint32_t unsigned_golomb() noexcept;
  // se(v).
  std::int32_t signed_golomb() noexcept;
  void skip(unsigned count) noexcept;

  bool overrun() const noexcept { return overrun_; }
  // more_rbsp_data(): something is left before the stop bit.
  bool more_data() const noexcept;

 private:
  bool next_bit() noexcept;

  std::span<const std::uint8_t> bytes_;
  std::size_t position_ = 0;  // of the byte that is being read
  unsigned bit_ = 0;          // 0: its highest
  unsigned zeros_ = 0;        // zero bytes just before it
  bool overrun_ = false;
};

}  // namespace pitview::h264
