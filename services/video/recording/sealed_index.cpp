#include "recording/sealed_index.h"

namespace pitview::video {
namespace {

constexpr std::string_view kTableMagic = "PVT1";
constexpr std::uint64_t kNoPiece = 0xffffffff;
constexpr std::size_t kMostPieces = 100'000;  // far more than ten minutes have

}  // namespace

std::uint64_t SealedIndex::end() const noexcept {
  return entries.empty() ? kSealedBeginning : entries.back().offset + entries.back().sealed_size;
}

Result<SealedIndex> read_sealed_index(const ByteSource& source) {
  auto beginning = source.read(0, kSealedBeginning);
  if (!beginning) return beginning.error();
  if (beginning->size() != kSealedBeginning || !beginning->starts_with(kSealedMagic))
    return Error{Errc::internal_error, "This is no recording.", {}, 0};
  SealedIndex index{.beginning = std::move(*beginning), .entries = {}};
  for (std::uint64_t at = kSealedBeginning; at + kPieceHead <= source.size();) {
    const auto head = source.read(at, kPieceHead);
    if (!head) return head.error();
    auto entry = read_piece_head(*head);
    at += kPieceHead;
    if (!entry || entry->sealed_size > source.size() - at) break;
    entry->offset = at;
    at += entry->sealed_size;
    index.entries.push_back(*entry);
  }
  return index;
}

std::string write_sealed_table(const SealedIndex& index) {
  std::string table;
  put_number(table, kNoPiece, 4);
  table += index.beginning;
  for (const PieceEntry& entry : index.entries) table += write_piece_head(entry.piece, entry.sealed_size);
  put_number(table, index.entries.size(), 4);
  table += kTableMagic;
  return table;
}

std::size_t size_of_sealed_table(std::size_t pieces) noexcept {
  return 4 + kSealedBeginning + pieces * kPieceHead + 4 + kTableMagic.size();
}

std::optional<std::size_t> pieces_of_sealed_table(std::string_view end) noexcept {
  if (end.size() < size_of_sealed_table(0) || !end.ends_with(kTableMagic)) return std::nullopt;
  const auto pieces = static_cast<std::size_t>(get_number(end, end.size() - kTableMagic.size() - 4, 4));
  if (pieces > kMostPieces) return std::nullopt;
  return pieces;
}

std::optional<SealedIndex> read_sealed_table(std::string_view end, std::uint64_t file_size) {
  const auto pieces = pieces_of_sealed_table(end);
  if (!pieces || size_of_sealed_table(*pieces) > end.size()) return std::nullopt;
  const std::string_view table = end.substr(end.size() - size_of_sealed_table(*pieces));
  if (get_number(table, 0, 4) != kNoPiece) return std::nullopt;
  SealedIndex index{.beginning = std::string(table.substr(4, kSealedBeginning)), .entries = {}};
  if (!index.beginning.starts_with(kSealedMagic)) return std::nullopt;
  std::uint64_t at = kSealedBeginning;
  for (std::size_t i = 0; i < *pieces; ++i) {
    auto entry = read_piece_head(table.substr(4 + kSealedBeginning + i * kPieceHead, kPieceHead));
    if (!entry) return std::nullopt;
    entry->offset = at + kPieceHead;
    at = entry->offset + entry->sealed_size;
    index.entries.push_back(*entry);
  }
  if (at + table.size() != file_size) return std::nullopt;
  return index;
}

}  // namespace pitview::video
