#include "devices/devices_repository.h"

#include <array>

#include "telemetry/licence_row.h"

namespace pitview::devices {
namespace {

using postgres::Bytes;
using postgres::Row;
using postgres::Rows;
using postgres::Statement;
using postgres::Transaction;

#define DEVICE_ROWS                                                                                              \
  "SELECT d.id, d.device_id, d.workshop_id, w.code AS workshop_code, w.subscription_status AS workshop_status, " \
  "w.status_since AS workshop_since, d.status AS device_status, d.status_reason, d.online, d.last_seen_at, "     \
  "d.fw, d.hw_rev, d.claimed_at, d.state_version, d.state_licence, d.state_reason, d.acknowledged_version, "     \
  "d.acknowledged_at, d.temperature_offset_centi, d.humidity_offset_centi, d.calibrated_at, "                    \
  "d.command_key_sealed, p.id AS pit_id, p.pit_number, a.assigned_at, s.status AS subscription_status, "         \
  "s.status_since AS subscription_since, s.expires_at AS subscription_expires_at, "                              \
  "j.actual_start_time AS job_since "                                                                            \
  "FROM devices d JOIN workshops w ON w.id = d.workshop_id "                                                     \
  "LEFT JOIN device_assignments a ON a.device_key = d.id AND a.released_at IS NULL "                             \
  "LEFT JOIN pits p ON p.id = a.pit_id LEFT JOIN subscriptions s ON s.device_key = d.id "                        \
  "LEFT JOIN jobs j ON j.workshop_id = d.workshop_id AND j.pit_id = a.pit_id "                                   \
  "AND j.status IN ('in_progress', 'on_hold', 'quality_check') "

constexpr Statement kList{"list_devices",
                          DEVICE_ROWS "WHERE $1::bigint IS NULL OR d.id < $1 ORDER BY d.id DESC LIMIT $2"};
constexpr Statement kFindById{"find_device_by_id", DEVICE_ROWS "WHERE d.device_id = $1"};
constexpr Statement kFind{"find_device", DEVICE_ROWS "WHERE d.id = $1"};
constexpr Statement kLockById{"lock_device_by_id", "SELECT id FROM devices WHERE device_id = $1 FOR UPDATE"};
constexpr Statement kLock{"lock_device", "SELECT id FROM devices WHERE id = $1 FOR UPDATE"};

#undef DEVICE_ROWS

constexpr Statement kCommands{"commands_of_device", R"sql(
  SELECT c.version, c.command, c.reason, c.sent_at, c.acknowledged_at,
         CASE WHEN c.actor_user_id IS NOT NULL THEN coalesce(u.display_name, 'PitView') END AS by
  FROM device_commands c LEFT JOIN users u ON u.id = c.actor_user_id
  WHERE c.device_key = $1 AND ($2::bigint IS NULL OR c.version < $2) ORDER BY c.version DESC LIMIT $3)sql"};
constexpr Statement kHistory{"assignments_of_device", R"sql(
  SELECT a.id, a.pit_id, p.pit_number, a.assigned_at, a.released_at
  FROM device_assignments a JOIN pits p ON p.id = a.pit_id
  WHERE a.device_key = $1 AND ($2::bigint IS NULL OR a.id < $2) ORDER BY a.id DESC LIMIT $3)sql"};

constexpr Statement kWorkshopOf{"workshop_of_device", "SELECT platform.workshop_of_device($1)"};
constexpr Statement kKnown{"known_devices", "SELECT device_id FROM platform.known_devices($1)"};
constexpr Statement kRegister{"register_batch", "SELECT platform.register_batch($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
constexpr Statement kBrokerDevices{"broker_devices", R"sql(
  SELECT device_key, device_id, device_status, mqtt_password_sealed, command_key_sealed, workshop_code, pit_number,
         state_version, state_licence, state_reason, temperature_offset_centi, humidity_offset_centi
  FROM platform.broker_devices($1))sql"};

// Sorted by the key, so that two servers cannot deadlock.
constexpr Statement kRecordReports{"record_device_reports", R"sql(
  SELECT count(*) FROM (
    SELECT platform.record_device_status(key, online <> 0, $6, nullif(version, -1), nullif(fw, ''), nullif(hw_rev, ''))
    FROM unnest($1::bigint[], $2::integer[], $3::bigint[], $4::text[], $5::text[])
         AS said(key, online, version, fw, hw_rev)
    ORDER BY key) recorded)sql"};

constexpr Statement kLockPit{"lock_pit", "SELECT 1 FROM pits WHERE id = $1 FOR UPDATE"};
constexpr Statement kDeviceAt{"device_at_pit",
                              "SELECT device_key FROM device_assignments WHERE pit_id = $1 AND released_at IS NULL"};
constexpr Statement kRunningJob{"running_job_at_pit", R"sql(
  SELECT 1 FROM jobs WHERE pit_id = $1 AND status IN ('in_progress', 'on_hold', 'quality_check') LIMIT 1)sql"};
constexpr Statement kClaim{"claim_device", "SELECT outcome, device_key FROM platform.claim_device($1, $2)"};
constexpr Statement kPlace{"place_device", "SELECT outcome, device_key FROM platform.place_device($1, $2)"};
// No row when the id is taken, in whichever workshop.
constexpr Statement kRegisterOne{"register_device", R"sql(
  INSERT INTO devices (workshop_id, device_id, license_hash, mqtt_password_sealed, command_key_sealed, claimed_at)
  VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (device_id) DO NOTHING RETURNING id)sql"};
// Of those that no factory made.
constexpr Statement kNeverSeen{"count_devices_never_seen",
                               "SELECT count(*) FROM devices WHERE batch_id IS NULL AND last_seen_at IS NULL"};
constexpr Statement kLockRegistering{"lock_registering",
                                     "SELECT pg_advisory_xact_lock(hashtext('devices'), $1::integer)"};
constexpr Statement kWorkshopExists{"workshop_exists", "SELECT 1 FROM workshops WHERE id = $1"};
constexpr Statement kAddPit{"add_pit_for_device", R"sql(
  INSERT INTO pits (workshop_id, pit_number, name) VALUES ($1, $2::integer, 'Pit ' || $2::integer)
  ON CONFLICT (workshop_id, pit_number) DO NOTHING RETURNING id)sql"};
constexpr Statement kPitByNumber{"pit_by_number", "SELECT id FROM pits WHERE pit_number = $1"};
constexpr Statement kSetPitCamera{"set_camera_of_device_pit", R"sql(
  UPDATE pits SET camera_model = coalesce($2, camera_model), camera_ip = coalesce($3::inet, camera_ip),
         camera_rtsp_url_sealed = coalesce($4, camera_rtsp_url_sealed)
  WHERE id = $1)sql"};
constexpr Statement kLastChange{"last_change_of_place", R"sql(
  SELECT max(greatest(assigned_at, released_at)) FROM device_assignments WHERE device_key = $1 OR pit_id = $2)sql"};
constexpr Statement kCalibrate{"calibrate_device", R"sql(
  UPDATE devices SET temperature_offset_centi = $2, humidity_offset_centi = $3, calibrated_at = $4 WHERE id = $1)sql"};
constexpr Statement kAssign{
    "assign_device",
    "INSERT INTO device_assignments (workshop_id, device_key, pit_id, assigned_at) VALUES ($1, $2, $3, $4)"};
constexpr Statement kRelease{
    "release_device", "UPDATE device_assignments SET released_at = $2 WHERE device_key = $1 AND released_at IS NULL"};

// As the workshop's newest one, for as long as any of its others, and as the workshop itself stands; the first gets a
// month. One that ran out says nothing of the next; where all did, the next is no way around the payment.
constexpr Statement kAddSubscription{"add_subscription", R"sql(
  INSERT INTO subscriptions (workshop_id, device_key, status, plan, monthly_fee_paise, expires_at)
  SELECT w.id, $2,
         CASE WHEN w.subscription_status IN ('suspended', 'cancelled') THEN 'suspended'
              WHEN w.subscription_status = 'expired' THEN 'expired' ELSE 'active' END,
         coalesce(newest.plan, 'basic'), coalesce(newest.monthly_fee_paise, 150000),
         coalesce(w.subscription_expires_at, (SELECT max(expires_at) FROM subscriptions WHERE status <> 'expired'),
                  now() + interval '1 month')
  FROM workshops w
  LEFT JOIN LATERAL (SELECT plan, monthly_fee_paise FROM subscriptions
                     WHERE status <> 'expired' ORDER BY id DESC LIMIT 1) newest ON true
  WHERE w.id = $1)sql"};
constexpr Statement kEndSubscription{"end_subscription",
                                     "UPDATE subscriptions SET status = 'expired' WHERE device_key = $1"};

constexpr Statement kSetStatus{"set_device_status", "UPDATE devices SET status = $2, status_reason = $3 WHERE id = $1"};
constexpr Statement kSetState{"set_device_state", R"sql(
  UPDATE devices SET state_version = state_version + 1, state_licence = $2, state_reason = $3
  WHERE id = $1 RETURNING state_version)sql"};
constexpr Statement kAddCommand{"add_device_command", R"sql(
  INSERT INTO device_commands (workshop_id, device_key, version, command, reason, actor_user_id)
  VALUES ($1, $2, $3, $4, $5, $6))sql"};
constexpr std::array kStatements = {kList,
                                    kFindById,
                                    kFind,
                                    kLockById,
                                    kLock,
                                    kCommands,
                                    kWorkshopOf,
                                    kKnown,
                                    kRegister,
                                    kBrokerDevices,
                                    kRecordReports,
                                    kLockPit,
                                    kDeviceAt,
                                    kRunningJob,
                                    kClaim,
                                    kAssign,
                                    kRelease,
                                    kAddSubscription,
                                    kEndSubscription,
                                    kSetStatus,
                                    kSetState,
                                    kAddCommand,
                                    kHistory,
                                    kPlace,
                                    kRegisterOne,
                                    kNeverSeen,
                                    kLockRegistering,
                                    kWorkshopExists,
                                    kAddPit,
                                    kPitByNumber,
                                    kSetPitCamera,
                                    kLastChange,
                                    kCalibrate};

std::optional<std::string> bytes_of(const Row& row, std::string_view column) {
  auto bytes = row.get<std::optional<Bytes>>(column);
  if (!bytes) return std::nullopt;
  return std::move(bytes->data);
}

StoredDevice device_of(const Row& row) {
  return {.key = row.get<DeviceKey>("id"),
          .shown = {.device_id = row.get<std::string>("device_id"),
                    .workshop_id = row.get<WorkshopId>("workshop_id"),
                    .pit_id = row.get<std::optional<PitId>>("pit_id"),
                    .pit_number = row.get<std::optional<int>>("pit_number"),
                    .status = row.get<std::string>("device_status"),
                    .status_reason = row.get<std::string>("status_reason"),
                    .licence = row.get<std::string>("state_licence"),
                    .licence_reason = row.get<std::string>("state_reason"),
                    .online = row.get<bool>("online"),
                    .last_seen = row.get<std::optional<Timestamp>>("last_seen_at"),
                    .fw = row.get<std::optional<std::string>>("fw"),
                    .hw_rev = row.get<std::optional<std::string>>("hw_rev"),
                    .claimed_at = row.get<std::optional<Timestamp>>("claimed_at"),
                    .state_version = row.get<std::int64_t>("state_version"),
                    .acknowledged_version = row.get<std::int64_t>("acknowledged_version"),
                    .acknowledged_at = row.get<std::optional<Timestamp>>("acknowledged_at"),
                    .temperature_offset_centi = row.get<int>("temperature_offset_centi"),
                    .humidity_offset_centi = row.get<int>("humidity_offset_centi"),
                    .calibrated_at = row.get<std::optional<Timestamp>>("calibrated_at")},
          .workshop_code = row.get<std::string>("workshop_code"),
          .licence = telemetry::licence_state_of(row),
          .command_key_sealed = bytes_of(row, "command_key_sealed"),
          .assigned_at = row.get<std::optional<Timestamp>>("assigned_at")};
}

std::optional<StoredDevice> only(const Rows& rows) {
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return device_of(*row);
}

BrokerDevice broker_device_of(const Row& row) {
  return {.key = row.get<DeviceKey>("device_key"),
          .device_id = row.get<std::string>("device_id"),
          .retired = row.get<std::string>("device_status") == "retired",
          .mqtt_password_sealed = row.get<Bytes>("mqtt_password_sealed").data,
          .command_key_sealed = bytes_of(row, "command_key_sealed"),
          .workshop_code = row.get<std::string>("workshop_code"),
          .pit_number = row.get<std::optional<int>>("pit_number"),
          .state = {.version = row.get<std::int64_t>("state_version"),
                    .licence = row.get<std::string>("state_licence"),
                    .reason = row.get<std::string>("state_reason"),
                    .workshop_code = row.get<std::string>("workshop_code"),
                    .pit_number = row.get<std::optional<int>>("pit_number").value_or(0),
                    .temperature_offset_centi = row.get<int>("temperature_offset_centi"),
                    .humidity_offset_centi = row.get<int>("humidity_offset_centi")}};
}

ClaimOutcome outcome_of(std::string_view text) {
  if (text == "claimed") return ClaimOutcome::claimed;
  if (text == "used") return ClaimOutcome::used;
  return text == "expired" ? ClaimOutcome::expired : ClaimOutcome::invalid;
}

}  // namespace

bool is_at_work(const StoredDevice& device) {
  constexpr WorkshopId kPlatform(1);  // whose devices nobody has claimed
  return device.licence.device != DeviceStatus::retired && device.shown.workshop_id != kPlatform;
}

std::span<const Statement> device_statements() { return kStatements; }

Awaitable<std::vector<StoredDevice>> DevicesRepository::list(WorkshopId workshop, std::optional<DeviceKey> before,
                                                             int limit) {
  std::vector<StoredDevice> devices;
  const Rows rows = co_await database_.here().read(workshop, kList, before, limit);
  for (const Row row : rows) devices.push_back(device_of(row));
  co_return devices;
}

Awaitable<std::optional<StoredDevice>> DevicesRepository::find(WorkshopId workshop, std::string device_id) {
  co_return only(co_await database_.here().read(workshop, kFindById, device_id));
}

Awaitable<std::optional<StoredDevice>> DevicesRepository::find(WorkshopId workshop, DeviceKey device) {
  co_return only(co_await database_.here().read(workshop, kFind, device));
}

Awaitable<std::vector<DeviceCommand>> DevicesRepository::commands(WorkshopId workshop, DeviceKey device,
                                                                  std::optional<std::int64_t> before, int limit) {
  std::vector<DeviceCommand> commands;
  const Rows rows = co_await database_.here().read(workshop, kCommands, device, before, limit);
  for (const Row row : rows)
    commands.push_back({.version = row.get<std::int64_t>("version"),
                        .command = row.get<std::string>("command"),
                        .reason = row.get<std::string>("reason"),
                        .sent_at = row.get<Timestamp>("sent_at"),
                        .acknowledged_at = row.get<std::optional<Timestamp>>("acknowledged_at"),
                        .by = row.get<std::optional<std::string>>("by")});
  co_return commands;
}

Awaitable<std::vector<StoredAssignment>> DevicesRepository::history(WorkshopId workshop, DeviceKey device,
                                                                    std::optional<std::int64_t> before, int limit) {
  std::vector<StoredAssignment> history;
  const Rows rows = co_await database_.here().read(workshop, kHistory, device, before, limit);
  for (const Row row : rows)
    history.push_back({.id = row.get<std::int64_t>("id"),
                       .shown = {.pit_id = row.get<PitId>("pit_id"),
                                 .pit_number = row.get<int>("pit_number"),
                                 .assigned_at = row.get<Timestamp>("assigned_at"),
                                 .released_at = row.get<std::optional<Timestamp>>("released_at")}});
  co_return history;
}

Awaitable<std::optional<WorkshopId>> DevicesRepository::workshop_of(std::string device_id) {
  const Rows rows = co_await database_.here().read_platform(kWorkshopOf, device_id);
  co_return rows[0].get<std::optional<WorkshopId>>(0);
}

Awaitable<Result<WorkshopId>> DevicesRepository::workshop_for(Principal principal, std::string device_id) {
  if (principal.role != Role::super_admin) co_return principal.workshop;
  const auto workshop = co_await workshop_of(std::move(device_id));
  if (!workshop) co_return no_such_device();
  co_return *workshop;
}

Awaitable<std::vector<std::string>> DevicesRepository::known_of(std::vector<std::string> device_ids) {
  std::vector<std::string> known;
  const Rows rows = co_await database_.here().read_platform(kKnown, device_ids);
  for (const Row row : rows) known.push_back(row.get<std::string>(0));
  co_return known;
}

Awaitable<std::int64_t> DevicesRepository::register_batch(NewBatch batch) {
  auto tx = co_await database_.here().begin_platform();
  const Rows rows = co_await tx.query(kRegister, batch.name, batch.hw_rev, batch.claim_expires_at, batch.registered_by,
                                      batch.device_ids, batch.license_hashes, batch.mqtt_passwords_sealed,
                                      batch.command_keys_sealed, batch.claim_code_hashes);
  co_await tx.commit();
  co_return rows[0].get<std::int64_t>(0);
}

Awaitable<std::vector<BrokerDevice>> DevicesRepository::broker_devices(std::optional<DeviceKey> only_this) {
  std::vector<BrokerDevice> devices;
  const Rows rows = co_await database_.here().read_platform(kBrokerDevices, only_this);
  for (const Row row : rows) devices.push_back(broker_device_of(row));
  co_return devices;
}

Awaitable<> DevicesRepository::record_reports(const std::vector<DeviceReport>& reports, Timestamp now) {
  std::vector<DeviceKey> keys;
  std::vector<int> online;
  std::vector<std::int64_t> versions;
  std::vector<std::string> firmware, hardware;
  for (const DeviceReport& report : reports) {
    keys.push_back(report.device);
    online.push_back(report.said.status == "offline" ? 0 : 1);
    versions.push_back(report.said.state_version.value_or(-1));
    firmware.push_back(report.said.fw.value_or(""));
    hardware.push_back(report.said.hw_rev.value_or(""));
  }
  auto tx = co_await database_.here().begin_platform();
  co_await tx.query(kRecordReports, keys, online, versions, firmware, hardware, now);
  co_await tx.commit();
}

// Locked first and read then: with the joins in one statement the joined tables
// would be those of before the wait for the lock.
Awaitable<std::optional<StoredDevice>> DevicesRepository::lock(Transaction& tx, DeviceKey device) {
  if ((co_await tx.query(kLock, device)).empty()) co_return std::nullopt;
  co_return only(co_await tx.query(kFind, device));
}

Awaitable<std::optional<StoredDevice>> DevicesRepository::lock(Transaction& tx, std::string device_id) {
  const auto row = (co_await tx.query(kLockById, device_id)).first();
  if (!row) co_return std::nullopt;
  co_return only(co_await tx.query(kFind, row->get<DeviceKey>(0)));
}

Awaitable<bool> DevicesRepository::lock_pit(Transaction& tx, PitId pit) {
  co_return !(co_await tx.query(kLockPit, pit)).empty();
}

Awaitable<std::optional<DeviceKey>> DevicesRepository::device_at(Transaction& tx, PitId pit) {
  const auto row = (co_await tx.query(kDeviceAt, pit)).first();
  if (!row) co_return std::nullopt;
  co_return row->get<DeviceKey>(0);
}

Awaitable<bool> DevicesRepository::has_running_job(Transaction& tx, PitId pit) {
  co_return !(co_await tx.query(kRunningJob, pit)).empty();
}

Awaitable<std::pair<ClaimOutcome, DeviceKey>> DevicesRepository::claim(Transaction& tx, std::string device_id,
                                                                       crypto::Sha256 code_hash) {
  const Rows rows = co_await tx.query(kClaim, device_id, Bytes(code_hash));
  co_return std::pair(outcome_of(rows[0].get<std::string>("outcome")),
                      rows[0].get<std::optional<DeviceKey>>("device_key").value_or(DeviceKey()));
}

Awaitable<std::pair<ClaimOutcome, DeviceKey>> DevicesRepository::place(Transaction& tx, std::string device_id,
                                                                       UserId by) {
  const Rows rows = co_await tx.query(kPlace, device_id, by);
  co_return std::pair(outcome_of(rows[0].get<std::string>("outcome")),
                      rows[0].get<std::optional<DeviceKey>>("device_key").value_or(DeviceKey()));
}

Awaitable<std::optional<DeviceKey>> DevicesRepository::add(Transaction& tx, WorkshopId workshop, NewDevice device) {
  const auto row = (co_await tx.query(kRegisterOne, workshop, device.device_id, Bytes(device.license_hash),
                                      Bytes(std::move(device.mqtt_password_sealed)),
                                      Bytes(std::move(device.command_key_sealed)), device.at))
                       .first();
  if (!row) co_return std::nullopt;
  co_return row->get<DeviceKey>(0);
}

Awaitable<std::int64_t> DevicesRepository::lock_and_count_never_seen(Transaction& tx, WorkshopId workshop) {
  co_await tx.query(kLockRegistering, workshop);
  co_return (co_await tx.query(kNeverSeen))[0].get<std::int64_t>(0);
}

Awaitable<bool> DevicesRepository::workshop_exists(Transaction& tx, WorkshopId workshop) {
  co_return !(co_await tx.query(kWorkshopExists, workshop)).empty();
}

Awaitable<FoundPit> DevicesRepository::find_or_add_pit(Transaction& tx, WorkshopId workshop, int number) {
  const auto made = (co_await tx.query(kAddPit, workshop, number)).first();
  if (made) co_return FoundPit{made->get<PitId>(0), true};
  co_return FoundPit{(co_await tx.query(kPitByNumber, number))[0].get<PitId>(0), false};
}

Awaitable<> DevicesRepository::set_camera(Transaction& tx, PitId pit, std::optional<std::string> model,
                                          std::optional<std::string> ip, std::optional<std::string> sealed_url) {
  std::optional<Bytes> sealed;
  if (sealed_url) sealed = Bytes(std::move(*sealed_url));
  co_await tx.execute(kSetPitCamera, pit, model, ip, sealed);
}

Awaitable<std::optional<Timestamp>> DevicesRepository::last_change_of_place(Transaction& tx, DeviceKey device,
                                                                            PitId pit) {
  co_return (co_await tx.query(kLastChange, device, pit))[0].get<std::optional<Timestamp>>(0);
}

Awaitable<> DevicesRepository::calibrate(Transaction& tx, DeviceKey device, int temperature_offset_centi,
                                         int humidity_offset_centi, Timestamp at) {
  co_await tx.execute(kCalibrate, device, temperature_offset_centi, humidity_offset_centi, at);
}

Awaitable<> DevicesRepository::assign(Transaction& tx, WorkshopId workshop, DeviceKey device, PitId pit, Timestamp at) {
  co_await tx.execute(kAssign, workshop, device, pit, at);
}

Awaitable<> DevicesRepository::release(Transaction& tx, DeviceKey device, Timestamp at) {
  co_await tx.execute(kRelease, device, at);
}

Awaitable<> DevicesRepository::add_subscription(Transaction& tx, WorkshopId workshop, DeviceKey device) {
  co_await tx.execute(kAddSubscription, workshop, device);
}

Awaitable<> DevicesRepository::end_subscription(Transaction& tx, DeviceKey device) {
  co_await tx.execute(kEndSubscription, device);
}

Awaitable<> DevicesRepository::set_status(Transaction& tx, DeviceKey device, std::string status, std::string reason) {
  co_await tx.execute(kSetStatus, device, status, reason);
}

Awaitable<std::int64_t> DevicesRepository::set_state(Transaction& tx, DeviceKey device, Licence licence,
                                                     std::string reason) {
  const Rows rows = co_await tx.query(kSetState, device, name_of(licence), reason);
  co_return rows[0].get<std::int64_t>(0);
}

Awaitable<> DevicesRepository::add_command(Transaction& tx, WorkshopId workshop, DeviceKey device,
                                           const Command& command, std::optional<UserId> actor) {
  co_await tx.execute(kAddCommand, workshop, device, command.id, command.command, command.reason, actor);
}

}  // namespace pitview::devices
