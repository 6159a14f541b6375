#include "telemetry/directory_keeper.h"

#include "pitview/base/log.h"

namespace pitview::telemetry {
namespace {

constexpr std::chrono::seconds kRefreshEvery{5};

}  // namespace

DirectoryKeeper::DirectoryKeeper(asio::any_io_executor executor, ReadingsRepository& readings)
    : readings_(readings), tasks_(executor), executor_(executor), wake_(executor) {}

Awaitable<> DirectoryKeeper::start(Loaded loaded) {
  directory_.replace(co_await readings_.device_directory());
  log::info("device_directory_loaded", {{"devices", directory_.size()}});
  loaded_ = std::move(loaded);
  tasks_.spawn("device_directory", refresh());
}

Awaitable<> DirectoryKeeper::stop() {
  tasks_.cancel();
  co_await tasks_.join();
}

void DirectoryKeeper::changed() {
  asio::post(executor_, [this] {
    due_ = true;
    wake_.cancel();
  });
}

Awaitable<> DirectoryKeeper::refresh() {
  while (true) {
    co_await wait_for_refresh();
    try {
      directory_.replace(co_await readings_.device_directory());
      fresh_ = true;
      if (loaded_) loaded_(directory_);
    } catch (const boost::system::system_error& e) {
      if (e.code() == asio::error::operation_aborted) throw;
      directory_is_old(e.what());
    } catch (const std::exception& e) {
      directory_is_old(e.what());
    }
  }
}

Awaitable<> DirectoryKeeper::wait_for_refresh() {
  if (!std::exchange(due_, false)) {
    wake_.expires_after(kRefreshEvery);
    error_code ignored;
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    due_ = false;
  }
  if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
}

void DirectoryKeeper::directory_is_old(std::string_view reason) {
  fresh_ = false;
  log::warning("device_directory_is_old", {{"reason", reason}});
}

}  // namespace pitview::telemetry
