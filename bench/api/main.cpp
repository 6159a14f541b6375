// pitview-bench-api: requests a second in a closed loop, and the limits beside them: the
// query alone, a password's hash alone (bench/README.md). Reads `./pit status --json` with
// the requests or the query on standard input, prints one JSON object; bench/api.ts makes
// the table of them.
#include <crypt.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <iterator>

#include "http_loop.h"
#include "need.h"
#include "pitview/base/log.h"
#include "pitview/json/read.h"
#include "pitview/json/write.h"
#include "query_loop.h"

namespace pitview::bench {

struct HttpWork {
  std::vector<HttpRequest> requests;
};
BOOST_DESCRIBE_STRUCT(HttpWork, (), (requests))

struct HashFigures {
  std::int64_t hashes = 0;
  double seconds = 0;
};
BOOST_DESCRIBE_STRUCT(HashFigures, (), (hashes, seconds))

namespace {

// bcrypt at the cost of the server's passwords (services/server/auth/password.cpp).
HashFigures hash_passwords(std::chrono::milliseconds time) {
  const auto data = std::make_unique<crypt_data>();
  HashFigures figures;
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() < begin + time) {
    if (::crypt_r("a password", "$2b$12$abcdefghijklmnopqrstuu", data.get()) == nullptr)
      throw std::runtime_error("libcrypt has no bcrypt");
    ++figures.hashes;
  }
  figures.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return figures;
}

}  // namespace
}  // namespace pitview::bench

int main(int argc, char** argv) {
  using namespace pitview;
  using namespace pitview::bench;
  CLI::App app("Requests a second in a closed loop; reads ./pit status --json on standard input");
  app.require_subcommand(1);
  LoopOptions options;
  std::int64_t warm_up_ms = options.warm_up.count();
  std::int64_t measured_ms = options.measured.count();
  auto* http = app.add_subcommand("http", "Requests to the server");
  auto* query = app.add_subcommand("query", "The query alone");
  auto* hash = app.add_subcommand("hash", "A password's hash alone, one thread");
  for (auto* any : {http, query, hash}) {
    any->add_option("--connections", options.connections, "At once")->check(CLI::Range(1, 1000));
    any->add_option("--warm-up-ms", warm_up_ms, "Not measured")->check(CLI::Range(0, 600'000));
    any->add_option("--ms", measured_ms, "Measured")->check(CLI::Range(100, 600'000));
  }
  http->add_option("--of-each-address", options.of_each_address, "Connections from one loopback address");
  http->add_option("--most", options.most, "Requests in all, 0: no limit");
  CLI11_PARSE(app, argc, argv);
  options.warm_up = std::chrono::milliseconds(warm_up_ms);
  options.measured = std::chrono::milliseconds(measured_ms);
  std::signal(SIGPIPE, SIG_IGN);
  log::set_level("warning");
  try {
    const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
    const Stack stack = need(read_stack(input));
    if (*http) {
      std::cout << json::write(run_http_loop(stack, need(json::read<HttpWork>(input)).requests, options));
    } else if (*query) {
      std::cout << json::write(run_query_loop(stack, need(json::read<QueryOptions>(input)), options));
    } else {
      std::cout << json::write(hash_passwords(options.measured));
    }
    std::cout << '\n';
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "pitview-bench-api: " << e.what() << '\n';
    return 1;
  }
}
