#include "demo/demo_setup.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "auth/password.h"
#include "demo/demo_data.h"
#include "demo/demo_files.h"
#include "devices/device_secrets.h"
#include "pitview/base/crypto.h"
#include "pitview/config/config.h"
#include "pitview/postgres/blocking_connection.h"

namespace pitview::demo {
namespace {

using postgres::BlockingConnection;
using postgres::Bytes;

std::string text(std::string_view view) { return std::string(view); }

// The rows of a workshop without its secrets; returns what is there if it is there.
class WorkshopWriter {
 public:
  WorkshopWriter(BlockingConnection& db, const DemoWorkshop& data) : db_(db), data_(data) {}

  WorkshopId find_or_create() {
    const auto known = db_.query("SELECT id FROM workshops WHERE code = $1", data_.code).first();
    if (known) return workshop_ = known->get<WorkshopId>(0);
    workshop_ = db_.query(
                       "INSERT INTO workshops (code, name, address, phone, subscription_status) "
                       "VALUES ($1, $2, $3, $4, 'active') RETURNING id",
                       data_.code, data_.name, data_.address, data_.phone)[0]
                    .get<WorkshopId>(0);
    for (const DemoUser& user : data_.users) add_user(user);
    for (const DemoPit& pit : data_.pits) add_pit(pit);
    db_.query("SELECT platform.add_default_work_types($1)", workshop_);
    for (const DemoJob& job : data_.jobs) add_job(job);
    return workshop_;
  }

 private:
  void add_user(const DemoUser& user) {
    // Nobody knows this password; issue_secrets() gives one that somebody does.
    const auto id = db_.query(
                           "INSERT INTO users (workshop_id, username, display_name, role, password_hash) "
                           "VALUES ($1, $2, $3, $4, 'none') RETURNING id",
                           workshop_, user.username, user.name, user.role)[0]
                        .get<UserId>(0);
    if (user.role == "owner") db_.query("UPDATE workshops SET owner_id = $2 WHERE id = $1", workshop_, id);
  }

  void add_pit(const DemoPit& pit) {
    const auto id = db_.query(
                           "INSERT INTO pits (workshop_id, pit_number, name, camera_model) "
                           "VALUES ($1, $2, $3, 'Simulated camera') RETURNING id",
                           workshop_, pit.number, "Pit " + std::to_string(pit.number))[0]
                        .get<PitId>(0);
    const auto device = db_.query(
                               "INSERT INTO devices (workshop_id, device_id, license_hash, claimed_at, state_licence) "
                               "VALUES ($1, $2, $3, now(), 'enabled') RETURNING id",
                               workshop_, device_id_of(data_, pit), Bytes(crypto::random_bytes(32)))[0]
                            .get<DeviceKey>(0);
    db_.query(
        "INSERT INTO device_assignments (workshop_id, device_key, pit_id, assigned_at) "
        "VALUES ($1, $2, $3, now() - interval '1 day')",
        workshop_, device, id);
    db_.query(
        "INSERT INTO subscriptions (workshop_id, device_key, plan, monthly_fee_paise, expires_at) "
        "VALUES ($1, $2, 'standard', 150000, now() + interval '10 years')",
        workshop_, device);
    // The one operator of the demo works at the first pit only.
    if (pit.number == 1)
      db_.query(
          "INSERT INTO staff_pit_permissions (workshop_id, user_id, pit_id) "
          "SELECT workshop_id, id, $2 FROM users WHERE workshop_id = $1 AND role = 'operator'",
          workshop_, id);
  }

