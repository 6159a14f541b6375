#include "pits/pit_service.h"

#include "api/refusals.h"
#include "audit/audit_log.h"
#include "pitview/json/write.h"

namespace pitview::pits {

struct AuditedPit {
  int pit_number = 0;
  std::string name;
  std::string status;
};
BOOST_DESCRIBE_STRUCT(AuditedPit, (), (pit_number, name, status))

namespace {

constexpr std::string_view kOneNumberEach = "pits_workshop_id_pit_number_key";

Error no_such_pit() { return {Errc::not_found, "There is no such pit.", {}, 0}; }
Error number_taken() { return {Errc::conflict, "Another pit has this number.", {{"pit_number", "is taken"}}, 0}; }

std::string auditable(const PitSettings& pit) { return json::write(AuditedPit{pit.pit_number, pit.name, pit.status}); }

}  // namespace

std::string seal_camera_url(const crypto::Key256& data_key, const std::string& url) {
  return crypto::seal(data_key, url, "pits.camera_rtsp_url");
}

Awaitable<Result<PitId>> PitService::create(Actor actor, NewPit pit) {
  const WorkshopId workshop = actor.principal.workshop;
  auto tx = co_await parts_.pits.begin(workshop);
  const auto made = co_await PitsRepository::insert(tx, workshop, pit.number, std::move(pit.name));
  if (!made && pit.number) co_return number_taken();
  if (!made) co_return Error{Errc::conflict, "There is no pit number left.", {}, 0};
  co_await audit::record(
      tx, workshop, actor,
      {.action = "pit.create", .subject = "pit", .subject_id = made->id.value, .after = auditable(*made)});
  co_await tx.commit();
  co_return made->id;
}

Awaitable<Result<>> PitService::change(Actor actor, PitId id, PitChange change) {
  const WorkshopId workshop = actor.principal.workshop;
  auto tx = co_await parts_.pits.begin(workshop);
  const auto before = co_await PitsRepository::lock(tx, id);
  if (!before) co_return no_such_pit();
  PitSettings after = *before;
  after.pit_number = change.number.value_or(before->pit_number);
  after.name = change.name.value_or(before->name);
  after.status = change.status.value_or(before->status);
  if (auditable(after) == auditable(*before)) co_return Done{};
  if (after.status == "disabled" && before->status != "disabled" && co_await PitsRepository::has_open_job(tx, id))
    co_return Error{Errc::conflict, "A job is waiting or running at this pit. Complete or cancel it first.", {}, 0};
  try {
    co_await PitsRepository::save(tx, after);
  } catch (const postgres::QueryFailed& e) {
    if (!postgres::is_unique_violation(e, kOneNumberEach)) throw;
    co_return number_taken();
  }
  std::optional<devices::Told> told;
  if (after.pit_number != before->pit_number) told = co_await parts_.devices.restate_at(tx, actor, id);
  co_await audit::record(tx, workshop, actor,
                         {.action = "pit.change",
                          .subject = "pit",
                          .subject_id = id.value,
                          .before = auditable(*before),
                          .after = auditable(after)});
  co_await tx.commit();
  if (told) co_await parts_.devices.send(std::move(*told));
  co_return Done{};
}

Awaitable<Result<Camera>> PitService::camera(Principal principal, PitId pit) {
  auto found = co_await parts_.pits.camera(principal.workshop, pit);
  if (!found) co_return no_such_pit();
  co_return std::move(*found);
}

Awaitable<Result<Camera>> PitService::set_camera(Actor actor, PitId pit, NewCamera camera) {
  Result<CameraAddress> address = address_of(camera);
  if (!address) co_return std::move(address).error();
  Camera shown{.pit_id = pit, .has_camera = true, .model = std::move(camera.model), .ip = std::move(address->ip)};
  co_return co_await store_camera(std::move(actor), pit, "pit.camera", std::move(shown),
                                  seal_camera_url(parts_.data_key, address->url));
}

Awaitable<Result<>> PitService::remove_camera(Actor actor, PitId pit) {
  Result<Camera> removed =
      co_await store_camera(std::move(actor), pit, "pit.camera_remove", {.pit_id = pit}, std::nullopt);
  if (!removed) co_return std::move(removed).error();
  co_return Done{};
}

Result<CameraAddress> PitService::address_of(const NewCamera& camera) const {
  if (!camera.url && !camera.ip) return api::invalid("rtsp_url", "is required where there is no ip");
  if (!camera.url) return usual_camera_address(*camera.ip, "ip", parts_.networks);
  Result<CameraAddress> address = read_camera_url(*camera.url, parts_.networks);
  if (address && camera.ip && *camera.ip != address->ip) return api::invalid("ip", "is another one than in rtsp_url");
  return address;
}

Awaitable<Result<Camera>> PitService::store_camera(Actor actor, PitId pit, std::string action, Camera camera,
                                                   std::optional<std::string> sealed_url) {
  const WorkshopId workshop = actor.principal.workshop;
  auto before = co_await parts_.pits.camera(workshop, pit);
  if (!before) co_return no_such_pit();
  auto tx = co_await parts_.pits.begin(workshop);
  co_await PitsRepository::lock(tx, pit);
  co_await PitsRepository::set_camera(tx, pit, camera.model, camera.ip, std::move(sealed_url));
  audit::Entry entry{.action = std::move(action),
                     .subject = "pit",
                     .subject_id = pit.value,
                     .before = json::write(*before),
                     .after = json::write(camera)};
  co_await audit::record(tx, workshop, actor, std::move(entry));
  co_await tx.commit();
  co_return camera;
}

}  // namespace pitview::pits
