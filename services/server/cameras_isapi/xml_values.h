// The values in a camera's XML document: found by their path, and changed without touching
// another byte of it. A camera that gets its document back written anew (other white space,
// a prefix that was moved, an element that nobody knows here left out) may refuse it, or
// lose what was not understood.
//
// The document comes from a device that may be anything: it is limited in size and depth,
// and one with a DOCTYPE is refused, so that there are no entities to expand.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pitview/base/result.h"

namespace pitview::cameras_isapi {

inline constexpr std::size_t kMaxDocument = std::size_t{64} * 1024;  // bytes; a real one has 4 KB

struct XmlChange {
  std::string path;
  std::string value;  // plain: without & and <
};

class XmlValues {
 public:
  // validation_failed: too long, not well-formed, too deep, with a DOCTYPE.
  static Result<XmlValues> read(std::string document);

  const std::string& document() const noexcept { return document_; }
  // Names are without their namespace prefix, here and in paths.
  const std::string& root() const noexcept { return root_; }

  // "Video/SVC/enabled", from below the root; as it is written, without white space around it.
  // Empty: there is no such element, there are several, or it holds something else than text.
  std::optional<std::string_view> find(std::string_view path) const;

  // The document with other values at paths that find() knows; others are left out.
  std::string changed(const std::vector<XmlChange>& changes) const;

 private:
  struct Leaf {
    std::string path;
    std::size_t begin = 0;  // of the text in the document
    std::size_t size = 0;
  };
  struct Walk;

  const Leaf* leaf(std::string_view path) const;

  std::string document_;
  std::string root_;
  std::vector<Leaf> leaves_;
};

}  // namespace pitview::cameras_isapi
