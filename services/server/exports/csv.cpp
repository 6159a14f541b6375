#include "exports/csv.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace pitview::exports {
namespace {

// OWASP, "CSV Injection"; the last four are the full-width = + - @ of East Asian keyboards.
constexpr std::array<std::string_view, 11> kFormulaStarts = {
    "=", "+", "-", "@", "\t", "\r", "\n", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};

// Some programs leave out the spaces before a value.
bool looks_like_formula(std::string_view value) {
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  return std::any_of(kFormulaStarts.begin(), kFormulaStarts.end(),
                     [&](std::string_view start) { return value.starts_with(start); });
}

bool needs_quotes(std::string_view value) {
  return value.find_first_of(",\"\r\n") != std::string_view::npos || value.starts_with(' ') || value.ends_with(' ');
}

void append_cell(std::string& out, std::string_view value) {
  if (!needs_quotes(value)) {
    out.append(value);
    return;
  }
  out.push_back('"');
  for (const char c : value) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
}

// In no locale's way, and never as 1e+06.
template <class... Format>
std::string digits_of(auto value, Format... format) {
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, format...);
  return {text.data(), end.ptr};
}

}  // namespace

void CsvWriter::begin_cell() {
  if (in_row_) out_.push_back(',');
  in_row_ = true;
}

CsvWriter& CsvWriter::text(std::string_view value) {
  if (!looks_like_formula(value)) return ours(value);
  return ours("'" + std::string(value));
}

CsvWriter& CsvWriter::ours(std::string_view value) {
  begin_cell();
  append_cell(out_, value);
  return *this;
}

CsvWriter& CsvWriter::number(std::optional<std::int64_t> value) { return value ? ours(digits_of(*value)) : empty(); }

CsvWriter& CsvWriter::measure(std::optional<double> value) {
  if (!value || !std::isfinite(*value)) return empty();
  return ours(digits_of(std::round(*value * 100) / 100 + 0.0, std::chars_format::fixed));
}

void CsvWriter::end_row() {
  out_.append("\r\n");
  in_row_ = false;
}

std::string CsvWriter::take() { return std::exchange(out_, {}); }

}  // namespace pitview::exports
