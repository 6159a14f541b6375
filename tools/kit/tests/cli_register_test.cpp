// `pitview-kit register` as a program, against a server that checks what it is sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "child.h"
#include "kit_log.h"
#include "stand_in_server.h"
#include "support.h"

namespace pitview::kit::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Register : public ::testing::Test {
 protected:
  static constexpr std::size_t kDevices = 3;

  Register() {
    std::string macs;
    for (std::size_t i = 0; i < kDevices; ++i) macs += sample_mac(i) + "\n";
    write_text(directory_ / "macs.txt", macs);
  }

  Call command(const std::string& server) const {
    return {.arguments = {"register", "--server", server, "--user", FactoryServer::kUser, "--name", "2026-11-A",
                          "--hw-rev", "E", "--macs", (directory_ / "macs.txt").string(), "--out", out().string()},
            .environment = {{"PITVIEW_KIT_PASSWORD", FactoryServer::kPassword}},
            .max_file_bytes = {}};
  }
  fs::path out() const { return directory_ / "batch"; }
  fs::path batch_json() const { return out() / "batch.json"; }
  std::size_t registered_lines() const {
    std::size_t count = 0;
    for (const std::string& line : lines_of(read_text(KitLog::path_in(out()))))
      count += line.find(R"("step":"registered")") != std::string::npos ? 1 : 0;
    return count;
  }

  ScratchDirectory directory_;
};

TEST_F(Register, KeepsTheServersAnswerByteForByteAndForTheOwnerOnly) {
  const FactoryServer server(kDevices);
  const Outcome outcome = run_kit(command(server.url()));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, StartsWith("batch 7 \"2026-11-A\", 3 devices: "));
  EXPECT_EQ(read_text(batch_json()), server.batch_json());
  EXPECT_EQ(permissions_of(batch_json()), 0600U);
  EXPECT_EQ(permissions_of(out()), 0700U);
  EXPECT_EQ(registered_lines(), kDevices);
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(Register, PutsNoSecretIntoTheLogOrOntoTheScreen) {
  const FactoryServer server(kDevices);
  const Outcome outcome = run_kit(command(server.url()));
  const std::string seen = outcome.out + outcome.err + read_text(KitLog::path_in(out()));
  for (const char* secret : {"broker-secret", "LIC-", "K7QF", "abcdef", FactoryServer::kPassword, "token-1"})
    EXPECT_THAT(seen, Not(HasSubstr(secret)));
}

TEST_F(Register, ASecondRunAsksTheServerNothing) {
  const FactoryServer server(kDevices);
  run_kit(command(server.url()));
  const Outcome again = run_kit(command(server.url()));
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.out, EndsWith("batch.json was there already\n"));
  EXPECT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(registered_lines(), kDevices);
}

TEST_F(Register, ADirectoryWithAnotherBatchIsLeftAlone) {
  const FactoryServer server(kDevices);
  run_kit(command(server.url()));
  write_text(directory_ / "macs.txt", sample_mac(8) + "\n");
  const Outcome other = run_kit(command(server.url()));
  EXPECT_EQ(other.status, 1);
  EXPECT_THAT(other.err, HasSubstr("is another batch (\"2026-11-A\", 3 devices): use another --out"));
  EXPECT_EQ(read_text(batch_json()), server.batch_json());
}

TEST_F(Register, DryRunAsksAndWritesNothing) {
  const FactoryServer server(kDevices);
  Call run = command(server.url());
  run.arguments.emplace_back("--dry-run");
  const Outcome outcome = run_kit(run);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, StartsWith("would register 3 devices as batch \"2026-11-A\", rev E, at http://127.0.0.1:"));
  EXPECT_TRUE(server.requests().empty());
  EXPECT_FALSE(fs::exists(out()));
}

TEST_F(Register, AWrongPasswordIsOnePlainLine) {
  const FactoryServer server(kDevices);
  Call run = command(server.url());
  run.environment["PITVIEW_KIT_PASSWORD"] = "wrong";
  const Outcome outcome = run_kit(run);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err,
            "pitview-kit: the server did not let factory in: The user name or password is wrong. "
            "(invalid_credentials)\n");
  EXPECT_FALSE(server.has_issued());
  EXPECT_FALSE(fs::exists(batch_json()));
}

