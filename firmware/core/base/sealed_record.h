// A small struct kept under a name in a KvPort, with a version and a CRC, so that a
// torn or foreign value is taken as none.
#pragma once

#include <cstring>
#include <optional>
#include <string_view>
#include <type_traits>

#include "core/base/crc32.h"
#include "core/ports.h"

namespace pitview::fw {

// `T` is plain data of fixed layout: members of fixed width, no padding that counts.
// `version` changes whenever T does; a value of another version is taken as none.
template <typename T>
std::optional<T> load_record(KvPort& kv, std::string_view key, std::uint8_t version) {
  static_assert(std::is_trivially_copyable_v<T>);
  std::uint8_t bytes[1 + sizeof(T) + 4] = {};
  const auto size = kv.get(key, bytes);
  if (!size || *size != sizeof bytes || bytes[0] != version) return std::nullopt;
  std::uint32_t stored = 0;
  std::memcpy(&stored, bytes + 1 + sizeof(T), 4);
  if (stored != crc32({bytes, 1 + sizeof(T)})) return std::nullopt;
  T value{};
  std::memcpy(&value, bytes + 1, sizeof(T));
  return value;
}

template <typename T>
bool save_record(KvPort& kv, std::string_view key, std::uint8_t version, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  std::uint8_t bytes[1 + sizeof(T) + 4];
  bytes[0] = version;
  std::memcpy(bytes + 1, &value, sizeof(T));
  const std::uint32_t crc = crc32({bytes, 1 + sizeof(T)});
  std::memcpy(bytes + 1 + sizeof(T), &crc, 4);
  return kv.set(key, bytes);
}

}  // namespace pitview::fw
