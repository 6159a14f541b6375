// An NVS partition of ESP-IDF, format version 2, as bytes ready for the flash.
//
// Written from ESP-IDF's documentation, "Non-Volatile Storage Library", part
// "Internals"; the .cpp files name the section each detail comes from. What the
// documentation leaves to its header files (numbers of types and page states) is
// marked there.
//
// Strings only, in one namespace: that is what an identity consists of. No I/O.
// The same values give the same bytes.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "pitview/base/result.h"

namespace pitview::nvs {

inline constexpr std::size_t kPageBytes = 4096;
// "Keys and Values": 15 characters, and 4000 bytes with the final NUL.
inline constexpr std::size_t kMaxKeyLength = 15;
inline constexpr std::size_t kMaxStringBytes = 4000;

struct StringValue {
  std::string key;
  std::string value;
};

// An image of exactly `size_bytes`. Its last page stays empty, as the library on
// the device moves data into it when it tidies up.
//
// Errors (validation_failed, the key as field): a name that is empty, too long,
// not printable ASCII or there twice; a value with NUL or longer than 3999 bytes;
// a size that is not a multiple of a page or below three pages; more values than
// fit.
Result<std::string> make_image(std::string_view name_space, std::span<const StringValue> values,
                               std::size_t size_bytes);

}  // namespace pitview::nvs