  void add_job(const DemoJob& job) {
    const auto id = db_.query(R"sql(
        INSERT INTO jobs (workshop_id, pit_id, customer_id, customer_name, car_model, car_plate, work_type, status,
                          estimated_duration_minutes, actual_start_time, estimated_end_time)
        SELECT $1, p.id, u.id, u.display_name, $4, $5, t.name, 'in_progress', t.default_minutes,
               now() - make_interval(mins => $7), now() - make_interval(mins => $7) + make_interval(mins => t.default_minutes)
        FROM pits p, users u, work_type_templates t
        WHERE p.workshop_id = $1 AND p.pit_number = $2 AND u.workshop_id = $1 AND u.username = $3
          AND t.workshop_id = $1 AND t.name = $6
        RETURNING id)sql",
                              workshop_, job.pit_number, job.customer, job.car, job.plate, job.work_type,
                              job.started_minutes_ago)[0]
                        .get<JobId>(0);
    // Finished stages share the time that has passed evenly; the present one began when they ended.
    db_.query(R"sql(
        INSERT INTO job_stages (workshop_id, job_id, position, name, weight, sentence, temperature_min,
                                temperature_max, humidity_min, humidity_max, dew_margin_min, aqi_max,
                                started_at, finished_at)
        SELECT s.workshop_id, j.id, s.position, s.name, s.weight, s.sentence, t.temperature_min, t.temperature_max,
               t.humidity_min, t.humidity_max, t.dew_margin_min, t.aqi_max,
               CASE WHEN s.position <= $3 THEN j.actual_start_time + (s.position - 1) * share END,
               CASE WHEN s.position < $3 THEN j.actual_start_time + s.position * share END
        FROM jobs j
        JOIN work_type_templates t ON t.workshop_id = j.workshop_id AND t.name = j.work_type
        JOIN template_stages s ON s.template_id = t.id,
        LATERAL (SELECT (now() - j.actual_start_time) / $3 AS share) times
        WHERE j.workshop_id = $1 AND j.id = $2)sql",
              workshop_, id, job.stage);
    db_.query("INSERT INTO job_staff (workshop_id, job_id, user_id) SELECT $1, $2, id FROM users WHERE username = $3",
              workshop_, id, job.staff);
  }

  BlockingConnection& db_;
  const DemoWorkshop& data_;
  WorkshopId workshop_;
};

IssuedLogin issue_login(BlockingConnection& db, const DemoUser& user, std::string_view workshop_code) {
  IssuedLogin login{.role = text(user.role),
                    .username = text(user.username),
                    .password = auth::make_temporary_password(),
                    .page = user.role == "customer" ? "/" : "/app",
                    .workshop_code = text(workshop_code)};
  db.query("UPDATE users SET password_hash = $2 WHERE username = $1", login.username,
           auth::hash_password(login.password));
  return login;
}

// As if the factory had made it anew (devices/batch_service.h).
IssuedDevice issue_device(BlockingConnection& db, const DemoWorkshop& data, WorkshopId workshop, const DemoPit& pit,
                          const crypto::Key256& data_key) {
  const devices::DeviceSecrets secrets = devices::make_device_secrets();
  IssuedDevice device{.device_id = device_id_of(data, pit),
                      .license_key = secrets.license_key,
                      .mqtt_username = device_id_of(data, pit),
                      .mqtt_password = secrets.mqtt_password,
                      .command_key = crypto::to_hex(secrets.command_key),
                      .workshop_code = text(data.code),
                      .pit_number = pit.number,
                      .car = text(pit.car),
                      .colour = text(pit.colour)};
  db.query(
      "UPDATE devices SET license_hash = $2, mqtt_password_sealed = $3, command_key_sealed = $4, "
      "claimed_at = coalesce(claimed_at, now()) WHERE device_id = $1",
      device.device_id, Bytes(crypto::sha256(device.license_key)),
      Bytes(devices::seal_mqtt_password(data_key, device.device_id, secrets.mqtt_password)),
      Bytes(devices::seal_command_key(data_key, device.device_id, secrets.command_key)));
  device.pit_id =
      db.query("SELECT id FROM pits WHERE workshop_id = $1 AND pit_number = $2", workshop, pit.number)[0].get<PitId>(0);
  return device;
}

// All new, because nobody can read the old ones: passwords and licence keys are
// hashes in the database. The broker learns of them when the server starts.
IssuedWorkshop issue_secrets(BlockingConnection& db, const DemoWorkshop& data, WorkshopId workshop,
                             const crypto::Key256& data_key) {
  IssuedWorkshop issued{.id = workshop, .code = text(data.code), .name = text(data.name)};
  for (const DemoUser& user : data.users) issued.logins.push_back(issue_login(db, user, data.code));
  for (const DemoPit& pit : data.pits) issued.devices.push_back(issue_device(db, data, workshop, pit, data_key));
  return issued;
}

