#include "app/config.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "pitview/base/log.h"
#include "pitview/config/config.h"

namespace pitview::app {

Config load_config(const std::filesystem::path& file) {
  Config loaded = config::load<Config>(file, "PITVIEW");
  const auto refuse = [&](const std::string& sentence) { throw config::ConfigError(file.string() + ": " + sentence); };
  if (!log::set_level(loaded.log.level)) refuse("log.level must be \"debug\", \"info\", \"warning\" or \"error\"");
  if (loaded.http.threads < 1 || loaded.http.threads > 64) refuse("http.threads must be 1 to 64");
  if (loaded.auth.bcrypt_threads < 1 || loaded.auth.bcrypt_threads > 64) refuse("auth.bcrypt_threads must be 1 to 64");
  if (loaded.database.connections_per_thread < 1 || loaded.database.connections_per_thread > 100)
    refuse("database.connections_per_thread must be 1 to 100");
  return loaded;
}

crypto::Key256 load_key(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string text;
  in >> text;
  const auto bytes = crypto::from_hex(text);
  crypto::Key256 key{};
  if (!bytes || bytes->size() != key.size())
    throw config::ConfigError(file.string() + ": must hold a key of 64 hexadecimal digits");
  std::copy(bytes->begin(), bytes->end(), key.begin());
  return key;
}

std::optional<crypto::P256PublicKey> load_release_key(const std::string& file) {
  if (file == "-") return std::nullopt;
  std::ifstream in(file, std::ios::binary);
  std::ostringstream pem;
  pem << in.rdbuf();
  auto key = crypto::P256PublicKey::from_pem(pem.str());
  if (!key) throw config::ConfigError(file + ": must hold a public key of P-256 in PEM");
  return key;
}

}  // namespace pitview::app
