// MP4 boxes as they lie in bytes that may be anybody's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace pitview::fmp4 {

using Bytes = std::span<const std::uint8_t>;

inline constexpr std::size_t kBoxHead = 8;

// Precondition of both: so many bytes are there.
inline std::uint32_t u32(Bytes bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at]) << 24 | static_cast<std::uint32_t>(bytes[at + 1]) << 16 |
         static_cast<std::uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
}
inline std::uint64_t u64(Bytes bytes, std::size_t at) {
  return static_cast<std::uint64_t>(u32(bytes, at)) << 32 | u32(bytes, at + 4);
}

struct Box {
  std::string_view type;
  Bytes body;
  std::size_t size = 0;  // with its head
};

// The box at the beginning of `bytes`, if all of it is there. Sizes of 64 bits and "up to the end" are none of ours.
inline std::optional<Box> first_box(Bytes bytes) {
  if (bytes.size() < kBoxHead) return std::nullopt;
  const std::size_t size = u32(bytes, 0);
  if (size < kBoxHead || size > bytes.size()) return std::nullopt;
  return Box{{reinterpret_cast<const char*>(bytes.data()) + 4, 4}, bytes.subspan(kBoxHead, size - kBoxHead), size};
}

// The body of the first box of this type.
inline std::optional<Bytes> find(Bytes bytes, std::string_view type) {
  while (const auto box = first_box(bytes)) {
    if (box->type == type) return box->body;
    bytes = bytes.subspan(box->size);
  }
  return std::nullopt;
}

}  // namespace pitview::fmp4
