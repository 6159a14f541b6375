#include "pitview/json/write.h"

#include <charconv>
#include <cmath>

namespace pitview::json::detail {
namespace {

template <class T>
void append(std::string& out, T number) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, number);
  out.append(text, end.ptr);
}

}  // namespace

void append_int(std::string& out, std::int64_t number) { append(out, number); }
void append_uint(std::string& out, std::uint64_t number) { append(out, number); }

void append_double(std::string& out, double number) {
  if (std::isfinite(number))
    append(out, number);
  else
    out.append("null");  // RFC 8259 §6 has no way to write it
}

}  // namespace pitview::json::detail
