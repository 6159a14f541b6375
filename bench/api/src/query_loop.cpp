#include "query_loop.h"

#include <libpq-fe.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>

namespace pitview::bench {
namespace {

using std::chrono::steady_clock;
using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;

constexpr const char* kName = "query";

void expect(PGconn* connection, PGresult* result, ExecStatusType status) {
  const bool as_expected = PQresultStatus(result) == status;
  PQclear(result);
  if (!as_expected) throw std::runtime_error(PQerrorMessage(connection));
}

void set_workshop(PGconn* connection, const std::string& workshop) {
  const std::string scope = "SET pitview.workshop_id = '" + workshop + "'";
  expect(connection, PQexec(connection, scope.c_str()), PGRES_COMMAND_OK);
}

Connection connect(const QueryOptions& query) {
  Connection connection(PQconnectdb(query.url.c_str()), &PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection.get()));
  expect(connection.get(), PQprepare(connection.get(), kName, query.sql.c_str(), 0, nullptr), PGRES_COMMAND_OK);
  return connection;
}

struct Phases {
  std::atomic<bool> measuring = false;
  std::atomic<bool> done = false;
};

// Each connection begins somewhere else in the round. The workshop is not in the time.
void serve(PGconn* connection, const QueryOptions& query, std::size_t first, const Phases& phases,
           std::vector<std::int64_t>& latencies) {
  std::string workshop;
  for (std::size_t n = first; !phases.done.load(); ++n) {
    const QueryCall& call = query.calls[n % query.calls.size()];
    if (call.workshop != workshop) set_workshop(connection, workshop = call.workshop);
    std::vector<const char*> values;
    for (const std::string& parameter : call.parameters) values.push_back(parameter.c_str());
    const auto begin = steady_clock::now();
    expect(connection,
           PQexecPrepared(connection, kName, static_cast<int>(values.size()), values.data(), nullptr, nullptr, 1),
           PGRES_TUPLES_OK);
    if (phases.measuring.load())
      latencies.push_back(std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - begin).count());
  }
}

}  // namespace

LoopFigures run_query_loop(const Stack& stack, const QueryOptions& query, const LoopOptions& options) {
  if (query.calls.empty()) throw std::runtime_error("no calls");
  std::vector<Connection> connections;
  for (std::size_t i = 0; i < options.connections; ++i) connections.push_back(connect(query));
  Phases phases;
  std::vector<std::vector<std::int64_t>> latencies(options.connections);
  std::vector<std::exception_ptr> failures(options.connections);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < options.connections; ++i)
    threads.emplace_back([&, i] {
      try {
        serve(connections[i].get(), query, i * query.calls.size() / options.connections, phases, latencies[i]);
      } catch (...) {
        failures[i] = std::current_exception();
      }
    });
  std::this_thread::sleep_for(options.warm_up);
  const CpuTimes begin;
  phases.measuring = true;
  std::this_thread::sleep_for(options.measured);
  phases.measuring = false;
  const CpuTimes end;
  phases.done = true;
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
  std::vector<std::int64_t> all;
  for (const auto& some : latencies) all.insert(all.end(), some.begin(), some.end());
  LoopFigures figures{.latency = percentiles_of(std::move(all)), .cpu = shares_of(stack, begin, end)};
  figures.requests = figures.latency.samples;
  return figures;
}

}  // namespace pitview::bench