TEST_F(Register, DevicesThatTheServerKnowsAreNamed) {
  const FactoryServer server(kDevices);
  run_kit(command(server.url()));
  fs::remove_all(out());
  const Outcome outcome = run_kit(command(server.url()));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err,
            "pitview-kit: the server did not issue the batch: Some devices are known already.; "
            "devices[0]: is registered already (conflict)\n");
  EXPECT_FALSE(fs::exists(batch_json()));
}

TEST_F(Register, AServerThatIsDownIsOnePlainLine) {
  std::string url;
  {
    const FactoryServer gone(kDevices);
    url = gone.url();
  }
  const Outcome outcome = run_kit(command(url));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, StartsWith("pitview-kit: " + url + " does not answer: "));
  EXPECT_EQ(lines_of(outcome.err).size(), 1U);
  EXPECT_THAT(outcome.err, Not(HasSubstr("may have been issued")));
}

TEST_F(Register, AnAnswerThatGotLostIsSaidToBeLost) {
  const StandInServer server([](const Request& request) -> Answer {
    if (request.path == "/api/auth/login") return {200, R"({"access_token":"t","must_change_password":false})"};
    return {0, ""};
  });
  const Outcome outcome = run_kit(command(server.url()));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("the batch \"2026-11-A\" may have been issued all the same"));
  EXPECT_FALSE(fs::exists(batch_json()));
}

TEST_F(Register, AnAnswerThatMakesNoSenseIsKeptAndNotAskedForAgain) {
  std::size_t issues = 0;
  const StandInServer server([&issues](const Request& request) -> Answer {
    if (request.path == "/api/auth/login") return {200, R"({"access_token":"t","must_change_password":false})"};
    ++issues;
    return {201, R"({"batch_id":7,"secret":"said once"})"};
  });
  for (int attempt = 0; attempt < 2; ++attempt) {
    const Outcome outcome = run_kit(command(server.url()));
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.err, HasSubstr("batch.json: name is required"));
  }
  EXPECT_EQ(read_text(batch_json()), R"({"batch_id":7,"secret":"said once"})");
  EXPECT_EQ(issues, 1U);
}

TEST_F(Register, WhatIsNoPitViewServerIsSaidSo) {
  const StandInServer page([](const Request&) -> Answer { return {502, "<html>\x1b[2J", "text/html"}; });
  EXPECT_EQ(run_kit(command(page.url())).err, "pitview-kit: the server did not let factory in: HTTP 502\n");
  const StandInServer other([](const Request&) -> Answer { return {200, "{}"}; });
  EXPECT_THAT(run_kit(command(other.url())).err, HasSubstr("is --server a PitView server?"));
}

TEST_F(Register, ANewAccountMustChooseItsPasswordFirst) {
  const StandInServer server(
      [](const Request&) -> Answer { return {200, R"({"access_token":"t","must_change_password":true})"}; });
  EXPECT_EQ(run_kit(command(server.url())).err,
            "pitview-kit: factory must choose a new password first: sign in with a browser\n");
}

TEST_F(Register, OnAFullDiskTheServerIsNotAsked) {
  const FactoryServer server(kDevices);
  Call run = command(server.url());
  run.max_file_bytes = 2000;
  const Outcome outcome = run_kit(run);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("no room for the batch at " + batch_json().string()));
  EXPECT_TRUE(server.requests().empty());
  EXPECT_FALSE(fs::exists(batch_json()));
  run.max_file_bytes.reset();
  EXPECT_EQ(run_kit(run).status, 0);
}

TEST_F(Register, SendsSecretsToHttpsOrToThisMachineOnly) {
  for (const char* url : {"http://app.example.com", "http://192.168.1.5", "http://127.0.0.1.example.com",
                          "http://127x0.0.1", "ftp://127.0.0.1"}) {
    const Outcome outcome = run_kit(command(url));
    EXPECT_EQ(outcome.status, 1) << url;
    EXPECT_THAT(outcome.err, HasSubstr("--server must be https:// (http:// only for this machine)")) << url;
  }
  for (const char* url : {"https://user@app.example.com", "https://app.example.com/api", "https://app.example.com?a"})
    EXPECT_THAT(run_kit(command(url)).err, HasSubstr("--server is only scheme, host and port")) << url;
  EXPECT_THAT(run_kit(command("https:// example")).err, HasSubstr("is no address such as https://"));
}

