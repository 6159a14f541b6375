// Boost.JSON's event parser fills a flat array of nodes. Its own document type is
// not used because it keeps the last of two members of one name and, in 1.81,
// reads some decimal fractions one unit in the last place off.
#include "pitview/json/document.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>
#include <string>
#include <vector>

namespace pitview::json {
namespace {

enum class NumberType : std::uint8_t { int64, uint64, real };

struct TextRange {
  std::uint32_t begin = 0;
  std::uint32_t size = 0;
};

struct Node {
  Kind kind = Kind::null;
  NumberType number_type = NumberType::int64;
  std::uint32_t next = 0;  // the next sibling; 0: none
  std::uint32_t size = 0;  // number of children, which begin at the next index
  TextRange name;
  TextRange text;
  union {
    bool boolean;
    std::int64_t int64;
    std::uint64_t uint64;
    double real = 0;
  };
};

// Beyond it a double does not tell neighbouring whole numbers apart.
constexpr double kExactBelow = 9007199254740992.0;  // 2^53

}  // namespace

struct Nodes {
  std::vector<Node> nodes;
  std::string text;  // all names and strings

  std::string_view view(TextRange range) const { return std::string_view(text).substr(range.begin, range.size); }
};

namespace {

using boost::json::error_code;
using boost::json::string_view;

// What the parser calls. A `false` stops it, with `fault` saying why.
class Builder {
 public:
  // NOLINTBEGIN(readability-identifier-naming): names the parser asks for
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);
  // NOLINTEND(readability-identifier-naming)

  Nodes out;
  std::string fault;

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_array_begin(error_code&) { return begin(Kind::array); }
  bool on_array_end(std::size_t, error_code&) { return end(); }
  bool on_object_begin(error_code&) { return begin(Kind::object); }
  bool on_object_end(std::size_t, error_code& ec) { return check_names(ec) && end(); }

  bool on_key_part(string_view part, std::size_t, error_code&) { return append(part); }
  bool on_key(string_view part, std::size_t, error_code&) {
    append(part);
    name_ = take_text();
    return true;
  }
  bool on_string_part(string_view part, std::size_t, error_code&) { return append(part); }
  bool on_string(string_view part, std::size_t, error_code&) {
    append(part);
    add(Kind::string).text = take_text();
    return true;
  }

  bool on_number_part(string_view part, error_code&) {
    number_.append(part.data(), part.size());
    return true;
  }
  bool on_int64(std::int64_t value, string_view, error_code&) {
    number_.clear();
    Node& node = add(Kind::number);
    node.number_type = NumberType::int64;
    node.int64 = value;
    return true;
  }
  bool on_uint64(std::uint64_t value, string_view, error_code&) {
    number_.clear();
    Node& node = add(Kind::number);
    node.number_type = NumberType::uint64;
    node.uint64 = value;
    return true;
  }
  bool on_double(double approximate, string_view part, error_code& ec) {
    number_.append(part.data(), part.size());
    double value = 0;
    const auto parsed = std::from_chars(number_.data(), number_.data() + number_.size(), value);
    if (parsed.ec == std::errc::result_out_of_range) {
      if (!(std::fabs(approximate) < 1)) return stop(ec, "a number is too large");
      value = 0;
    }
    number_.clear();
    Node& node = add(Kind::number);
    node.number_type = NumberType::real;
    node.real = value;
    return true;
  }
  bool on_bool(bool value, error_code&) {
    add(Kind::boolean).boolean = value;
    return true;
  }
  bool on_null(error_code&) {
    add(Kind::null);
    return true;
  }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

 private:
  struct Open {
    std::uint32_t index;
    std::uint32_t last_child = 0;
  };

  bool append(string_view part) {
    out.text.append(part.data(), part.size());
    return true;
  }
  TextRange take_text() {
    const TextRange range{text_begin_, static_cast<std::uint32_t>(out.text.size()) - text_begin_};
    text_begin_ = static_cast<std::uint32_t>(out.text.size());
    return range;
  }

  Node& add(Kind kind) {
    const auto index = static_cast<std::uint32_t>(out.nodes.size());
    if (!open_.empty()) {
      Open& parent = open_.back();
      if (parent.last_child) out.nodes[parent.last_child].next = index;
      parent.last_child = index;
      ++out.nodes[parent.index].size;
    }
    Node& node = out.nodes.emplace_back();
    node.kind = kind;
    node.name = name_;
    name_ = {};
    return node;
  }
  bool begin(Kind kind) {
    add(kind);
    open_.push_back({static_cast<std::uint32_t>(out.nodes.size() - 1)});
    return true;
  }
  bool end() {
    open_.pop_back();
    return true;
  }

