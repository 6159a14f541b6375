#include "cameras_isapi/xml_values.h"

#include <algorithm>
#include <cstring>
#include <pugixml.hpp>

namespace pitview::cameras_isapi {
namespace {

constexpr int kMaxDepth = 16;
constexpr std::size_t kMaxName = 64;

// Nothing is decoded or trimmed, so that what a node holds is what the document says, byte
// for byte. Comments and CDATA are left out: an element with one is no plain text.
constexpr unsigned kAsWritten = pugi::parse_minimal | pugi::parse_doctype;

Error fault(const char* what) { return {Errc::validation_failed, what, {}, 0}; }

std::string_view local_name(const char* name) {
  const std::string_view whole(name);
  const std::size_t colon = whole.rfind(':');
  return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
}

constexpr std::string_view kSpace = " \t\r\n";

}  // namespace

struct XmlValues::Walk {
  const std::string& document;
  std::vector<Leaf>& leaves;

  // False: too deep, or a name that no camera has.
  bool elements_of(const pugi::xml_node& parent, const std::string& prefix, int depth) {
    if (depth > kMaxDepth) return false;
    for (const pugi::xml_node child : parent.children()) {
      if (child.type() != pugi::node_element) continue;
      const std::string_view name = local_name(child.name());
      if (name.size() > kMaxName) return false;
      const std::string path = prefix + std::string(name);
      if (!elements_of(child, path + "/", depth + 1)) return false;
      note(child, path);
    }
    return true;
  }

  void note(const pugi::xml_node& element, const std::string& path) {
    const pugi::xml_node text = element.first_child();
    if (text.type() != pugi::node_pcdata || text.next_sibling()) return;
    const std::string_view value(text.value());
    const std::ptrdiff_t offset = text.offset_debug();
    // The offset is the library's word; the document has the last one.
    if (offset < 0 || document.compare(static_cast<std::size_t>(offset), value.size(), value) != 0) return;
    const std::size_t first = value.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return;
    const std::size_t last = value.find_last_not_of(kSpace);
    leaves.push_back({path, static_cast<std::size_t>(offset) + first, last - first + 1});
  }
};

Result<XmlValues> XmlValues::read(std::string document) {
  if (document.size() > kMaxDocument) return fault("The document is too long.");
  if (document.find('\0') != std::string::npos) return fault("The document is no text.");
  pugi::xml_document tree;
  if (!tree.load_buffer(document.data(), document.size(), kAsWritten, pugi::encoding_utf8))
    return fault("The document is not well-formed XML.");
  for (const pugi::xml_node node : tree.children())
    if (node.type() == pugi::node_doctype) return fault("The document has a DOCTYPE.");
  XmlValues values;
  values.document_ = std::move(document);
  values.root_ = local_name(tree.document_element().name());
  if (!Walk{values.document_, values.leaves_}.elements_of(tree.document_element(), {}, 1))
    return fault("The document is too deep.");
  return values;
}

const XmlValues::Leaf* XmlValues::leaf(std::string_view path) const {
  const auto same = [&](const Leaf& one) { return one.path == path; };
  const auto found = std::find_if(leaves_.begin(), leaves_.end(), same);
  if (found == leaves_.end() || std::find_if(found + 1, leaves_.end(), same) != leaves_.end()) return nullptr;
  return &*found;
}

std::optional<std::string_view> XmlValues::find(std::string_view path) const {
  const Leaf* found = leaf(path);
  if (found == nullptr) return std::nullopt;
  return std::string_view(document_).substr(found->begin, found->size);
}

std::string XmlValues::changed(const std::vector<XmlChange>& changes) const {
  std::vector<std::pair<const Leaf*, const std::string*>> places;
  for (const XmlChange& change : changes)
    if (const Leaf* found = leaf(change.path)) places.emplace_back(found, &change.value);
  // From the end, so that what is still to be changed stays where it is.
  std::sort(places.begin(), places.end(), [](const auto& a, const auto& b) { return a.first->begin > b.first->begin; });
  std::string document = document_;
  for (const auto& [place, value] : places) document.replace(place->begin, place->size, *value);
  return document;
}

}  // namespace pitview::cameras_isapi
