#include <algorithm>
#include <fstream>

#include "pitview/config/config.h"

namespace pitview::config {

crypto::Key256 load_key(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string text;
  in >> text;
  const auto bytes = crypto::from_hex(text);
  crypto::Key256 key{};
  if (!bytes || bytes->size() != key.size())
    throw ConfigError(file.string() + ": must hold a key of 64 hexadecimal digits");
  std::copy(bytes->begin(), bytes->end(), key.begin());
  return key;
}

std::string load_line(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string text;
  in >> text;
  if (text.empty()) throw ConfigError(file.string() + ": must hold one line");
  return text;
}

}  // namespace pitview::config
