#include "pitview/json/read.h"

#include <charconv>
#include <cmath>

namespace pitview::json::detail {
namespace {

constexpr const char* kNeedsInteger = "must be a whole number";
constexpr const char* kNeedsNumber = "must be a number";
constexpr const char* kNeedsBool = "must be true or false";

void render(const Path& path, std::string& out) {
  if (!path.parent && path.name.empty()) return;  // the document itself
  if (path.parent) render(*path.parent, out);
  if (path.name.empty()) {
    out.append("[").append(std::to_string(path.index)).append("]");
  } else {
    if (!out.empty()) out.push_back('.');
    out.append(path.name);
  }
}

std::string_view needs(Kind kind) {
  switch (kind) {
    case Kind::boolean: return kNeedsBool;
    case Kind::number: return kNeedsNumber;
    case Kind::string: return "must be text";
    case Kind::array: return "must be a list";
    case Kind::object: return "must be an object";
    case Kind::null: break;
  }
  return "must be null";
}

// A whole number that is one, but not one of this type.
template <class T>
std::string beyond() {
  return out_of_range(std::numeric_limits<T>::min(), static_cast<std::uint64_t>(std::numeric_limits<T>::max()));
}

template <class T>
bool read_integer(const Path& path, View view, std::optional<T> number, T& out, Problems& problems) {
  if (view.kind() != Kind::number) return expect(path, view, Kind::number, problems);
  if (!number) {
    const double value = view.as_double();
    return problems.add(path, std::trunc(value) == value ? beyond<T>() : kNeedsInteger);
  }
  out = *number;
  return true;
}

template <class T>
bool parse_number(const Path& path, const std::string& text, const char* needed, T& out, Problems& problems) {
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, out);
  if (parsed.ec == std::errc::result_out_of_range && parsed.ptr == end) return problems.add(path, "is out of range");
  if (parsed.ec != std::errc() || parsed.ptr != end) return problems.add(path, needed);
  return true;
}

bool accept_string(const Path& path, std::string_view text, std::string& out, Problems& problems) {
  if (text.find('\0') != std::string_view::npos) return problems.add(path, "must not contain the NUL character");
  out.assign(text);
  return true;
}

}  // namespace

bool Problems::add(const Path& path, std::string message) {
  if (problems_.size() < kMaxProblems) {
    std::string field;
    render(path, field);
    problems_.push_back({std::move(field), std::move(message)});
  }
  return false;
}

Error Problems::to_error() && {
  return {Errc::validation_failed, "Some fields are missing or not as they should be.", std::move(problems_), 0};
}

bool expect(const Path& path, View view, Kind kind, Problems& problems) {
  if (view.kind() == kind) return true;
  return problems.add(path, view.is_null() ? "must not be null" : std::string(needs(kind)));
}

std::string out_of_range(std::int64_t min, std::uint64_t max) {
  return "must be between " + std::to_string(min) + " and " + std::to_string(max);
}

bool read_value(const Path& path, View view, bool& out, Problems& problems) {
  if (!expect(path, view, Kind::boolean, problems)) return false;
  out = view.as_bool();
  return true;
}

bool read_value(const Path& path, View view, std::int64_t& out, Problems& problems) {
  return read_integer(path, view, view.as_int64(), out, problems);
}

bool read_value(const Path& path, View view, std::uint64_t& out, Problems& problems) {
  return read_integer(path, view, view.as_uint64(), out, problems);
}

bool read_value(const Path& path, View view, double& out, Problems& problems) {
  if (!expect(path, view, Kind::number, problems)) return false;
  out = view.as_double();
  return true;
}

bool read_value(const Path& path, View view, std::string& out, Problems& problems) {
  return expect(path, view, Kind::string, problems) && accept_string(path, view.as_string(), out, problems);
}

bool read_text(const Path& path, const std::string& text, bool& out, Problems& problems) {
  if (text != "true" && text != "false") return problems.add(path, kNeedsBool);
  out = text == "true";
  return true;
}

bool read_text(const Path& path, const std::string& text, std::int64_t& out, Problems& problems) {
  return parse_number(path, text, kNeedsInteger, out, problems);
}

bool read_text(const Path& path, const std::string& text, std::uint64_t& out, Problems& problems) {
  return parse_number(path, text, kNeedsInteger, out, problems);
}

bool read_text(const Path& path, const std::string& text, double& out, Problems& problems) {
  if (!parse_number(path, text, kNeedsNumber, out, problems)) return false;
  return std::isfinite(out) || problems.add(path, kNeedsNumber);  // from_chars takes "inf" and "nan"
}

bool read_text(const Path& path, const std::string& text, std::string& out, Problems& problems) {
  return accept_string(path, text, out, problems);
}

}  // namespace pitview::json::detail
