// A reader of NVS images for tests, from the same description as the writer and
// without a line of it: finds every value the way the library on the device does,
// and throws where the image breaks a rule. CRCs by zlib.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pitview::nvs::testing {

// {namespace, key} → value
using Values = std::map<std::pair<std::string, std::string>, std::string>;

inline std::uint32_t rom_crc(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      ::crc32(0xffffffffUL, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

inline std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8 | static_cast<std::uint8_t>(bytes.at(at + i));
  return value;
}

class Reader {
 public:
  explicit Reader(std::string_view image) {
    for (std::size_t at = 0; at < image.size(); at += 4096) read_header(image.substr(at, 4096));
    std::ranges::sort(pages_);
    require(
        std::ranges::count_if(pages_, [](const auto& page) { return number(page.second, 0, 4) == 0xfffffffe; }) == 1,
        "exactly one page is active");
    require(number(pages_.back().second, 0, 4) == 0xfffffffe, "the newest page is the active one");
    for (const auto& [sequence, page] : pages_) read_entries(page);
  }

  const Values& values() const { return values_; }
  std::size_t pages() const { return pages_.size(); }

 private:
  static void require(bool holds, const char* rule) {
    if (!holds) throw std::runtime_error(rule);
  }

  void read_header(std::string_view page) {
    require(page.size() == 4096, "a page has 4096 bytes");
    const std::uint32_t state = number(page, 0, 4);
    if (state == 0xffffffff) {
      require(page.find_first_not_of('\xff') == std::string_view::npos, "an empty page is all 0xff");
      return;
    }
    require(state == 0xfffffffe || state == 0xfffffffc, "a page is active or full");
    require(number(page, 8, 1) == 0xfe, "version 2");
    require(number(page, 28, 4) == rom_crc(page.substr(4, 24)), "CRC of the header");
    const std::uint32_t sequence = number(page, 4, 4);
    for (const auto& other : pages_) require(other.first != sequence, "a sequence number is there once");
    pages_.emplace_back(sequence, page);
  }

  void read_entries(std::string_view page) {
    for (std::size_t index = 0; index < 126;) {
      const std::uint32_t bits = number(page, 32 + index / 4, 1) >> (index % 4 * 2) & 3;
      const std::string_view entry = page.substr(64 + index * 32, 32);
      if (bits == 3) {
        require(entry.find_first_not_of('\xff') == std::string_view::npos, "an empty entry is all 0xff");
        ++index;
        continue;
      }
      require(bits == 2, "an entry is empty or written");
      std::string covered(entry.substr(0, 4));
      covered += entry.substr(8);
      require(number(entry, 4, 4) == rom_crc(covered), "CRC of the entry");
      index += read_entry(page, index, entry);
    }
  }

  std::size_t read_entry(std::string_view page, std::size_t index, std::string_view entry) {
    const std::string_view key_field = entry.substr(8, 16);
    require(key_field.find('\0') != std::string_view::npos, "a key ends with NUL");
    const std::string key(key_field.substr(0, key_field.find('\0')));
    const auto name_space = static_cast<std::uint8_t>(entry[0]);
    const auto span = static_cast<std::uint8_t>(entry[2]);
    require(number(entry, 3, 1) == 0xff, "no chunk index");
    if (name_space == 0) {
      require(number(entry, 1, 1) == 0x01 && span == 1, "a namespace is one u8");
      names_[static_cast<std::uint8_t>(entry[24])] = key;
      return 1;
    }
    require(number(entry, 1, 1) == 0x21, "a value is a string");
    const std::uint32_t size = number(entry, 24, 2);
    require(span == 1 + (size + 31) / 32 && index + span <= 126, "the span fits its size and the page");
    for (std::size_t i = 1; i < span; ++i)
      require((number(page, 32 + (index + i) / 4, 1) >> ((index + i) % 4 * 2) & 3) == 2, "all entries are written");
    const std::string_view data = page.substr(64 + (index + 1) * 32, size);
    require(number(entry, 28, 4) == rom_crc(data), "CRC of the value");
    require(data.find('\0') == size - 1, "a string ends with its only NUL");
    require(values_.try_emplace({names_.at(name_space), key}, data.substr(0, size - 1)).second, "a key is there once");
    return span;
  }

  std::vector<std::pair<std::uint32_t, std::string_view>> pages_;
  std::map<std::uint8_t, std::string> names_;
  Values values_;
};

}  // namespace pitview::nvs::testing
