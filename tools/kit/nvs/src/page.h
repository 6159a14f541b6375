// One page (4096 bytes) of an NVS partition: header, entry state bitmap, entries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pitview::nvs {

class Page {
 public:
  static constexpr std::size_t kEntryBytes = 32;
  static constexpr std::size_t kEntries = 126;

  // An active page without entries.
  explicit Page(std::uint32_t sequence_number);

  // False, and nothing is written, when the page has not that much room left.
  // Precondition: the limits of image.h.
  [[nodiscard]] bool add_namespace(std::string_view name, std::uint8_t index);
  [[nodiscard]] bool add_string(std::uint8_t name_space, std::string_view key, std::string_view value);

  // The next page has begun: nothing is added to this one any more.
  void mark_full();

  const std::string& bytes() const noexcept { return bytes_; }

 private:
  char* take_entries(std::size_t count);

  std::string bytes_;
  std::size_t used_ = 0;  // entries
};

}  // namespace pitview::nvs
