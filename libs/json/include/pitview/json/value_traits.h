// How a type that is one JSON string, number or boolean is read, written and
// documented: the customisation point of this library.
//
//   template <>
//   struct pitview::json::ValueTraits<Plate> {
//     using Wire = std::string;                    // std::string, std::int64_t, double or bool
//     // The fault as the end of a sentence ("must be …"), or nothing.
//     static std::optional<std::string> read(std::string wire, Plate& out);
//     static const std::string& write(const Plate& plate);
//     static Schema schema();
//   };
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"

namespace pitview::json {

// A JSON Schema 2020-12 as OpenAPI 3.1 uses it.
struct Schema {
  std::string ref;   // the name of a component; then the rest is empty
  std::string type;  // "string"; "" for any type
  std::string rest;  // further members, already JSON: "minLength":1,"maxLength":80
  bool nullable = false;

  // The schema as JSON.
  std::string text() const;
};

template <class T>
struct ValueTraits;

template <class T>
concept Value = requires(const T& value) {
  typename ValueTraits<T>::Wire;
  ValueTraits<T>::write(value);
  { ValueTraits<T>::schema() } -> std::same_as<Schema>;
};

template <>
struct ValueTraits<Timestamp> {
  using Wire = std::string;
  static std::optional<std::string> read(const std::string& wire, Timestamp& out);
  static std::string write(Timestamp value) { return to_iso8601(value); }
  static Schema schema() { return {{}, "string", R"("format":"date-time")", false}; }
};

std::optional<std::string> check_id(std::int64_t wire);

template <class Tag>
struct ValueTraits<StrongId<Tag>> {
  using Wire = std::int64_t;
  static std::optional<std::string> read(std::int64_t wire, StrongId<Tag>& out) {
    out = StrongId<Tag>(wire);
    return check_id(wire);
  }
  static std::int64_t write(StrongId<Tag> id) { return id.value; }
  static Schema schema() { return {{}, "integer", R"("format":"int64","minimum":1)", false}; }
};

}  // namespace pitview::json
