// Keeps the list of devices in memory in line with the database: reads it every
// few seconds, and at once when somebody says that it has changed.
//
// One thread, that of `executor`, except where it says otherwise.
#pragma once

#include <functional>

#include "pitview/async/task_group.h"
#include "telemetry/device_directory.h"
#include "telemetry/readings_repository.h"

namespace pitview::telemetry {

class DirectoryKeeper {
 public:
  using Loaded = std::function<void(const DeviceDirectory&)>;
  DirectoryKeeper(asio::any_io_executor executor, ReadingsRepository& readings);

  // Reads the list, then keeps it fresh. `loaded`, which may be empty, is called
  // after every later reading. Throws when the database is away.
  Awaitable<> start(Loaded loaded);
  Awaitable<> stop();

  DeviceDirectory& directory() noexcept { return directory_; }
  // The last reading succeeded.
  bool fresh() const noexcept { return fresh_; }

  // From any thread: read it again now.
  void changed();

 private:
  Awaitable<> refresh();
  Awaitable<> wait_for_refresh();
  void directory_is_old(std::string_view reason);

  ReadingsRepository& readings_;
  DeviceDirectory directory_;
  Loaded loaded_;
  TaskGroup tasks_;
  asio::any_io_executor executor_;
  asio::steady_timer wake_;
  bool due_ = false;
  bool fresh_ = true;
};

}  // namespace pitview::telemetry