TEST_F(Register, ACertificateThatNobodyVouchesForEndsIt) {
  const std::string key = (directory_ / "key.pem").string(), certificate = (directory_ / "cert.pem").string();
  shell("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost -keyout '" +
        key + "' -out '" + certificate + "' 2>&1");
  FILE* tls = ::popen(
      ("exec openssl s_server -www -accept 127.0.0.1:0 -naccept 1 -key '" + key + "' -cert '" + certificate + "' 2>&1")
          .c_str(),
      "r");
  ASSERT_NE(tls, nullptr);
  int port = 0;
  char line[256];
  while (port == 0 && std::fgets(line, sizeof line, tls) != nullptr) std::sscanf(line, "ACCEPT 127.0.0.1:%d", &port);
  ASSERT_NE(port, 0);
  const Outcome outcome = run_kit(command("https://localhost:" + std::to_string(port)));
  ::pclose(tls);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("does not answer: SSL certificate problem: self-signed certificate"));
}

TEST_F(Register, WithoutATerminalThePasswordMustBeInTheEnvironment) {
  const FactoryServer server(kDevices);
  Call run = command(server.url());
  run.environment.clear();
  EXPECT_EQ(run_kit(run).err, "pitview-kit: no password: set PITVIEW_KIT_PASSWORD, or start the kit on a terminal\n");
}

TEST_F(Register, AsksForThePasswordOnTheTerminalWithoutShowingIt) {
  const FactoryServer server(kDevices);
  const Call run = command(server.url());
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    ::unsetenv("PITVIEW_KIT_PASSWORD");
    std::vector<char*> argv = {const_cast<char*>(PITVIEW_KIT)};
    for (const std::string& argument : run.arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    ::execv(PITVIEW_KIT, argv.data());
    ::_exit(127);
  }
  std::string screen;
  char c = '\0';
  while (!screen.ends_with("Password of factory: ") && ::read(terminal, &c, 1) == 1) screen.push_back(c);
  const std::string typed = std::string(FactoryServer::kPassword) + "\n";
  EXPECT_EQ(::write(terminal, typed.data(), typed.size()), static_cast<ssize_t>(typed.size()));
  while (::read(terminal, &c, 1) == 1) screen.push_back(c);
  EXPECT_EQ(wait_for_child(child), 0) << screen;
  ::close(terminal);
  EXPECT_THAT(screen, Not(HasSubstr(FactoryServer::kPassword)));
  EXPECT_THAT(screen, HasSubstr("batch 7"));
}

// Killed before each change to the disk in turn. Once the answer is on disk it is
// never lost; before that, the next run says that the server knows the devices.
TEST_F(Register, KilledAnywhereItGoesOnWhereItWas) {
  std::size_t lost = 0, points = 0;
  for (std::size_t n = 1;; ++n) {
    fs::remove_all(out());
    const FactoryServer server(kDevices);
    if (!kill_kit_before_change(command(server.url()), n)) break;
    ++points;
    const bool answer_on_disk =
        read_text(out() / "batch.json.received").find("batch_id") != std::string::npos || fs::exists(batch_json());
    const bool issued = server.has_issued();
    const Outcome next = run_kit(command(server.url()));
    if (issued && !answer_on_disk) {
      ++lost;
      EXPECT_THAT(next.err, HasSubstr("(conflict)")) << n;
      continue;
    }
    EXPECT_EQ(next.status, 0) << n << ": " << next.err;
    EXPECT_EQ(read_text(batch_json()), server.batch_json()) << n;
    EXPECT_EQ(registered_lines(), kDevices) << n;
    EXPECT_FALSE(fs::exists(out() / "batch.json.received")) << n;
  }
  EXPECT_GT(points, 10U);
  EXPECT_LE(lost, 1U) << "nothing comes between the answer and its write to the disk";
}

}  // namespace
}  // namespace pitview::kit::testing
