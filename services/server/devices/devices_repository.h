// Devices in PostgreSQL. The workshop is that of the transaction; what must look
// across workshops goes through the functions of schema `platform`.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/database.h"
#include "devices/device.h"
#include "devices/signed_messages.h"
#include "pitview/domain/licence.h"
#include "telemetry/sensor_message.h"

namespace pitview::devices {

// A device with what its desired state follows from.
struct StoredDevice {
  DeviceKey key;
  Device shown;
  std::string workshop_code;
  LicenceState licence;
  std::optional<std::string> command_key_sealed;
  std::optional<Timestamp> assigned_at;  // since when at its pit
};

// What the broker must know of a device.
struct BrokerDevice {
  DeviceKey key;
  std::string device_id;
  bool retired = false;
  std::string mqtt_password_sealed;
  std::optional<std::string> command_key_sealed;
  std::string workshop_code;
  std::optional<int> pit_number;
  DesiredState state;  // unsigned
};

struct DeviceReport {
  DeviceKey device;
  telemetry::StatusReport said;
};

enum class ClaimOutcome { claimed, invalid, used, expired };

struct NewBatch {
  std::string name;
  std::string hw_rev;
  Timestamp claim_expires_at;
  UserId registered_by;
  // One of each for every device, the secrets as hexadecimal text.
  std::vector<std::string> device_ids, license_hashes, mqtt_passwords_sealed, command_keys_sealed, claim_code_hashes;
};

class DevicesRepository {
 public:
  explicit DevicesRepository(app::Database& database) : database_(database) {}

  Awaitable<postgres::Transaction> begin(WorkshopId workshop) { return database_.here().begin(workshop); }

  // The newest first; `before`: only those that came before this one.
  Awaitable<std::vector<StoredDevice>> list(WorkshopId workshop, std::optional<DeviceKey> before, int limit);
  Awaitable<std::optional<StoredDevice>> find(WorkshopId workshop, std::string device_id);
  Awaitable<std::optional<StoredDevice>> find(WorkshopId workshop, DeviceKey device);
  Awaitable<std::vector<DeviceCommand>> commands(WorkshopId workshop, DeviceKey device);

  // Across workshops.
  Awaitable<std::optional<WorkshopId>> workshop_of(std::string device_id);
  Awaitable<std::vector<std::string>> known_of(std::vector<std::string> device_ids);
  // QueryFailed when an id, or the name of the batch, is taken.
  Awaitable<std::int64_t> register_batch(NewBatch batch);
  Awaitable<std::vector<BrokerDevice>> broker_devices(std::optional<DeviceKey> only);

  // What devices, or their last wills, have said, one report of each.
  Awaitable<> record_reports(const std::vector<DeviceReport>& reports, Timestamp now);

  // Inside a transaction.
  static Awaitable<std::optional<StoredDevice>> lock(postgres::Transaction& tx, DeviceKey device);
  static Awaitable<std::optional<StoredDevice>> lock(postgres::Transaction& tx, std::string device_id);
  static Awaitable<bool> lock_pit(postgres::Transaction& tx, PitId pit);
  static Awaitable<std::optional<DeviceKey>> device_at(postgres::Transaction& tx, PitId pit);
  static Awaitable<bool> has_running_job(postgres::Transaction& tx, PitId pit);
  static Awaitable<std::pair<ClaimOutcome, DeviceKey>> claim(postgres::Transaction& tx, std::string device_id,
                                                             crypto::Sha256 code_hash);
  static Awaitable<> assign(postgres::Transaction& tx, WorkshopId workshop, DeviceKey device, PitId pit, Timestamp at);
  static Awaitable<> release(postgres::Transaction& tx, DeviceKey device, Timestamp at);
  static Awaitable<> add_subscription(postgres::Transaction& tx, WorkshopId workshop, DeviceKey device);
  static Awaitable<> end_subscription(postgres::Transaction& tx, DeviceKey device);
  static Awaitable<> set_status(postgres::Transaction& tx, DeviceKey device, std::string status, std::string reason);
  // Gives the device its next version, which it returns.
  static Awaitable<std::int64_t> set_state(postgres::Transaction& tx, DeviceKey device, Licence licence,
                                           std::string reason);
  static Awaitable<> add_command(postgres::Transaction& tx, WorkshopId workshop, DeviceKey device,
                                 const Command& command, std::optional<UserId> actor);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> device_statements();

}  // namespace pitview::devices
