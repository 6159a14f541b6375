// pitview-s3: an object store on loopback that forgets everything when it ends (README.md).
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>

#include "stand_in.h"

int main(int argc, char** argv) try {
  using namespace pitview;
  CLI::App cli{"An S3-compatible object store for tests, in memory"};
  std::uint16_t port = 0;
  std::string bucket;
  s3::Credentials credentials{.region = "us-east-1"};
  cli.add_option("--port", port, "On 127.0.0.1")->required();
  cli.add_option("--bucket", bucket, "The one that there is")->required();
  cli.add_option("--access-key-id", credentials.access_key_id)->required();
  cli.add_option("--secret-access-key", credentials.secret_access_key)->required();
  cli.add_option("--region", credentials.region);
  CLI11_PARSE(cli, argc, argv);

  // Before there are threads: they inherit it.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  const s3::StandIn store(port, bucket, credentials);
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "pitview-s3: %s\n", e.what());
  return 1;
}
