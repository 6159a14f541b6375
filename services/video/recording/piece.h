// The pieces that a recording is made of, and how their heads lie in a file (sealed_file.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pitview/base/time.h"

namespace pitview::video {

enum class PieceKind : std::uint8_t {
  head = 1,          // ftyp and moov: for all pieces behind it
  key_fragment = 2,  // moof and mdat that begin with a key frame
  fragment = 3,
};

struct Piece {
  PieceKind kind = PieceKind::fragment;
  Timestamp began{};           // when its first picture came
  std::int64_t decode = 0;     // ticks of fmp4::kTimescale
  std::uint32_t duration = 0;  // ticks
};

Timestamp end_of(const Piece& piece) noexcept;

// A piece and where it lies.
struct PieceEntry {
  Piece piece;
  std::uint64_t offset = 0;       // of the sealed bytes
  std::uint32_t sealed_size = 0;  // bytes
};

inline constexpr std::size_t kPieceHead = 28;                    // bytes
inline constexpr std::size_t kSealing = 12 + 16;                 // bytes: nonce and tag
inline constexpr std::size_t kMaxPiece = std::size_t{16} << 20;  // sealed bytes

std::string write_piece_head(const Piece& piece, std::size_t sealed_size);
// `head`: kPieceHead bytes. Empty: it is none. The offset is not set.
std::optional<PieceEntry> read_piece_head(std::string_view head) noexcept;

// Big-endian.
void put_number(std::string& out, std::uint64_t value, int bytes);
std::uint64_t get_number(std::string_view text, std::size_t at, int bytes) noexcept;

}  // namespace pitview::video
