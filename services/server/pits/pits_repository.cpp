#include "pits/pits_repository.h"

#include <array>

namespace pitview::pits {
namespace {

using postgres::Row;
using postgres::Rows;
using postgres::Statement;
using postgres::Transaction;

// A device that has been silent this long is offline, whatever it said last (plan §13.2).
constexpr std::chrono::seconds kSilence{60};
// last_seen_at is written at most every 30 s (platform.commit_readings).
constexpr std::chrono::seconds kLastSeenLag{30};

constexpr Statement kList{"list_pits", R"sql(
  SELECT p.id, p.workshop_id, p.pit_number, p.name, p.status, p.camera_model,
         CASE WHEN p.camera_rtsp_url_sealed IS NULL THEN 'none' ELSE p.camera_status END AS camera_status,
         p.camera_since,
         d.device_id, d.status AS device_status, d.online, d.last_seen_at
  FROM pits p
  LEFT JOIN device_assignments a ON a.pit_id = p.id AND a.released_at IS NULL
  LEFT JOIN devices d ON d.id = a.device_key
  ORDER BY p.pit_number)sql"};

constexpr Statement kExists{"pit_exists", "SELECT 1 FROM pits WHERE id = $1"};

constexpr Statement kLock{"lock_pit_row", "SELECT id, pit_number, name, status FROM pits WHERE id = $1 FOR UPDATE"};

// One at a time in a workshop, so that two new pits do not take the same number.
constexpr Statement kLockWorkshop{"lock_workshop_pits", "SELECT pg_advisory_xact_lock(hashtext('pits'), $1::integer)"};

constexpr Statement kInsert{"insert_pit", R"sql(
  INSERT INTO pits (workshop_id, pit_number, name)
  SELECT $1, n, coalesce($3::text, 'Pit ' || n)
  FROM (SELECT coalesce($2::integer, (SELECT coalesce(max(pit_number), 0) + 1 FROM pits)) AS n) next
  WHERE n <= 999
  ON CONFLICT (workshop_id, pit_number) DO NOTHING
  RETURNING id, pit_number, name, status)sql"};

constexpr Statement kSave{"save_pit", "UPDATE pits SET pit_number = $2, name = $3, status = $4 WHERE id = $1"};

constexpr Statement kOpenJobs{"open_jobs_at_pit", R"sql(
  SELECT 1 FROM jobs WHERE pit_id = $1 AND status IN ('waiting', 'in_progress', 'on_hold', 'quality_check') LIMIT 1)sql"};

constexpr Statement kFindCamera{"find_camera", R"sql(
  SELECT id, camera_model, host(camera_ip) AS camera_ip, camera_rtsp_url_sealed IS NOT NULL AS has_camera
  FROM pits WHERE id = $1)sql"};

constexpr Statement kSetCamera{"set_camera", R"sql(
  UPDATE pits SET camera_model = $2, camera_ip = $3::inet, camera_rtsp_url_sealed = $4 WHERE id = $1)sql"};

constexpr Statement kPermittedPits{"permitted_pits", "SELECT pit_id FROM staff_pit_permissions WHERE user_id = $1"};

constexpr Statement kCustomerJobs{"jobs_of_customer", R"sql(
  SELECT id, pit_id, actual_start_time, status IN ('in_progress', 'on_hold', 'quality_check') AS running
  FROM jobs WHERE customer_id = $1 AND customer_access_ends(status, actual_end_time, updated_at) > now())sql"};

constexpr std::array kStatements = {kList,     kExists,     kLock,      kLockWorkshop,  kInsert,      kSave,
                                    kOpenJobs, kFindCamera, kSetCamera, kPermittedPits, kCustomerJobs};

std::optional<PitDevice> device_of(const Row& row, Timestamp now) {
  auto device_id = row.get<std::optional<std::string>>("device_id");
  if (!device_id) return std::nullopt;
  PitDevice device{.device_id = std::move(device_id),
                   .status = "unknown",
                   .last_seen = row.get<std::optional<Timestamp>>("last_seen_at")};
  const bool recent = device.last_seen && *device.last_seen + kSilence + kLastSeenLag > now;
  if (row.get<std::string>("device_status") == "disabled") {
    device.status = "disabled";
  } else if (device.last_seen) {
    device.status = row.get<bool>("online") && recent ? "online" : "offline";
  }
  return device;
}

PitSettings settings_of(const Row& row) {
  return {.id = row.get<PitId>("id"),
          .pit_number = row.get<int>("pit_number"),
          .name = row.get<std::string>("name"),
          .status = row.get<std::string>("status")};
}

std::optional<PitSettings> only(const Rows& rows) {
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return settings_of(*row);
}

}  // namespace

std::span<const Statement> pit_statements() { return kStatements; }

Awaitable<std::vector<Pit>> PitsRepository::list(WorkshopId workshop, Timestamp now) {
  std::vector<Pit> pits;
  const Rows rows = co_await database_.here().read(workshop, kList);
  for (const Row row : rows)
    pits.push_back(
        {.id = row.get<PitId>("id"),
         .workshop_id = row.get<WorkshopId>("workshop_id"),
         .pit_number = row.get<int>("pit_number"),
         .name = row.get<std::string>("name"),
         .status = row.get<std::string>("status"),
         .device = device_of(row, now),
         .camera = {row.get<std::optional<std::string>>("camera_model"), row.get<std::string>("camera_status"),
                    row.get<std::optional<Timestamp>>("camera_since")}});
  co_return pits;
}

Awaitable<bool> PitsRepository::exists(WorkshopId workshop, PitId pit) {
  co_return !(co_await database_.here().read(workshop, kExists, pit)).empty();
}

Awaitable<Scope> PitsRepository::scope_of(Principal principal) {
  if (principal.sees_whole_workshop()) co_return Scope{.everything = true};
  Scope scope;
  if (principal.role == Role::operator_) {
    const Rows rows = co_await database_.here().read(principal.workshop, kPermittedPits, principal.user);
    for (const Row row : rows) scope.pits.push_back({row.get<PitId>(0)});
  } else {
    const Rows rows = co_await database_.here().read(principal.workshop, kCustomerJobs, principal.user);
    for (const Row row : rows) {
      scope.jobs.push_back(row.get<JobId>("id"));
      if (row.get<bool>("running"))
        scope.pits.push_back({row.get<PitId>("pit_id"), row.get<Timestamp>("actual_start_time")});
    }
  }
  co_return scope;
}

Awaitable<std::optional<PitSettings>> PitsRepository::insert(Transaction& tx, WorkshopId workshop,
                                                             std::optional<int> number,
                                                             std::optional<std::string> name) {
  co_await tx.query(kLockWorkshop, workshop);
  co_return only(co_await tx.query(kInsert, workshop, number, name));
}

Awaitable<std::optional<PitSettings>> PitsRepository::lock(Transaction& tx, PitId pit) {
  co_return only(co_await tx.query(kLock, pit));
}

Awaitable<> PitsRepository::save(Transaction& tx, PitSettings pit) {
  co_await tx.execute(kSave, pit.id, pit.pit_number, pit.name, pit.status);
}

Awaitable<bool> PitsRepository::has_open_job(Transaction& tx, PitId pit) {
  co_return !(co_await tx.query(kOpenJobs, pit)).empty();
}

Awaitable<std::optional<Camera>> PitsRepository::camera(WorkshopId workshop, PitId pit) {
  const auto row = (co_await database_.here().read(workshop, kFindCamera, pit)).first();
  if (!row) co_return std::nullopt;
  co_return Camera{.pit_id = row->get<PitId>("id"),
                   .has_camera = row->get<bool>("has_camera"),
                   .model = row->get<std::optional<std::string>>("camera_model"),
                   .ip = row->get<std::optional<std::string>>("camera_ip")};
}

Awaitable<> PitsRepository::set_camera(Transaction& tx, PitId pit, std::optional<std::string> model,
                                       std::optional<std::string> ip, std::optional<std::string> sealed_url) {
  std::optional<postgres::Bytes> sealed;
  if (sealed_url) sealed = postgres::Bytes(std::move(*sealed_url));
  co_await tx.execute(kSetCamera, pit, model, ip, sealed);
}

}  // namespace pitview::pits
