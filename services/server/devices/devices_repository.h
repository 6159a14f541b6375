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
#include "pitview/base/result.h"
#include "pitview/domain/licence.h"
#include "pitview/domain/principal.h"
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

struct StoredAssignment {
  std::int64_t id = 0;
  DeviceAssignment shown;
};

// One that no factory made, and its secrets as they are kept.
struct NewDevice {
  std::string device_id;
  crypto::Sha256 license_hash;
  std::string mqtt_password_sealed;
  std::string command_key_sealed;
  Timestamp at;
};

struct FoundPit {
  PitId id;
  bool made = false;
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

inline Error no_such_device() { return {Errc::not_found, "There is no such device.", {}, 0}; }

// In a workshop, and not put out for good.
bool is_at_work(const StoredDevice& device);

class DevicesRepository {
 public:
  explicit DevicesRepository(app::Database& database) : database_(database) {}

  Awaitable<postgres::Transaction> begin(WorkshopId workshop) { return database_.here().begin(workshop); }

  // The newest first; `before`: only those that came before this one.
  Awaitable<std::vector<StoredDevice>> list(WorkshopId workshop, std::optional<DeviceKey> before, int limit);
  Awaitable<std::optional<StoredDevice>> find(WorkshopId workshop, std::string device_id);
  Awaitable<std::optional<StoredDevice>> find(WorkshopId workshop, DeviceKey device);
  Awaitable<std::vector<DeviceCommand>> commands(WorkshopId workshop, DeviceKey device,
                                                 std::optional<std::int64_t> before, int limit);
  Awaitable<std::vector<StoredAssignment>> history(WorkshopId workshop, DeviceKey device,
                                                   std::optional<std::int64_t> before, int limit);

  // Across workshops.
  Awaitable<std::optional<WorkshopId>> workshop_of(std::string device_id);
  // Where to look for the device: the own workshop; for a super administrator the one
  // that has it, or not_found.
  Awaitable<Result<WorkshopId>> workshop_for(Principal principal, std::string device_id);
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
  // Moves a device that nobody has claimed into the workshop of the transaction, without
  // its code. QueryFailed (42501) unless `by` is a super administrator.
  static Awaitable<std::pair<ClaimOutcome, DeviceKey>> place(postgres::Transaction& tx, std::string device_id,
                                                             UserId by);
  // Empty when the id is taken.
  static Awaitable<std::optional<DeviceKey>> add(postgres::Transaction& tx, WorkshopId workshop, NewDevice device);
  // Of the workshop's devices that no factory made: how many have never reported. Others
  // that ask wait until the transaction has ended.
  static Awaitable<std::int64_t> lock_and_count_never_seen(postgres::Transaction& tx, WorkshopId workshop);
  static Awaitable<bool> workshop_exists(postgres::Transaction& tx, WorkshopId workshop);
  static Awaitable<FoundPit> find_or_add_pit(postgres::Transaction& tx, WorkshopId workshop, int number);
  // What is empty stays as it was.
  static Awaitable<> set_camera(postgres::Transaction& tx, PitId pit, std::optional<std::string> model,
                                std::optional<std::string> ip, std::optional<std::string> sealed_url);
  // When the device or the pit last got or lost the other; empty: never.
  static Awaitable<std::optional<Timestamp>> last_change_of_place(postgres::Transaction& tx, DeviceKey device,
                                                                  PitId pit);
  static Awaitable<> calibrate(postgres::Transaction& tx, DeviceKey device, int temperature_offset_centi,
                               int humidity_offset_centi, Timestamp at);
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
