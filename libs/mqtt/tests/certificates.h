// Certificates for one test, made by the openssl command.
#pragma once

#include <filesystem>
#include <string>

namespace pitview::mqtt::test {

struct KeyPair {
  std::string certificate;  // file
  std::string key;          // file
};

// An authority of our own. Its files live in a folder of the caller.
class Authority {
 public:
  // `name` is part of the file names. Throws when openssl fails.
  Authority(std::filesystem::path folder, std::string name);

  const std::string& certificate() const { return own_.certificate; }
  // For these names, as openssl writes them: "DNS:localhost,IP:127.0.0.1". `days` below
  // zero: expired.
  KeyPair issue(const std::string& file, const std::string& names, int days = 2) const;

 private:
  std::filesystem::path folder_;
  std::string name_;
  KeyPair own_;
};

// Runs a command in a shell; throws with its output when it fails.
void command(const std::string& line);

}  // namespace pitview::mqtt::test
