#include "page.h"

#include <cstring>

#include "crc32.h"
#include "pitview/nvs/image.h"

namespace pitview::nvs {
namespace {

// "Structure of a Page": offsets within a page.
constexpr std::size_t kState = 0;
constexpr std::size_t kSequenceNumber = 4;
constexpr std::size_t kVersion = 8;
constexpr std::size_t kHeaderCrc = 28;
constexpr std::size_t kBitmap = 32;
constexpr std::size_t kFirstEntry = 64;

// "Structure of a Page": "changing state is possible by writing 0 into some of the
// bits". The numbers are those of nvs_page.hpp: uninitialised 0xffffffff, each
// later state with one more bit cleared.
constexpr std::uint32_t kActive = 0xffff'fffe;
constexpr std::uint32_t kFull = 0xffff'fffc;
constexpr std::uint8_t kVersion2 = 0xfe;

// "Structure of Entry": offsets within an entry.
constexpr std::size_t kNamespace = 0;
constexpr std::size_t kType = 1;
constexpr std::size_t kSpan = 2;
constexpr std::size_t kChunkIndex = 3;
constexpr std::size_t kEntryCrc = 4;
constexpr std::size_t kKey = 8;
constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kData = 24;

// ItemType in nvs_handle.hpp.
constexpr std::uint8_t kTypeU8 = 0x01;
constexpr std::uint8_t kTypeString = 0x21;
// "ChunkIndex: […] For other types, this should be 0xff".
constexpr std::uint8_t kNoChunk = 0xff;

void put(char* at, std::uint8_t value) { *at = static_cast<char>(value); }

// The chip is little-endian.
template <std::size_t Bytes>
void put_le(char* at, std::uint32_t value) {
  for (std::size_t i = 0; i < Bytes; ++i) put(at + i, static_cast<std::uint8_t>(value >> (8 * i)));
}

// Everything of an entry but its CRC, the 8 bytes of data and what follows them.
void write_head(char* entry, std::uint8_t name_space, std::uint8_t type, std::size_t span, std::string_view key) {
  put(entry + kNamespace, name_space);
  put(entry + kType, type);
  put(entry + kSpan, static_cast<std::uint8_t>(span));
  put(entry + kChunkIndex, kNoChunk);
  std::memset(entry + kKey, 0, kKeyBytes);
  std::memcpy(entry + kKey, key.data(), key.size());
}

// "CRC32: Checksum calculated over all the bytes in this entry, except for the
// CRC32 field itself."
void seal(char* entry) {
  const std::string_view bytes(entry, Page::kEntryBytes);
  put_le<4>(entry + kEntryCrc, crc32(bytes.substr(kKey), crc32(bytes.substr(0, kEntryCrc))));
}

}  // namespace

Page::Page(std::uint32_t sequence_number) : bytes_(kPageBytes, '\xff') {
  put_le<4>(&bytes_[kState], kActive);
  put_le<4>(&bytes_[kSequenceNumber], sequence_number);
  put(&bytes_[kVersion], kVersion2);
  // "CRC32 value in the header is calculated over the part which does not include
  // a state value (bytes 4 to 28)."
  put_le<4>(&bytes_[kHeaderCrc], crc32(std::string_view(bytes_).substr(kSequenceNumber, kHeaderCrc - kSequenceNumber)));
}

void Page::mark_full() { put_le<4>(&bytes_[kState], kFull); }

// "Entry and Entry State Bitmap": two bits an entry, empty 11, written 10. The
// bitmap begins with the lowest bits of its first byte.
char* Page::take_entries(std::size_t count) {
  if (count > kEntries - used_) return nullptr;
  char* first = &bytes_[kFirstEntry + used_ * kEntryBytes];
  for (; count > 0; --count, ++used_) {
    char& states = bytes_[kBitmap + used_ / 4];
    states = static_cast<char>(states & ~(1U << (used_ % 4 * 2)));
  }
  return first;
}

// "Namespaces": the name is a key in namespace 0, its value the index.
bool Page::add_namespace(std::string_view name, std::uint8_t index) {
  char* entry = take_entries(1);
  if (entry == nullptr) return false;
  write_head(entry, 0, kTypeU8, 1, name);
  put(entry + kData, index);  // "padded to the right, with unused bytes filled with 0xff"
  seal(entry);
  return true;
}

// "Variable length values are written into subsequent entries, 32 bytes per entry";
// "For strings, […] all entries are stored in the same page". Data of the first
// entry: size (2, with the final NUL), reserved (2), CRC of the value (4).
bool Page::add_string(std::uint8_t name_space, std::string_view key, std::string_view value) {
  const std::size_t size = value.size() + 1;
  const std::size_t span = 1 + (size + kEntryBytes - 1) / kEntryBytes;
  char* entry = take_entries(span);
  if (entry == nullptr) return false;
  char* stored = entry + kEntryBytes;
  std::memcpy(stored, value.data(), value.size());
  stored[value.size()] = '\0';

  write_head(entry, name_space, kTypeString, span, key);
  put_le<2>(entry + kData, static_cast<std::uint32_t>(size));
  put_le<4>(entry + kData + 4, crc32({stored, size}));
  seal(entry);
  return true;
}

}  // namespace pitview::nvs
