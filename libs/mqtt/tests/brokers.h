// Real brokers of our own, as children of the test on loopback, with their data in a
// folder that goes with them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "pitview/mqtt/client.h"

namespace pitview::mqtt::test {

// A program that is running, at most as long as this object and this process.
class Child {
 public:
  Child() = default;
  ~Child() { stop(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // `program` is a path. Throws with one sentence when it is not there; `package` is
  // what brings it. Its output goes to `log`.
  void start(const std::string& program, const std::string& package, const std::vector<std::string>& arguments,
             const std::filesystem::path& log);
  void stop();  // SIGTERM, and waits for the end

 private:
  pid_t pid_ = 0;
};

// A folder that is gone when the test is over.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

enum class Access : std::uint8_t { anyone, user_device };  // user "device", password "right"

// A broker that keeps sessions and messages on disk and can be stopped and started.
class Broker {
 public:
  virtual ~Broker() = default;
  virtual void start() = 0;
  void stop() { child_.stop(); }

  // How a client reaches it. The connection is tried until the broker is up.
  ClientOptions options(const std::string& client_id) const;

 protected:
  Broker();
  TemporaryFolder folder_;
  std::uint16_t port_;
  Child child_;
};

class Mosquitto final : public Broker {
 public:
  // `more` is added to its configuration.
  explicit Mosquitto(Access access = Access::anyone, std::string more = {});
  void start() override;

 private:
  Access access_;
  std::string more_;
};

class Nats final : public Broker {
 public:
  explicit Nats(Access access = Access::anyone);
  void start() override;

 private:
  Access access_;
  std::uint16_t own_protocol_port_;
};

}  // namespace pitview::mqtt::test
