// A parsed JSON text (RFC 8259) and a view of one value in it.
//
// For the rare code that must look at JSON of unknown shape; everything else
// uses read<T>() (read.h). Stricter than the RFC where it leaves room: valid
// UTF-8 only, no lone surrogates, nesting at most kMaxDepth, no name twice in
// one object (RFC 7493), numbers within the range of a double.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "pitview/base/result.h"

namespace pitview::json {

inline constexpr std::size_t kMaxDepth = 32;

enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

struct Nodes;  // how a document is stored (document.cpp)

// Refers into a Document and is valid as long as that lives. Cheap to copy.
class View {
 public:
  Kind kind() const noexcept;
  bool is_null() const noexcept { return kind() == Kind::null; }

  // Preconditions: the kind that the name says.
  bool as_bool() const noexcept;
  std::string_view as_string() const noexcept;
  double as_double() const noexcept;
  // The number, when it is a whole one that fits: 3, 3.0 and 3e2, not 3.5.
  std::optional<std::int64_t> as_int64() const noexcept;
  std::optional<std::uint64_t> as_uint64() const noexcept;

  // Array or object: the number of its elements; 0 for every other kind.
  std::size_t size() const noexcept;
  // The first element (of an object: the first member's value) and the one after
  // this one. Empty at the end.
  std::optional<View> first() const noexcept;
  std::optional<View> next() const noexcept;
  // Of a member of an object: its name.
  std::string_view name() const noexcept;
  // Object: the member of that name.
  std::optional<View> find(std::string_view name) const noexcept;

 private:
  friend class Document;
  View(const Nodes* nodes, std::uint32_t index) : nodes_(nodes), index_(index) {}
  const Nodes* nodes_;
  std::uint32_t index_;
};

class Document {
 public:
  // Errc::malformed_json when `text` is not JSON in the sense above.
  static Result<Document> parse(std::string_view text);

  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  View root() const noexcept;

 private:
  explicit Document(std::unique_ptr<Nodes> nodes);
  std::unique_ptr<Nodes> nodes_;
};

}  // namespace pitview::json
