#include "support.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <stdexcept>

#include "pitview/async/deadline.h"

namespace pitview::mqtt::test {

void run(std::function<Awaitable<>(asio::any_io_executor)> body) {
  asio::io_context context(1);
  bool ended = false;
  asio::co_spawn(context, with_deadline(std::chrono::seconds(20), body(context.get_executor())),
                 [&ended](std::exception_ptr failure, bool in_time) {
                   ended = true;
                   try {
                     if (failure) std::rethrow_exception(failure);
                     EXPECT_TRUE(in_time) << "the test hung";
                   } catch (const std::exception& e) {
                     ADD_FAILURE() << e.what();
                   }
                 });
  context.run();
  EXPECT_TRUE(ended);
}

ClientOptions shared_broker(const std::string& client_id) {
  const char* address = std::getenv("PITVIEW_TEST_MQTT");
  const std::string text = address == nullptr ? "" : address;
  const auto colon = text.rfind(':');
  if (colon == std::string::npos)
    throw std::runtime_error("PITVIEW_TEST_MQTT must name a throw-away Mosquitto as host:port; ./pit test sets it.");
  ClientOptions options;
  options.host = text.substr(0, colon);
  options.port = static_cast<std::uint16_t>(std::stoi(text.substr(colon + 1)));
  options.client_id = client_id;
  options.first_back_off = std::chrono::milliseconds(20);
  options.longest_back_off = std::chrono::milliseconds(100);
  return options;
}

std::string unique(const std::string& prefix) {
  static std::random_device random;
  return prefix + "-" + std::to_string(random());
}

std::uint16_t free_port() {
  // Below the ephemeral range, so that no outgoing connection takes it meanwhile.
  static std::minstd_rand random(std::random_device{}());
  asio::io_context context;
  for (;;) {
    const auto port = static_cast<std::uint16_t>(20'000 + random() % 12'000);
    asio::ip::tcp::acceptor acceptor(context);
    error_code taken;
    acceptor.open(asio::ip::tcp::v4());
    acceptor.bind({asio::ip::address_v4::loopback(), port}, taken);
    if (!taken) return port;
  }
}

Session::Session(asio::any_io_executor executor, ClientOptions options)
    : messages(executor),
      connected(executor),
      disconnected(executor),
      client(executor, std::move(options),
             {.on_message = [this](Message message) { messages.add(std::move(message)); },
              .on_connected = [this](bool present) { connected.add(present); },
              .on_disconnected = [this](const std::string& reason) { disconnected.add(reason); }}),
      tasks_(executor) {
  tasks_.spawn("client", client.run());
}

Awaitable<> Session::stop() {
  client.stop();
  co_await tasks_.join();
}

Awaitable<> Session::drop() {
  tasks_.cancel();
  co_await tasks_.join();
}

Awaitable<Message> Session::next_message() { return messages.next(); }
Awaitable<bool> Session::next_connected() { return connected.next(); }

Mosquitto::Mosquitto(const std::string& config)
    : directory_(std::filesystem::temp_directory_path() / unique("pitview-mosquitto")),
      port_(free_port()),
      config_(config) {
  std::filesystem::create_directories(directory_);
  start();
}

Mosquitto::~Mosquitto() {
  stop();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void Mosquitto::start() {
  const std::string file = directory_ / "mosquitto.conf";
  std::string config = config_;
  for (std::size_t at = config.find("@DIR@"); at != std::string::npos; at = config.find("@DIR@"))
    config.replace(at, 5, directory_.string());
  std::ofstream(file) << "listener " << port_ << " 127.0.0.1\n"
                      << (::getuid() == 0 ? "user root\n" : "") << "log_dest none\n"
                      << config;
  pid_ = ::fork();
  if (pid_ == 0) {
    const int null = ::open("/dev/null", O_WRONLY);
    ::dup2(null, STDERR_FILENO);
    ::execl("/usr/sbin/mosquitto", "mosquitto", "-c", file.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
}

void Mosquitto::stop() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

ClientOptions Mosquitto::options(const std::string& client_id) const {
  ClientOptions options;
  options.port = port_;
  options.client_id = client_id;
  options.first_back_off = std::chrono::milliseconds(20);
  options.longest_back_off = std::chrono::milliseconds(100);
  return options;
}

}  // namespace pitview::mqtt::test
