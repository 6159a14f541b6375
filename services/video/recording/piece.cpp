#include "recording/piece.h"

namespace pitview::video {

Timestamp end_of(const Piece& piece) noexcept {
  constexpr std::int64_t kTicks = 90;  // a millisecond
  return piece.began + std::chrono::microseconds(piece.duration * 1'000LL / kTicks);
}

void put_number(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift & 0xff));
}

std::uint64_t get_number(std::string_view text, std::size_t at, int bytes) noexcept {
  std::uint64_t value = 0;
  for (int i = 0; i < bytes; ++i)
    value = value << 8 | static_cast<std::uint8_t>(text[at + static_cast<std::size_t>(i)]);
  return value;
}

std::string write_piece_head(const Piece& piece, std::size_t sealed_size) {
  std::string head;
  put_number(head, sealed_size, 4);
  put_number(head, static_cast<std::uint8_t>(piece.kind), 1);
  put_number(head, 0, 3);
  put_number(head, static_cast<std::uint64_t>(piece.began.time_since_epoch().count()), 8);
  put_number(head, static_cast<std::uint64_t>(piece.decode), 8);
  put_number(head, piece.duration, 4);
  return head;
}

std::optional<PieceEntry> read_piece_head(std::string_view head) noexcept {
  if (head.size() < kPieceHead) return std::nullopt;
  const std::uint64_t sealed_size = get_number(head, 0, 4);
  const std::uint64_t kind = get_number(head, 4, 1);
  if (sealed_size < kSealing || sealed_size > kMaxPiece || get_number(head, 5, 3) != 0) return std::nullopt;
  if (kind < static_cast<std::uint8_t>(PieceKind::head) || kind > static_cast<std::uint8_t>(PieceKind::fragment))
    return std::nullopt;
  return PieceEntry{.piece = {.kind = static_cast<PieceKind>(kind),
                              .began = Timestamp(std::chrono::microseconds(get_number(head, 8, 8))),
                              .decode = static_cast<std::int64_t>(get_number(head, 16, 8)),
                              .duration = static_cast<std::uint32_t>(get_number(head, 24, 4))},
                    .sealed_size = static_cast<std::uint32_t>(sealed_size)};
}

}  // namespace pitview::video
