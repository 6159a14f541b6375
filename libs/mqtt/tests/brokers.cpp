#include "brokers.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "support.h"

namespace pitview::mqtt::test {

void Child::start(const std::string& program, const std::string& package, const std::vector<std::string>& arguments,
                  const std::filesystem::path& log) {
  if (::access(program.c_str(), X_OK) != 0)
    throw std::runtime_error(program + " is not installed: ./pit test brings it, or apt-get install " + package + ".");
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (output < 0) throw std::runtime_error("cannot write " + log.string());
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("cannot start " + program);
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execv(program.c_str(), argv.data());
    ::_exit(127);
  }
  ::close(output);
}

void Child::stop() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

TemporaryFolder::TemporaryFolder() : path_(std::filesystem::temp_directory_path() / unique("pitview-mqtt")) {
  std::filesystem::create_directories(path_);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Broker::Broker() : port_(free_port()) {}

ClientOptions Broker::options(const std::string& client_id) const {
  ClientOptions options;
  options.port = port_;
  options.client_id = client_id;
  options.first_back_off = std::chrono::milliseconds(20);
  options.longest_back_off = std::chrono::milliseconds(100);
  return options;
}

Mosquitto::Mosquitto(Access access, std::string more) : access_(access), more_(std::move(more)) { start(); }

void Mosquitto::start() {
  const std::string folder = folder_.path();
  const std::string file = folder + "/mosquitto.conf";
  std::ofstream config(file);
  config << "listener " << port_ << " 127.0.0.1\n"
         << (::getuid() == 0 ? "user root\n" : "") << "persistence true\npersistence_location " << folder << "/\n";
  if (access_ == Access::anyone) {
    config << "allow_anonymous true\n";
  } else {
    const std::string passwords = folder + "/passwords";
    if (std::system(("/usr/bin/mosquitto_passwd -b -c " + passwords + " device right").c_str()) != 0)
      throw std::runtime_error("mosquitto_passwd failed.");
    config << "allow_anonymous false\npassword_file " << passwords << "\n";
  }
  config << more_ << std::flush;
  child_.start("/usr/sbin/mosquitto", "mosquitto", {"-c", file}, folder + "/log");
}

Nats::Nats(Access access) : access_(access), own_protocol_port_(free_port()) { start(); }

void Nats::start() {
  const std::string folder = folder_.path();
  const std::string file = folder + "/nats.conf";
  std::ofstream config(file);
  config << "server_name: pitview-test\n"
         << "listen: \"127.0.0.1:" << own_protocol_port_ << "\"\n"
         << "jetstream { store_dir: \"" << folder << "/store\", max_memory_store: 64MB, max_file_store: 256MB }\n"
         << "mqtt { listen: \"127.0.0.1:" << port_ << "\", ack_wait: \"1s\" }\n";
  if (access_ == Access::user_device) config << "authorization { user: device, password: right }\n";
  config << std::flush;
  child_.start("/usr/sbin/nats-server", "nats-server", {"-c", file}, folder + "/log");
}

}  // namespace pitview::mqtt::test