  // By sorting, so that an object of ten thousand members costs no more than its size.
  bool check_names(error_code& ec) {
    names_.clear();
    const Node& object = out.nodes[open_.back().index];
    std::uint32_t child = object.size ? open_.back().index + 1 : 0;
    for (; child; child = out.nodes[child].next) names_.push_back(out.view(out.nodes[child].name));
    std::sort(names_.begin(), names_.end());
    const auto twice = std::adjacent_find(names_.begin(), names_.end());
    if (twice == names_.end()) return true;
    return stop(ec, "a name appears twice in one object");
  }

  bool stop(error_code& ec, const char* why) {
    fault = why;
    ec = boost::json::error::syntax;
    return false;
  }

  std::vector<Open> open_;
  std::vector<std::string_view> names_;
  std::string number_;
  TextRange name_;
  std::uint32_t text_begin_ = 0;
};

std::string why(const error_code& ec) {
  if (ec == boost::json::error::too_deep) return "it is nested too deeply";
  if (ec == boost::json::error::incomplete) return "it ends too early";
  if (ec == boost::json::error::extra_data) return "something follows its end";
  return ec.message();
}

Error malformed(std::size_t at, const std::string& reason) {
  return {Errc::malformed_json, "This is not valid JSON: " + reason + " (byte " + std::to_string(at) + ").", {}, 0};
}

}  // namespace

Document::Document(std::unique_ptr<Nodes> nodes) : nodes_(std::move(nodes)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Result<Document> Document::parse(std::string_view text) {
  if (text.size() > (1U << 30)) return malformed(0, "it is too large");
  boost::json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::json::basic_parser<Builder> parser(options);
  error_code ec;
  std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && used < text.size()) ec = boost::json::error::extra_data;
  if (ec) {
    const std::string& fault = parser.handler().fault;
    return malformed(std::min(used, text.size()), fault.empty() ? why(ec) : fault);
  }
  return Document(std::make_unique<Nodes>(std::move(parser.handler().out)));
}

View Document::root() const noexcept { return {nodes_.get(), 0}; }

Kind View::kind() const noexcept { return nodes_->nodes[index_].kind; }
bool View::as_bool() const noexcept { return nodes_->nodes[index_].boolean; }
std::string_view View::as_string() const noexcept { return nodes_->view(nodes_->nodes[index_].text); }
std::string_view View::name() const noexcept { return nodes_->view(nodes_->nodes[index_].name); }
std::size_t View::size() const noexcept { return nodes_->nodes[index_].size; }

double View::as_double() const noexcept {
  const Node& node = nodes_->nodes[index_];
  switch (node.number_type) {
    case NumberType::int64: return static_cast<double>(node.int64);
    case NumberType::uint64: return static_cast<double>(node.uint64);
    case NumberType::real: break;
  }
  return node.real;
}

std::optional<std::int64_t> View::as_int64() const noexcept {
  const Node& node = nodes_->nodes[index_];
  if (node.kind != Kind::number) return std::nullopt;
  if (node.number_type == NumberType::int64) return node.int64;
  if (node.number_type == NumberType::uint64) return std::nullopt;  // the parser prefers int64 where it fits
  if (!(std::fabs(node.real) < kExactBelow) || std::trunc(node.real) != node.real) return std::nullopt;
  return static_cast<std::int64_t>(node.real);
}

std::optional<std::uint64_t> View::as_uint64() const noexcept {
  const Node& node = nodes_->nodes[index_];
  if (node.kind == Kind::number && node.number_type == NumberType::uint64) return node.uint64;
  const std::optional<std::int64_t> number = as_int64();
  if (!number || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

std::optional<View> View::first() const noexcept {
  if (size() == 0) return std::nullopt;
  return View(nodes_, index_ + 1);
}

std::optional<View> View::next() const noexcept {
  const std::uint32_t next = nodes_->nodes[index_].next;
  if (next == 0) return std::nullopt;
  return View(nodes_, next);
}

std::optional<View> View::find(std::string_view wanted) const noexcept {
  if (kind() != Kind::object) return std::nullopt;
  for (std::optional<View> member = first(); member; member = member->next())
    if (member->name() == wanted) return member;
  return std::nullopt;
}

}  // namespace pitview::json
