// Reads one JSON object (RFC 8259) whose interesting members are simple: what the
// server sends to a device. Strict, without heap, without recursion: a text that
// is not JSON, is nested too deep, has a member twice or has too many is refused as
// a whole. Views point into the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pitview::fw {

class FlatJson {
 public:
  static constexpr std::size_t kMaxMembers = 24;
  static constexpr int kMaxDepth = 4;  // of arrays and objects inside members

  // false: not acceptable; then there are no members.
  bool parse(std::string_view text);

  bool has(std::string_view name) const { return find(name) != nullptr; }
  // Nothing: there is no such member, or it is of another kind.
  // A string with escapes counts as none: nothing we obey needs them.
  std::optional<std::string_view> string(std::string_view name) const;
  // Whole numbers only, written without fraction or exponent.
  std::optional<std::uint64_t> unsigned_number(std::string_view name) const;
  std::optional<std::int64_t> signed_number(std::string_view name) const;
  // The text of an array with its brackets.
  std::optional<std::string_view> array(std::string_view name) const;

 private:
  enum class Kind : std::uint8_t { string, escaped_string, number, literal, array, object };
  struct Member {
    std::string_view name;
    std::string_view value;  // of a string: without its quotes
    Kind kind = Kind::literal;
  };
  const Member* find(std::string_view name) const;

  Member members_[kMaxMembers];
  std::size_t count_ = 0;
};

// Decimal digits as they stand in JSON (no sign, no leading zero); nothing when too large.
std::optional<std::uint64_t> parse_unsigned(std::string_view digits);

}  // namespace pitview::fw
