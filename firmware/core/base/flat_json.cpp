#include "core/base/flat_json.h"

#include "core/base/json_cursor.h"

namespace pitview::fw {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// `content` is what stands between the quotes.
bool take_string(JsonCursor& in, std::string_view& content, bool& escaped) {
  if (!in.take('"')) return false;
  escaped = false;
  for (std::size_t i = 0; i < in.rest.size(); ++i) {
    const char c = in.rest[i];
    if (static_cast<unsigned char>(c) < 0x20) return false;
    if (c == '"') {
      content = in.rest.substr(0, i);
      in.rest.remove_prefix(i + 1);
      return true;
    }
    if (c != '\\') continue;
    escaped = true;
    if (++i == in.rest.size()) return false;
    if (in.rest[i] == 'u') {
      for (int digit = 0; digit < 4; ++digit) {
        if (++i == in.rest.size() || !is_hex(in.rest[i])) return false;
      }
    } else if (std::string_view("\"\\/bfnrt").find(in.rest[i]) == std::string_view::npos) {
      return false;
    }
  }
  return false;
}

bool take_number(JsonCursor& in) {
  if (in.at('-')) in.rest.remove_prefix(1);
  const bool leading_zero = in.at('0');
  const std::size_t digits = in.take_digits().size();
  if (digits == 0 || (leading_zero && digits > 1)) return false;
  if (in.at('.')) {
    in.rest.remove_prefix(1);
    if (in.take_digits().empty()) return false;
  }
  if (in.at('e') || in.at('E')) {
    in.rest.remove_prefix(1);
    if (in.at('+') || in.at('-')) in.rest.remove_prefix(1);
    if (in.take_digits().empty()) return false;
  }
  return true;
}

bool take_scalar(JsonCursor& in) {
  in.skip_space();
  if (in.at('"')) {
    std::string_view content;
    bool escaped = false;
    return take_string(in, content, escaped);
  }
  return in.take_word("true") || in.take_word("false") || in.take_word("null") || take_number(in);
}

bool take_name(JsonCursor& in) {
  std::string_view name;
  bool escaped = false;
  return take_string(in, name, escaped) && in.take(':');
}

// An array or object, however it is nested, down to kMaxDepth. A loop with a small
// stack of what is open: a hostile text cannot use up the stack of the task.
bool take_nested(JsonCursor& in) {
  char open[FlatJson::kMaxDepth];
  int depth = 0;
  for (;;) {
    in.skip_space();
    if (in.at('[') || in.at('{')) {
      if (depth == FlatJson::kMaxDepth) return false;
      const char bracket = in.rest.front();
      in.rest.remove_prefix(1);
      open[depth++] = bracket;
      if (!in.take(bracket == '[' ? ']' : '}')) {
        if (bracket == '{' && !take_name(in)) return false;
        continue;
      }
      --depth;
    } else if (!take_scalar(in)) {
      return false;
    }
    // A value has ended: close what ends with it, then go on behind a comma.
    while (depth > 0 && in.take(open[depth - 1] == '[' ? ']' : '}')) --depth;
    if (depth == 0) return true;
    if (!in.take(',')) return false;
    if (open[depth - 1] == '{' && !take_name(in)) return false;
  }
}

}  // namespace

bool FlatJson::parse(std::string_view text) {
  count_ = 0;
  JsonCursor in{text};
  const auto refuse = [this] {
    count_ = 0;
    return false;
  };
  if (!in.take('{')) return refuse();
  if (!in.take('}')) {
    do {
      if (count_ == kMaxMembers) return refuse();
      Member member;
      bool escaped = false;
      if (!take_string(in, member.name, escaped) || escaped || has(member.name) || !in.take(':')) return refuse();
      in.skip_space();
      const std::string_view before = in.rest;
      if (in.at('"')) {
        if (!take_string(in, member.value, escaped)) return refuse();
        member.kind = escaped ? Kind::escaped_string : Kind::string;
      } else {
        if (in.at('['))
          member.kind = Kind::array;
        else if (in.at('{'))
          member.kind = Kind::object;
        else if (in.at('-') || (!in.rest.empty() && is_digit(in.rest.front())))
          member.kind = Kind::number;
        if (!take_nested(in)) return refuse();
        member.value = before.substr(0, before.size() - in.rest.size());
      }
      members_[count_++] = member;
    } while (in.take(','));
    if (!in.take('}')) return refuse();
  }
  in.skip_space();
  return in.rest.empty() ? true : refuse();
}

const FlatJson::Member* FlatJson::find(std::string_view name) const {
  for (std::size_t i = 0; i < count_; ++i) {
    if (members_[i].name == name) return &members_[i];
  }
  return nullptr;
}

std::optional<std::string_view> FlatJson::string(std::string_view name) const {
  const Member* member = find(name);
  if (member == nullptr || member->kind != Kind::string) return std::nullopt;
  return member->value;
}

std::optional<std::uint64_t> FlatJson::unsigned_number(std::string_view name) const {
  const Member* member = find(name);
  if (member == nullptr || member->kind != Kind::number) return std::nullopt;
  return parse_unsigned(member->value);
}

std::optional<std::int64_t> FlatJson::signed_number(std::string_view name) const {
  const Member* member = find(name);
  if (member == nullptr || member->kind != Kind::number) return std::nullopt;
  const bool negative = member->value.front() == '-';
  const auto magnitude = parse_unsigned(member->value.substr(negative ? 1 : 0));
  if (!magnitude || *magnitude > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
  return negative ? -static_cast<std::int64_t>(*magnitude) : static_cast<std::int64_t>(*magnitude);
}

std::optional<std::string_view> FlatJson::array(std::string_view name) const {
  const Member* member = find(name);
  if (member == nullptr || member->kind != Kind::array) return std::nullopt;
  return member->value;
}

std::optional<std::uint64_t> parse_unsigned(std::string_view digits) {
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
  std::uint64_t value = 0;
  for (char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (UINT64_MAX - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

}  // namespace pitview::fw
