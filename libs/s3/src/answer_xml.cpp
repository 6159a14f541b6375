#include "answer_xml.h"

#include <cstring>
#include <pugixml.hpp>

namespace pitview::s3 {
namespace {

constexpr std::size_t kMaxWord = 64;

// A code such as "NoSuchKey" is a word; anything else is not repeated.
std::string word_of(const char* text) {
  const std::string word(text);
  const bool is_word =
      !word.empty() && word.size() <= kMaxWord &&
      word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
  return is_word ? word : "";
}

}  // namespace

std::optional<Listing> read_listing(const std::string& xml) {
  pugi::xml_document document;
  if (!document.load_buffer(xml.data(), xml.size())) return std::nullopt;
  const pugi::xml_node result = document.child("ListBucketResult");
  if (!result) return std::nullopt;
  Listing listing;
  for (const pugi::xml_node object : result.children("Contents"))
    listing.objects.push_back({object.child_value("Key"), object.child("Size").text().as_ullong()});
  if (std::strcmp(result.child_value("IsTruncated"), "true") == 0)
    listing.next = result.child_value("NextContinuationToken");
  return listing;
}

Error error_of(int status, const std::string& xml) {
  pugi::xml_document document;
  document.load_buffer(xml.data(), xml.size());
  const std::string code = word_of(document.child("Error").child_value("Code"));
  const std::string detail =
      "The object store answers " + std::to_string(status) + (code.empty() ? "." : " " + code + ".");
  if (status == 404) return {Errc::not_found, detail, {}, 0};
  if (status == 401 || status == 403) return {Errc::forbidden, detail, {}, 0};
  return {Errc::unavailable, detail, {}, 0};
}

}  // namespace pitview::s3
