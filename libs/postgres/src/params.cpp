#include "pitview/postgres/params.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "pitview/postgres/errors.h"

namespace pitview::postgres {
namespace {

void refuse_nul(std::string_view text) {
  if (text.find('\0') == std::string_view::npos) return;
  // What the server would say; libpq would cut the text there without a word.
  throw QueryFailed("a text parameter holds a NUL byte: 22021", "22021", "", "");
}

}  // namespace

void Params::add(bool value) {
  begin_value();
  buffer_ += value ? 't' : 'f';
  end_value();
}

void Params::add(double value) {
  begin_value();
  if (std::isnan(value)) {
    buffer_ += "NaN";
  } else if (std::isinf(value)) {
    buffer_ += value < 0 ? "-Infinity" : "Infinity";
  } else {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    buffer_.append(text, end);
  }
  end_value();
}

void Params::add(std::string_view text) {
  refuse_nul(text);
  begin_value();
  buffer_ += text;
  end_value();
}

void Params::add(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char text[48];
  const int size =
      std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d.%06d+00", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                    static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  begin_value();
  buffer_.append(text, static_cast<std::size_t>(size));
  end_value();
}

void Params::add(const Bytes& bytes) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  begin_value();
  buffer_ += "\\x";
  for (const char c : bytes.data) {
    const auto byte = static_cast<unsigned char>(c);
    buffer_ += kHex[byte >> 4U];
    buffer_ += kHex[byte & 15U];
  }
  end_value();
}

void Params::add(const std::vector<std::string>& array) {
  for (const std::string& text : array) refuse_nul(text);
  begin_value();
  buffer_ += '{';
  for (std::size_t i = 0; i < array.size(); ++i) {
    buffer_ += i == 0 ? "\"" : ",\"";
    for (const char c : array[i]) {
      if (c == '"' || c == '\\') buffer_ += '\\';
      buffer_ += c;
    }
    buffer_ += '"';
  }
  buffer_ += '}';
  end_value();
}

std::vector<const char*> Params::pointers() const {
  std::vector<const char*> pointers;
  pointers.reserve(offsets_.size());
  for (const std::size_t offset : offsets_) pointers.push_back(offset == kNull ? nullptr : buffer_.data() + offset);
  return pointers;
}

}  // namespace pitview::postgres
