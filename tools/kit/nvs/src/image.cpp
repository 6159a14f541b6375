#include "pitview/nvs/image.h"

#include <algorithm>
#include <set>

#include "page.h"

namespace pitview::nvs {
namespace {

// The only namespace of an image; 0 is the one that names the others.
constexpr std::uint8_t kNamespaceIndex = 1;

Error fault(std::string_view field, std::string what) {
  std::string detail = field.empty() ? what : std::string(field) + " " + what;
  return {Errc::validation_failed, std::move(detail), {{std::string(field), std::move(what)}}};
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxKeyLength &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

Result<> check_value(const StringValue& entry, std::set<std::string_view>& seen) {
  if (!is_name(entry.key)) return fault(entry.key, "is no NVS key: 1 to 15 printable ASCII characters");
  if (!seen.insert(entry.key).second) return fault(entry.key, "is given twice");
  if (entry.value.find('\0') != std::string::npos) return fault(entry.key, "contains NUL");
  if (entry.value.size() + 1 > kMaxStringBytes)
    return fault(entry.key, "has " + std::to_string(entry.value.size()) + " bytes: NVS takes " +
                                std::to_string(kMaxStringBytes - 1));
  return Done{};
}

// The pages so far; the last one is the active one.
class Log {
 public:
  explicit Log(std::size_t max_pages) : max_pages_(max_pages) { pages_.emplace_back(0); }

  // `add` writes to a page or returns false; false when a new page does not help.
  template <class Add>
  bool append(Add add) {
    if (add(pages_.back())) return true;
    if (pages_.size() == max_pages_) return false;
    pages_.back().mark_full();
    return add(pages_.emplace_back(static_cast<std::uint32_t>(pages_.size())));
  }

  std::string bytes(std::size_t size) const {
    std::string image;
    image.reserve(size);
    for (const Page& page : pages_) image += page.bytes();
    image.resize(size, '\xff');  // "Empty: all bytes are 0xff"
    return image;
  }

 private:
  std::size_t max_pages_;
  std::vector<Page> pages_;
};

}  // namespace

Result<std::string> make_image(std::string_view name_space, std::span<const StringValue> values,
                               std::size_t size_bytes) {
  if (size_bytes % kPageBytes != 0 || size_bytes < 3 * kPageBytes)
    return fault("",
                 "an NVS partition has at least 3 pages of 4096 bytes, not " + std::to_string(size_bytes) + " bytes");
  if (!is_name(name_space)) return fault(name_space, "is no NVS namespace: 1 to 15 printable ASCII characters");

  Log log(size_bytes / kPageBytes - 1);
  log.append([&](Page& page) { return page.add_namespace(name_space, kNamespaceIndex); });
  std::set<std::string_view> seen;
  for (const StringValue& entry : values) {
    if (auto checked = check_value(entry, seen); !checked) return std::move(checked).error();
    if (!log.append([&](Page& page) { return page.add_string(kNamespaceIndex, entry.key, entry.value); }))
      return fault(entry.key, "does not fit: the NVS partition of " + std::to_string(size_bytes) + " bytes is full");
  }
  return log.bytes(size_bytes);
}

}  // namespace pitview::nvs
