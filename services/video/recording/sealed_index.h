// What a sealed file says of itself without its key: where its pieces lie, and from when to when each is.
//
// On a disk it is found by walking from piece to piece. Where a look costs a round trip, a table of it lies
// behind the file, for one look:
//
//   table  u32 0xffffffff, which no piece begins with | the file's first 64 bytes | head (28 bytes) … |
//          u32 number of heads | "PVT1"
//
// A file with its table is still the file: who walks it stops there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pitview/base/result.h"
#include "recording/byte_source.h"
#include "recording/piece.h"

namespace pitview::video {

inline constexpr std::string_view kSealedMagic = "PVR1";
inline constexpr std::size_t kSealedBeginning = 4 + 32 + kSealing;  // bytes: the magic and the sealed key

struct SealedIndex {
  std::string beginning;  // kSealedBeginning bytes
  std::vector<PieceEntry> entries;

  // Behind the last whole piece.
  std::uint64_t end() const noexcept;
};

// As far as the pieces are whole. internal_error: it is none of ours. unavailable: it cannot be read.
Result<SealedIndex> read_sealed_index(const ByteSource& source);

std::string write_sealed_table(const SealedIndex& index);
// Of a table of so many pieces.
std::size_t size_of_sealed_table(std::size_t pieces) noexcept;
// How many pieces the table has that these bytes end with; empty: they end with none.
std::optional<std::size_t> pieces_of_sealed_table(std::string_view end) noexcept;
// `end`: the last bytes of a file of `file_size` bytes, at least its table. Empty: it is no table of that file.
std::optional<SealedIndex> read_sealed_table(std::string_view end, std::uint64_t file_size);

}  // namespace pitview::video
