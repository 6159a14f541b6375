// The database, from whichever network thread one happens to be on: a pool of
// connections per thread, because a connection never leaves its thread.
#pragma once

#include <memory>
#include <vector>

#include "pitview/async/runtime.h"
#include "pitview/postgres/pool.h"

namespace pitview::app {

class Database {
 public:
  Database(Runtime& runtime, const postgres::PoolOptions& options);

  // The pool of the calling thread.
  postgres::Pool& here() { return *pools_[Runtime::current_index()]; }

  // Closes every pool on its own thread.
  Awaitable<> close();

 private:
  Runtime& runtime_;
  std::vector<std::unique_ptr<postgres::Pool>> pools_;
};

}  // namespace pitview::app
