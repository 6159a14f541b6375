// Devices that sign in to HTTP endpoints (auth/device_check.h), looked up in the
// database.
#pragma once

#include <span>

#include "app/database.h"
#include "auth/device_check.h"
#include "pitview/base/crypto.h"

namespace pitview::devices {

class DeviceLogins final : public auth::DeviceCheck {
 public:
  DeviceLogins(app::Database& database, const crypto::Key256& data_key) : database_(database), data_key_(data_key) {}

  // A retired device is let in too: it may ask what it shall be.
  Awaitable<Result<Principal>> check(auth::DeviceLogin login) override;

 private:
  app::Database& database_;
  const crypto::Key256& data_key_;
};

std::span<const postgres::Statement> device_login_statements();

}  // namespace pitview::devices
