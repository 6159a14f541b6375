#include "mail_server.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "pitview/base/crypto.h"

namespace pitview::messaging {
namespace {

// The system's, for which aiosmtpd is packaged.
constexpr const char* kPython = "/usr/bin/python3";
constexpr const char* kTests = PITVIEW_MESSAGING_TESTS;

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("there is no " + file.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

json::Document parsed(const std::string& text) {
  auto document = json::Document::parse(text);
  if (!document) throw std::runtime_error("no JSON: " + text);
  return std::move(*document);
}

std::string name_of(MailServer::Encryption encryption) {
  switch (encryption) {
    case MailServer::Encryption::required: return "required";
    case MailServer::Encryption::offered: return "offered";
    case MailServer::Encryption::implicit: return "implicit";
    case MailServer::Encryption::none: return "none";
  }
  return {};
}

}  // namespace

std::string output_of(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run a shell");
  std::string output;
  std::array<char, 4096> some{};
  while (const std::size_t size = std::fread(some.data(), 1, some.size(), pipe)) output.append(some.data(), size);
  if (::pclose(pipe) != 0) throw std::runtime_error("failed: " + command + "\n" + output);
  return output;
}

void make_certificate(const std::filesystem::path& folder, const std::string& name, const std::string& subject_name) {
  const std::string path = folder / name;
  output_of(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=PitView test' "
      "-addext 'subjectAltName=" +
      subject_name + "' -keyout '" + path + ".key' -out '" + path + ".pem'");
}

MailServer::MailServer(Encryption encryption, Auth auth)
    : folder_(std::filesystem::temp_directory_path() / ("pitview-mail-" + crypto::random_token(9))),
      encryption_(encryption),
      auth_(auth) {
  std::filesystem::create_directories(folder_);
  std::vector<std::string> arguments{kPython, std::string(kTests) + "/mail_server.py", "--folder", folder_};
  if (encryption != Encryption::none) {
    make_certificate(folder_, "server", "IP:127.0.0.1");
    arguments.insert(arguments.end(), {"--tls", name_of(encryption), "--certificate", folder_ / "server.pem", "--key",
                                       folder_ / "server.key"});
  }
  if (auth == Auth::required)
    for (const char* more : {"--user", kMailUser, "--password", kMailPassword}) arguments.emplace_back(more);
  start(std::move(arguments));
}

void MailServer::start(std::vector<std::string> arguments) {
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::array<int, 2> pipe{};
  const std::string log = folder_ / "log";
  const int errors = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (errors < 0 || ::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("cannot write " + log);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("cannot start Python");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(pipe[1], STDOUT_FILENO);
    ::dup2(errors, STDERR_FILENO);
    ::execv(argv.front(), argv.data());
    ::_exit(127);
  }
  ::close(pipe[1]);
  ::close(errors);
  FILE* output = ::fdopen(pipe[0], "r");
  unsigned port = 0;
  const bool is_ready = output != nullptr && std::fscanf(output, "ready %u", &port) == 1;
  if (output != nullptr) std::fclose(output);
  if (!is_ready)
    throw std::runtime_error("aiosmtpd does not start: ./pit test brings it, or apt-get install python3-aiosmtpd.\n" +
                             content_of(log));
  port_ = static_cast<std::uint16_t>(port);
}

MailServer::~MailServer() {
  stop();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void MailServer::stop() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

SmtpOptions MailServer::options() const {
  SmtpOptions options{.host = "127.0.0.1", .port = port_, .from = "studio@autofilm.example.com"};
  if (encryption_ == Encryption::none)
    options.tls = SmtpTls::none;
  else
    options.ca_file = folder_ / "server.pem";
  if (encryption_ == Encryption::implicit) options.tls = SmtpTls::implicit;
  if (auth_ == Auth::required) {
    options.user = kMailUser;
    options.password = kMailPassword;
  }
  return options;
}

std::size_t MailServer::stored() const {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) count += entry.path().extension() == ".eml";
  return count;
}

json::Document MailServer::envelope(std::size_t number) const {
  return parsed(content_of(folder_ / (std::to_string(number) + ".json")));
}

json::Document MailServer::mail(std::size_t number) const {
  const std::string file = folder_ / (std::to_string(number) + ".eml");
  return parsed(output_of(std::string(kPython) + " '" + kTests + "/read_mail.py' '" + file + "'"));
}

std::string MailServer::raw(std::size_t number) const {
  return content_of(folder_ / (std::to_string(number) + ".eml"));
}

}  // namespace pitview::messaging