// True when the platform's administrator was missing.
bool create_platform_user(BlockingConnection& db) {
  return !db.query(
                "INSERT INTO users (workshop_id, username, display_name, role, password_hash) "
                "SELECT id, $2, $3, $4, 'none' FROM workshops WHERE code = $1 ON CONFLICT DO NOTHING RETURNING id",
                kPlatformCode, kPlatformUser.username, kPlatformUser.name, kPlatformUser.role)
              .empty();
}

void store_camera_addresses(BlockingConnection& db, const crypto::Key256& key, const DemoWorkshop& data,
                            WorkshopId workshop, int rtsp_port) {
  for (const DemoPit& pit : data.pits) {
    const std::string url = "rtsp://127.0.0.1:" + std::to_string(rtsp_port) + camera_path(data.code, pit.number);
    db.query("UPDATE pits SET camera_rtsp_url_sealed = $3 WHERE workshop_id = $1 AND pit_number = $2", workshop,
             pit.number, Bytes(crypto::seal(key, url, "pits.camera_rtsp_url")));
  }
}

// A demo that was left alone for a day would show cars that are 20 hours late.
void refresh_overdue_jobs(BlockingConnection& db, WorkshopId workshop) {
  db.query(R"sql(
    WITH late AS (
      SELECT id, now() + interval '2 hours' - estimated_end_time AS by FROM jobs
      WHERE workshop_id = $1 AND status IN ('in_progress', 'on_hold', 'quality_check')
        AND estimated_end_time < now() - interval '1 hour'
    ), stages AS (
      UPDATE job_stages s SET started_at = started_at + late.by, finished_at = finished_at + late.by
      FROM late WHERE s.job_id = late.id)
    UPDATE jobs j SET actual_start_time = actual_start_time + late.by, estimated_end_time = estimated_end_time + late.by,
           updated_at = now()
    FROM late WHERE j.id = late.id)sql",
           workshop);
}

}  // namespace

void set_up(const app::Config& config, const Options& options) {
  if (config.database.owner_url == "-") throw std::runtime_error("demo-setup needs database.owner_url");
  BlockingConnection db(config.database.owner_url, "pitview-demo-setup");
  const crypto::Key256 key = config::load_key(config.encryption.key_file);
  const auto count = static_cast<std::size_t>(std::clamp<int>(options.workshops, 1, kWorkshops.size()));

  std::vector<IssuedWorkshop> issued;
  // Devices of a demo that is older than broker accounts have none.
  bool created = create_platform_user(db) ||
                 !db.query("SELECT 1 FROM devices WHERE workshop_id <> 1 AND mqtt_password_sealed IS NULL").empty();
  for (const DemoWorkshop& data : std::span(kWorkshops).first(count)) {
    created = created || db.query("SELECT 1 FROM workshops WHERE code = $1", data.code).empty();
    db.run_script("BEGIN");
    const WorkshopId workshop = WorkshopWriter(db, data).find_or_create();
    store_camera_addresses(db, key, data, workshop, options.rtsp_port);
    refresh_overdue_jobs(db, workshop);
    db.run_script("COMMIT");
  }
  if (!created && files_are_complete(options.output, count)) return;

  issued.push_back({.id = WorkshopId(1),
                    .code = text(kPlatformCode),
                    .name = text(kPlatformUser.name),
                    .logins = {issue_login(db, kPlatformUser, kPlatformCode)}});
  for (const DemoWorkshop& data : std::span(kWorkshops).first(count)) {
    const auto workshop = db.query("SELECT id FROM workshops WHERE code = $1", data.code)[0].get<WorkshopId>(0);
    issued.push_back(issue_secrets(db, data, workshop, key));
  }
  write_files(options.output, issued, config, options.rtsp_port);
}

}  // namespace pitview::demo
