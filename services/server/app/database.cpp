#include "app/database.h"

namespace pitview::app {

Database::Database(Runtime& runtime, const postgres::PoolOptions& options) : runtime_(runtime) {
  for (std::size_t i = 0; i < runtime.size(); ++i)
    pools_.push_back(std::make_unique<postgres::Pool>(runtime.context(i), options));
}

Awaitable<> Database::close() {
  for (std::size_t i = 0; i < pools_.size(); ++i)
    co_await asio::co_spawn(runtime_.context(i), pools_[i]->close(), asio::use_awaitable);
}

}  // namespace pitview::app
