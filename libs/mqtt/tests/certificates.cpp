#include "certificates.h"

#include <array>
#include <cstdio>
#include <stdexcept>

namespace pitview::mqtt::test {

void command(const std::string& line) {
  FILE* pipe = ::popen((line + " 2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run a shell");
  std::string output;
  std::array<char, 512> some{};
  while (std::fgets(some.data(), some.size(), pipe) != nullptr) output += some.data();
  if (::pclose(pipe) != 0) throw std::runtime_error("openssl failed: " + line + "\n" + output);
}

Authority::Authority(std::filesystem::path folder, std::string name)
    : folder_(std::move(folder)), name_(std::move(name)), own_{folder_ / (name_ + ".pem"), folder_ / (name_ + ".key")} {
  command("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=PitView test " +
          name_ + "' -keyout " + own_.key + " -out " + own_.certificate);
}

KeyPair Authority::issue(const std::string& file, const std::string& names, int days) const {
  const KeyPair pair{folder_ / (file + ".pem"), folder_ / (file + ".key")};
  const std::string request = folder_ / (file + ".csr");
  command("openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=" + file +
          "' -addext 'subjectAltName=" + names + "' -keyout " + pair.key + " -out " + request);
  command("openssl x509 -req -copy_extensions copy -CAcreateserial -days " + std::to_string(days) + " -in " + request +
          " -CA " + own_.certificate + " -CAkey " + own_.key + " -out " + pair.certificate);
  return pair;
}

}  // namespace pitview::mqtt::test
