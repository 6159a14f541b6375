// Runs a coroutine to its end, with a deadline for the whole test.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <optional>

#include "pitview/async/asio.h"
#include "pitview/postgres/pool.h"
#include "pitview/postgres/testing/scratch_database.h"

namespace pitview::postgres {

class PoolTest : public ::testing::Test {
 protected:
  PoolOptions options(std::size_t size = 2) {
    PoolOptions options;
    options.conninfo = database_.superuser();
    options.size = size;
    return options;
  }

  void run(Awaitable<> work) {
    std::optional<std::exception_ptr> outcome;
    asio::co_spawn(io_, std::move(work), [&](std::exception_ptr failure) { outcome = failure; });
    io_.restart();
    io_.run_for(std::chrono::seconds(60));
    if (!outcome) throw std::runtime_error("the test did not end within its deadline");
    if (*outcome) std::rethrow_exception(*outcome);
  }

  testing::ScratchDatabase database_;
  asio::io_context io_{1};
};

inline constexpr WorkshopId kWorkshop{7};
inline constexpr Statement kBackendPid{"backend_pid", "SELECT pg_backend_pid()"};

}  // namespace pitview::postgres
