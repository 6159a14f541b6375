// JSON text, path parameters and query strings → described structs.
//
//   Result<NewJob> body = json::read<NewJob>(request.body);
//   Result<JobFilter> filter = json::read_fields<JobFilter>(request.query);
//
// Errors: malformed_json (document.h says what that is), or validation_failed
// with every fault and its path ("stages[2].name"), at most kMaxProblems of
// them. A member that is no optional is required; an optional may be missing or
// null; members the struct does not have are ignored. Text may not contain NUL,
// which PostgreSQL cannot store.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pitview/base/result.h"
#include "pitview/json/describe.h"
#include "pitview/json/document.h"
#include "pitview/json/types.h"

namespace pitview::json {

inline constexpr std::size_t kMaxProblems = 50;

using Field = std::pair<std::string, std::string>;

namespace detail {

// Where in the document the reader is; lives on the stack beside the recursion.
struct Path {
  const Path* parent = nullptr;
  std::string_view name;  // of a member; empty for an element
  std::size_t index = 0;
};

class Problems {
 public:
  // False, so that a reader can `return problems.add(…)`.
  bool add(const Path& path, std::string message);
  bool empty() const noexcept { return problems_.empty(); }
  Error to_error() &&;

 private:
  std::vector<FieldProblem> problems_;
};

bool read_value(const Path& path, View view, bool& out, Problems& problems);
bool read_value(const Path& path, View view, std::int64_t& out, Problems& problems);
bool read_value(const Path& path, View view, std::uint64_t& out, Problems& problems);
bool read_value(const Path& path, View view, double& out, Problems& problems);
bool read_value(const Path& path, View view, std::string& out, Problems& problems);

bool read_text(const Path& path, const std::string& text, bool& out, Problems& problems);
bool read_text(const Path& path, const std::string& text, std::int64_t& out, Problems& problems);
bool read_text(const Path& path, const std::string& text, std::uint64_t& out, Problems& problems);
bool read_text(const Path& path, const std::string& text, double& out, Problems& problems);
bool read_text(const Path& path, const std::string& text, std::string& out, Problems& problems);

bool expect(const Path& path, View view, Kind kind, Problems& problems);
std::string out_of_range(std::int64_t min, std::uint64_t max);

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};

template <class T>
concept SmallInteger =
    std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, std::int64_t> && !std::same_as<T, std::uint64_t>;

template <class T, class Source>
bool read_leaf(const Path& path, const Source& source, T& out, Problems& problems);

template <DescribedStruct T>
  requires(!Value<T>)
bool read_value(const Path& path, View view, T& out, Problems& problems);
template <class T>
bool read_value(const Path& path, View view, std::vector<T>& out, Problems& problems);
template <class T>
bool read_value(const Path& path, View view, std::optional<T>& out, Problems& problems);
template <class T>
bool read_value(const Path& path, View view, std::map<std::string, T>& out, Problems& problems);

// Reads what is one JSON value in the end; `source` is a View, or the text of a
// parameter.
template <class T, class Source>
bool read_wire(const Path& path, const Source& source, T& out, Problems& problems) {
  if constexpr (std::same_as<Source, View>)
    return read_value(path, source, out, problems);
  else
    return read_text(path, source, out, problems);
}

template <class T, class Source>
bool read_leaf(const Path& path, const Source& source, T& out, Problems& problems) {
  if constexpr (Value<T>) {
    typename ValueTraits<T>::Wire wire{};
    if (!read_wire(path, source, wire, problems)) return false;
    std::optional<std::string> fault = ValueTraits<T>::read(std::move(wire), out);
    return fault ? problems.add(path, std::move(*fault)) : true;
  } else if constexpr (DescribedEnum<T>) {
    std::string wire;
    if (!read_wire(path, source, wire, problems)) return false;
    if (const std::optional<T> value = enum_from_name<T>(wire)) {
      out = *value;
      return true;
    }
    std::string message = "must be one of ";
    bool first = true;
    for_each_enumerator<T>([&](std::string_view name, T) {
      message.append(first ? "" : ", ").append(name);
      first = false;
    });
    return problems.add(path, std::move(message));
  } else if constexpr (SmallInteger<T>) {
    std::int64_t wire = 0;
    if (!read_wire(path, source, wire, problems)) return false;
    if (!std::in_range<T>(wire))
      return problems.add(path, out_of_range(static_cast<std::int64_t>(std::numeric_limits<T>::min()),
                                             static_cast<std::uint64_t>(std::numeric_limits<T>::max())));
    out = static_cast<T>(wire);
    return true;
  } else {
    return read_wire(path, source, out, problems);
  }
}

template <class T>
bool read_any(const Path& path, View view, T& out, Problems& problems) {
  if constexpr (Value<T> || DescribedEnum<T> || SmallInteger<T>)
    return read_leaf(path, view, out, problems);
  else
    return read_value(path, view, out, problems);
}

template <class T>
bool read_value(const Path& path, View view, std::optional<T>& out, Problems& problems) {
  out.reset();
  return view.is_null() || read_any(path, view, out.emplace(), problems);
}

template <class T>
bool read_value(const Path& path, View view, std::vector<T>& out, Problems& problems) {
  if (!expect(path, view, Kind::array, problems)) return false;
  bool good = true;
  std::size_t index = 0;
  for (std::optional<View> element = view.first(); element; element = element->next()) {
    T value{};
    good = read_any(Path{&path, {}, index++}, *element, value, problems) && good;
    out.push_back(std::move(value));
  }
  return good;
}

template <class T>
bool read_value(const Path& path, View view, std::map<std::string, T>& out, Problems& problems) {
  if (!expect(path, view, Kind::object, problems)) return false;
  bool good = true;
  for (std::optional<View> member = view.first(); member; member = member->next())
    good = read_any(Path{&path, member->name()}, *member, out[std::string(member->name())], problems) && good;
  return good;
}

template <DescribedStruct T>
  requires(!Value<T>)
bool read_value(const Path& path, View view, T& out, Problems& problems) {
  if (!expect(path, view, Kind::object, problems)) return false;
  bool good = true;
  for_each_member<T>([&](std::string_view name, auto pointer) {
    auto& member = out.*pointer;
    const Path here{&path, name};
    if (const std::optional<View> value = view.find(name))
      good = read_any(here, *value, member, problems) && good;
    else if (!IsOptional<std::remove_reference_t<decltype(member)>>::value)
      good = problems.add(here, "is required");
  });
  return good;
}

// A parameter may be given several times only where a list is expected, and an
// empty text for an optional is the same as leaving it out.
template <class T>
bool read_parameter(const Path& path, std::span<const Field> fields, T& out, Problems& problems) {
  if constexpr (IsVector<T>::value) {
    bool good = true;
    for (const Field& field : fields) {
      if (field.first != path.name) continue;
      typename T::value_type value{};
      good = read_leaf(path, field.second, value, problems) && good;
      out.push_back(std::move(value));
    }
    return good;
  } else {
    const std::string* text = nullptr;
    for (const Field& field : fields) {
      if (field.first != path.name) continue;
      if (text) return problems.add(path, "is given more than once");
      text = &field.second;
    }
    if constexpr (IsOptional<T>::value) {
      out.reset();
      return !text || text->empty() || read_leaf(path, *text, out.emplace(), problems);
    } else {
      return text ? read_leaf(path, *text, out, problems) : problems.add(path, "is required");
    }
  }
}

}  // namespace detail

template <class T>
Result<T> read(std::string_view text) {
  Result<Document> document = Document::parse(text);
  if (!document) return document.error();
  T value{};
  detail::Problems problems;
  if (!detail::read_any(detail::Path{}, document->root(), value, problems)) return std::move(problems).to_error();
  return value;
}

// As read(), for a value inside a Document; paths start at `view`.
template <class T>
Result<T> read(View view) {
  T value{};
  detail::Problems problems;
  if (!detail::read_any(detail::Path{}, view, value, problems)) return std::move(problems).to_error();
  return value;
}

template <DescribedStruct T>
Result<T> read_fields(std::span<const Field> fields) {
  T value{};
  detail::Problems problems;
  bool good = true;
  for_each_member<T>([&](std::string_view name, auto pointer) {
    good = detail::read_parameter(detail::Path{nullptr, name}, fields, value.*pointer, problems) && good;
  });
  if (!good) return std::move(problems).to_error();
  return value;
}

}  // namespace pitview::json
