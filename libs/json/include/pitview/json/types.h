// Value types that carry their own limits, so that validation and the API
// documentation both come from the type of a member.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pitview/json/value_traits.h"

namespace pitview::json {

// Text of Min to Max characters (code points). White space at both ends is cut
// before counting; control characters, line breaks included, are refused.
template <std::size_t Min, std::size_t Max>
struct Text {
  std::string value;
  friend auto operator<=>(const Text&, const Text&) = default;
};

// As Text, but line breaks and tabs are welcome: a note, an address.
template <std::size_t Min, std::size_t Max>
struct Lines {
  std::string value;
  friend auto operator<=>(const Lines&, const Lines&) = default;
};

// A password or token: taken exactly as it was typed, counted in bytes because
// that is what a hash sees. Never documented with an example.
template <std::size_t Min, std::size_t Max>
struct Secret {
  std::string value;
};

// A whole number from Min to Max.
template <std::int64_t Min, std::int64_t Max>
struct Int {
  std::int64_t value = Min <= 0 && 0 <= Max ? 0 : Min;
  constexpr operator std::int64_t() const { return value; }  // NOLINT(google-explicit-constructor)
};

// A telephone number in the form of E.164, "+919876543210". Spaces, hyphens and
// brackets are dropped.
struct Phone {
  std::string value;
  friend auto operator<=>(const Phone&, const Phone&) = default;
};

// An e-mail address as people have them: local@domain with a dot in the domain,
// at most 254 bytes. Whether it exists is for the first mail to find out.
struct Email {
  std::string value;
  friend auto operator<=>(const Email&, const Email&) = default;
};

// JSON written elsewhere, copied into the output as it is. Write only.
struct Raw {
  std::string json;
};

namespace detail {
enum class Breaks : std::uint8_t { refused, allowed };
std::optional<std::string> check_text(std::string wire, std::size_t min, std::size_t max, Breaks breaks,
                                      std::string& out);
std::optional<std::string> check_secret(std::string wire, std::size_t min, std::size_t max, std::string& out);
std::optional<std::string> check_range(std::int64_t wire, std::int64_t min, std::int64_t max);
Schema text_schema(std::size_t min, std::size_t max, std::string_view format);
Schema range_schema(std::int64_t min, std::int64_t max);
}  // namespace detail

template <std::size_t Min, std::size_t Max>
struct ValueTraits<Text<Min, Max>> {
  using Wire = std::string;
  static std::optional<std::string> read(std::string wire, Text<Min, Max>& out) {
    return detail::check_text(std::move(wire), Min, Max, detail::Breaks::refused, out.value);
  }
  static const std::string& write(const Text<Min, Max>& text) { return text.value; }
  static Schema schema() { return detail::text_schema(Min, Max, {}); }
};

template <std::size_t Min, std::size_t Max>
struct ValueTraits<Lines<Min, Max>> {
  using Wire = std::string;
  static std::optional<std::string> read(std::string wire, Lines<Min, Max>& out) {
    return detail::check_text(std::move(wire), Min, Max, detail::Breaks::allowed, out.value);
  }
  static const std::string& write(const Lines<Min, Max>& text) { return text.value; }
  static Schema schema() { return detail::text_schema(Min, Max, {}); }
};

template <std::size_t Min, std::size_t Max>
struct ValueTraits<Secret<Min, Max>> {
  using Wire = std::string;
  static std::optional<std::string> read(std::string wire, Secret<Min, Max>& out) {
    return detail::check_secret(std::move(wire), Min, Max, out.value);
  }
  static const std::string& write(const Secret<Min, Max>& secret) { return secret.value; }
  static Schema schema() { return detail::text_schema(Min, Max, "password"); }
};

template <std::int64_t Min, std::int64_t Max>
struct ValueTraits<Int<Min, Max>> {
  using Wire = std::int64_t;
  static std::optional<std::string> read(std::int64_t wire, Int<Min, Max>& out) {
    out.value = wire;
    return detail::check_range(wire, Min, Max);
  }
  static std::int64_t write(Int<Min, Max> number) { return number.value; }
  static Schema schema() { return detail::range_schema(Min, Max); }
};

template <>
struct ValueTraits<Phone> {
  using Wire = std::string;
  static std::optional<std::string> read(const std::string& wire, Phone& out);
  static const std::string& write(const Phone& phone) { return phone.value; }
  static Schema schema();
};

template <>
struct ValueTraits<Email> {
  using Wire = std::string;
  static std::optional<std::string> read(std::string wire, Email& out);
  static const std::string& write(const Email& email) { return email.value; }
  static Schema schema();
};

}  // namespace pitview::json
