// Described structs, and what they are made of, as JSON text.
//
//   std::string text = json::write(job);
//
// bool, integers, double (the shortest form that reads back as the same; not
// finite → null), strings (what is not UTF-8 becomes U+FFFD), optional (empty →
// null), vector, map with string keys, described enums (as their names), every
// type with ValueTraits (Timestamp, StrongId, Text, …), Raw, described structs.
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pitview/base/json_text.h"
#include "pitview/json/describe.h"
#include "pitview/json/types.h"

namespace pitview::json {

namespace detail {
void append_int(std::string& out, std::int64_t number);
void append_uint(std::string& out, std::uint64_t number);
void append_double(std::string& out, double number);
}  // namespace detail

inline void write_to(std::string& out, bool value) { out.append(value ? "true" : "false"); }
inline void write_to(std::string& out, std::string_view text) { append_json_string(out, text); }
inline void write_to(std::string& out, const std::string& text) { append_json_string(out, text); }
inline void write_to(std::string& out, const char* text) { append_json_string(out, text); }
inline void write_to(std::string& out, const Raw& raw) { out.append(raw.json); }
inline void write_to(std::string& out, std::nullopt_t) { out.append("null"); }
inline void write_to(std::string& out, std::floating_point auto number) { detail::append_double(out, number); }
inline void write_to(std::string& out, std::signed_integral auto number) { detail::append_int(out, number); }
inline void write_to(std::string& out, std::unsigned_integral auto number) { detail::append_uint(out, number); }

template <DescribedEnum E>
void write_to(std::string& out, E value);
template <Value T>
void write_to(std::string& out, const T& value);
template <class T>
void write_to(std::string& out, const std::optional<T>& value);
template <class T>
void write_to(std::string& out, const std::vector<T>& list);
template <class T>
void write_to(std::string& out, const std::map<std::string, T>& map);
template <DescribedStruct T>
void write_to(std::string& out, const T& value);

template <DescribedEnum E>
void write_to(std::string& out, E value) {
  write_to(out, enum_name(value));
}

template <Value T>
void write_to(std::string& out, const T& value) {
  write_to(out, ValueTraits<T>::write(value));
}

template <class T>
void write_to(std::string& out, const std::optional<T>& value) {
  if (value)
    write_to(out, *value);
  else
    out.append("null");
}

template <class T>
void write_to(std::string& out, const std::vector<T>& list) {
  char separator = '[';
  for (const auto& element : list) {
    out.push_back(separator);
    write_to(out, static_cast<const T&>(element));
    separator = ',';
  }
  out.append(list.empty() ? "[]" : "]");
}

template <class T>
void write_to(std::string& out, const std::map<std::string, T>& map) {
  char separator = '{';
  for (const auto& [name, element] : map) {
    out.push_back(separator);
    append_json_string(out, name);
    out.push_back(':');
    write_to(out, element);
    separator = ',';
  }
  out.append(map.empty() ? "{}" : "}");
}

template <DescribedStruct T>
void write_to(std::string& out, const T& value) {
  bool first = true;
  for_each_member<T>([&](std::string_view name, auto pointer) {
    out.append(first ? "{\"" : ",\"").append(name).append("\":");
    write_to(out, value.*pointer);
    first = false;
  });
  out.append(first ? "{}" : "}");
}

template <class T>
std::string write(const T& value) {
  std::string out;
  write_to(out, value);
  return out;
}

}  // namespace pitview::json
