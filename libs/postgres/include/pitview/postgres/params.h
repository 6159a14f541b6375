// The parameters $1, $2, … of a statement, in PostgreSQL's text format.
//
//   Params::of(pit, std::optional<double>{}, Timestamp{…}, Bytes{hash})
//
// Takes bool, integers, double, text, Timestamp, Bytes, StrongId, std::vector of
// integers or text (as an array), and std::optional of these (empty = NULL).
// Text with a NUL byte cannot be stored by PostgreSQL: QueryFailed 22021.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"

namespace pitview::postgres {

// A bytea, kept apart from text. What crypto.h calls sealed or hashed.
struct Bytes {
  std::string data;

  Bytes() = default;
  explicit Bytes(std::string bytes) : data(std::move(bytes)) {}
  template <std::size_t N>
  explicit Bytes(const std::array<std::uint8_t, N>& bytes)
      : data(reinterpret_cast<const char*>(bytes.data()), bytes.size()) {}
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

template <class T>
concept AnyStrongId = requires { typename T::is_strong_id; };

class Params {
 public:
  template <class... Args>
  static Params of(const Args&... args) {
    Params params;
    params.offsets_.reserve(sizeof...(args));
    (params.add(args), ...);
    return params;
  }

  void add(bool value);
  void add(double value);
  void add(float value) { add(static_cast<double>(value)); }
  void add(std::string_view text);
  void add(const std::string& text) { add(std::string_view(text)); }
  void add(const char* text) { add(std::string_view(text)); }
  void add(Timestamp time);
  void add(const Bytes& bytes);
  void add(std::nullopt_t) { offsets_.push_back(kNull); }
  void add(const std::vector<std::string>& array);
  template <class Int>
    requires(std::integral<Int> && !std::same_as<Int, bool> && !std::same_as<Int, char>)
  void add(Int value) {
    begin_value();
    append_integer(value);
    end_value();
  }
  template <AnyStrongId Id>
  void add(Id id) {
    add(id.value);
  }
  template <class Element>
    requires(std::integral<Element> || AnyStrongId<Element>)
  void add(const std::vector<Element>& array) {
    begin_value();
    char separator = '{';
    for (const Element& element : array) {
      buffer_ += separator;
      separator = ',';
      if constexpr (AnyStrongId<Element>) {
        append_integer(element.value);
      } else {
        append_integer(element);
      }
    }
    buffer_ += array.empty() ? "{}" : "}";
    end_value();
  }
  template <class T>
  void add(const std::optional<T>& value) {
    if (value) {
      add(*value);
    } else {
      add(std::nullopt);
    }
  }
  // Pointers would otherwise become bool without a word.
  template <class T>
  void add(T*) = delete;

  std::size_t size() const noexcept { return offsets_.size(); }

  // One pointer per parameter, null for NULL; valid until the next add().
  std::vector<const char*> pointers() const;

 private:
  static constexpr std::size_t kNull = static_cast<std::size_t>(-1);

  void begin_value() { offsets_.push_back(buffer_.size()); }
  void end_value() { buffer_ += '\0'; }
  template <class Int>
  void append_integer(Int value) {
    char text[24];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    buffer_.append(text, end);
  }

  std::string buffer_;  // the values one after the other, each ending in NUL
  std::vector<std::size_t> offsets_;
};

}  // namespace pitview::postgres
