#include "devices/device_endpoints.h"

#include "api/paging.h"
#include "api/refusals.h"
#include "devices/device_rules.h"
#include "pitview/json/types.h"

namespace pitview::devices {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct DevicePath {
  std::string device_id;
};
BOOST_DESCRIBE_STRUCT(DevicePath, (), (device_id))

struct DeviceQuery {
  std::optional<WorkshopId> workshop_id;
  std::optional<DeviceKey> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(DeviceQuery, (), (workshop_id, cursor, limit))

struct DevicePageQuery {
  std::optional<json::Int<1, INT64_MAX>> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(DevicePageQuery, (), (cursor, limit))

struct DeviceDetail : Device {
  std::vector<DeviceCommand> commands;
};
BOOST_DESCRIBE_STRUCT(DeviceDetail, (Device), (commands))

struct DeviceClaim {
  json::Text<1, 64> device_id;
  json::Secret<1, 40> claim_code;
  PitId pit_id;
  std::optional<bool> replace;
};
BOOST_DESCRIBE_STRUCT(DeviceClaim, (), (device_id, claim_code, pit_id, replace))

struct DeviceClaimed {
  Device device;
  std::optional<std::string> replaced;
};
BOOST_DESCRIBE_STRUCT(DeviceClaimed, (), (device, replaced))

struct DeviceRegistration {
  json::Text<1, 64> device_id;
  json::Int<1, 999> pit_number;
  std::optional<json::Text<7, 15>> camera_ip;
  std::optional<json::Text<1, 100>> camera_model;
  std::optional<WorkshopId> workshop_id;
};
BOOST_DESCRIBE_STRUCT(DeviceRegistration, (), (device_id, pit_number, camera_ip, camera_model, workshop_id))

struct DeviceMove {
  PitId pit_id;
};
BOOST_DESCRIBE_STRUCT(DeviceMove, (), (pit_id))

struct DeviceCalibration {
  std::optional<json::Int<-2000, 2000>> temperature_offset_centi;
  std::optional<json::Int<-5000, 5000>> humidity_offset_centi;
};
BOOST_DESCRIBE_STRUCT(DeviceCalibration, (), (temperature_offset_centi, humidity_offset_centi))

struct DeviceRetirement {
  std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(DeviceRetirement, (), (reason))

BOOST_DEFINE_ENUM_CLASS(DeviceSwitch, active, disabled)

struct DeviceStatusChange {
  DeviceSwitch status = DeviceSwitch::active;
  std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(DeviceStatusChange, (), (status, reason))

struct DeviceStatusChanged {
  std::string device_id;
  std::string status;
  bool command_sent = false;
  std::int64_t state_version = 0;
};
BOOST_DESCRIBE_STRUCT(DeviceStatusChanged, (), (device_id, status, command_sent, state_version))

struct FactoryBatch {
  json::Text<1, 100> name;
  json::Text<1, 16> hw_rev;
  std::vector<std::string> devices;
  std::optional<json::Int<1, 1095>> claim_days;
};
BOOST_DESCRIBE_STRUCT(FactoryBatch, (), (name, hw_rev, devices, claim_days))

namespace {

constexpr std::size_t kMaxBatch = 500;
constexpr int kClaimDays = 365;
constexpr int kLatelyTold = 20;
constexpr const char* kReasonShape = "must be 0 to 64 of a-z, 0-9 and _";

template <class Wrapped>
std::optional<std::string> text_of(std::optional<Wrapped> value) {
  if (!value) return std::nullopt;
  return std::move(value->value);
}

template <class Wrapped>
std::optional<int> number_of(const std::optional<Wrapped>& value) {
  if (!value) return std::nullopt;
  return static_cast<int>(value->value);
}

std::optional<std::int64_t> cursor_of(const DevicePageQuery& query) {
  if (!query.cursor) return std::nullopt;
  return query.cursor->value;
}

class DeviceEndpoints {
 public:
  explicit DeviceEndpoints(DeviceFlows flows)
      : service_(flows.devices), changes_(flows.changes), registration_(flows.registration), batches_(flows.batches) {}

  Awaitable<Result<std::vector<Device>>> list(Caller& caller, DeviceQuery query) {
    const Result<WorkshopId> workshop = api::workshop_of(caller.principal, query.workshop_id);
    if (!workshop) co_return workshop.error();
    const int limit = api::limit_of(query.limit);
    std::vector<StoredDevice> stored = co_await service_.list(*workshop, query.cursor, limit);
    if (static_cast<int>(stored.size()) == limit) api::add_next_link(caller, stored.back().key.value);
    std::vector<Device> devices;
    for (StoredDevice& device : stored) devices.push_back(std::move(device.shown));
    co_return devices;
  }

  Awaitable<Result<DeviceDetail>> find(Caller& caller, std::string device_id) {
    Result<StoredDevice> found = co_await service_.find(caller.principal, std::move(device_id));
    if (!found) co_return std::move(found).error();
    std::vector<DeviceCommand> commands = co_await service_.commands(*found, std::nullopt, kLatelyTold);
    co_return DeviceDetail{{std::move(found->shown)}, std::move(commands)};
  }

  Awaitable<Result<std::vector<DeviceAssignment>>> history(Caller& caller, std::string device_id,
                                                           DevicePageQuery query) {
    const Result<StoredDevice> found = co_await service_.find(caller.principal, std::move(device_id));
    if (!found) co_return found.error();
    const int limit = api::limit_of(query.limit);
    const auto stored = co_await service_.history(*found, cursor_of(query), limit);
    if (static_cast<int>(stored.size()) == limit) api::add_next_link(caller, stored.back().id);
    std::vector<DeviceAssignment> history;
    for (const StoredAssignment& assignment : stored) history.push_back(assignment.shown);
    co_return history;
  }

  Awaitable<Result<std::vector<DeviceCommand>>> commands(Caller& caller, std::string device_id, DevicePageQuery query) {
    const Result<StoredDevice> found = co_await service_.find(caller.principal, std::move(device_id));
    if (!found) co_return found.error();
    const int limit = api::limit_of(query.limit);
    std::vector<DeviceCommand> commands = co_await service_.commands(*found, cursor_of(query), limit);
    if (static_cast<int>(commands.size()) == limit) api::add_next_link(caller, commands.back().version);
    co_return commands;
  }

  Awaitable<Result<RegisteredDevice>> add(Caller& caller, DeviceRegistration body) {
    RegistrationRequest request{.device_id = std::move(body.device_id.value),
                                .pit_number = static_cast<int>(body.pit_number.value),
                                .camera_ip = text_of(std::move(body.camera_ip)),
                                .camera_model = text_of(std::move(body.camera_model)),
                                .workshop = body.workshop_id};
    Result<RegisteredDevice> added = co_await registration_.add(audit::actor_of(caller), std::move(request));
    if (!added) co_return std::move(added).error();
    caller.headers.emplace_back("Cache-Control", "no-store");
    co_return std::move(*added);
  }

  Awaitable<Result<Device>> move(Caller& caller, std::string device_id, DeviceMove body) {
    return changes_.move(audit::actor_of(caller), std::move(device_id), body.pit_id);
  }

  Awaitable<Result<Device>> calibrate(Caller& caller, std::string device_id, DeviceCalibration body) {
    const Calibration calibration{number_of(body.temperature_offset_centi), number_of(body.humidity_offset_centi)};
    return changes_.calibrate(audit::actor_of(caller), std::move(device_id), calibration);
  }

  Awaitable<Result<Device>> retire(Caller& caller, std::string device_id, DeviceRetirement body) {
    std::string reason = body.reason.value_or("retired");
    if (!is_reason(reason)) co_return api::invalid("reason", kReasonShape);
    co_return co_await changes_.retire(audit::actor_of(caller), std::move(device_id), std::move(reason));
  }

  Awaitable<Result<DeviceClaimed>> claim(Caller& caller, DeviceClaim body) {
    ClaimRequest request{body.device_id.value, body.claim_code.value, body.pit_id, body.replace.value_or(false)};
    Result<Claimed> claimed = co_await service_.claim(audit::actor_of(caller), std::move(request));
    if (!claimed) co_return std::move(claimed).error();
    co_return DeviceClaimed{std::move(claimed->device), std::move(claimed->replaced)};
  }

  Awaitable<Result<DeviceStatusChanged>> set_status(Caller& caller, std::string device_id, DeviceStatusChange body) {
    const bool disable = body.status == DeviceSwitch::disabled;
    std::string reason = body.reason.value_or(disable ? "device_disabled" : "device_enabled");
    if (!is_reason(reason)) co_return api::invalid("reason", kReasonShape);
    Result<StatusChanged> changed =
        co_await service_.set_status(audit::actor_of(caller), std::move(device_id), disable, std::move(reason));
    if (!changed) co_return std::move(changed).error();
    co_return DeviceStatusChanged{changed->device.device_id, changed->device.status, changed->command_sent,
                                  changed->device.state_version};
  }

  Awaitable<Result<DesiredState>> own_state(Caller& caller) { return service_.own_state(caller.principal); }

  Awaitable<Result<IssuedBatch>> issue(Caller& caller, FactoryBatch body) {
    if (body.devices.empty() || body.devices.size() > kMaxBatch)
      co_return api::invalid("devices", "must be 1 to 500 ids");
    const std::int64_t days = body.claim_days ? body.claim_days->value : kClaimDays;
    BatchRequest request{body.name.value, body.hw_rev.value, std::move(body.devices), std::chrono::days(days)};
    co_return co_await batches_.issue(audit::actor_of(caller), std::move(request));
  }

 private:
  DeviceService& service_;
  DeviceChanges& changes_;
  RegistrationService& registration_;
  BatchService& batches_;
};

}  // namespace

void add_device_endpoints(api::Api& api, DeviceFlows flows) {
  const auto devices = std::make_shared<DeviceEndpoints>(flows);

  api.add<Nothing, DeviceQuery, Nothing, std::vector<Device>>(
      {.method = Method::get,
       .path = "/api/devices",
       .needs = Needs(Permission::devices_read),
       .id = "list_devices",
       .summary = "The workshop's devices, the newest first",
       .tag = "devices",
       .description = "Retired ones too. The next page is in the Link header."},
      [devices](Caller& caller, auto input) { return devices->list(caller, input.query); });

  api.add<DevicePath, Nothing, Nothing, DeviceDetail>(
      {.method = Method::get,
       .path = "/api/devices/{device_id}",
       .needs = Needs(Permission::devices_read),
       .id = "get_device",
       .summary = "One device, with what it was told lately",
       .tag = "devices",
       .problems = {Errc::not_found}},
      [devices](Caller& caller, auto input) { return devices->find(caller, std::move(input.path.device_id)); });

  api.add<DevicePath, DevicePageQuery, Nothing, std::vector<DeviceAssignment>>(
      {.method = Method::get,
       .path = "/api/devices/{device_id}/history",
       .needs = Needs(Permission::devices_read),
       .id = "get_device_history",
       .summary = "The pits where the device was, the newest first",
       .tag = "devices",
       .description = "The next page is in the Link header.",
       .problems = {Errc::not_found}},
      [devices](Caller& caller, auto input) {
        return devices->history(caller, std::move(input.path.device_id), input.query);
      });

  api.add<DevicePath, DevicePageQuery, Nothing, std::vector<DeviceCommand>>(
      {.method = Method::get,
       .path = "/api/devices/{device_id}/commands",
       .needs = Needs(Permission::devices_read),
       .id = "list_device_commands",
       .summary = "What the device was told, and when it said that it obeyed; the newest first",
       .tag = "devices",
       .description = "The next page is in the Link header.",
       .problems = {Errc::not_found}},
      [devices](Caller& caller, auto input) {
        return devices->commands(caller, std::move(input.path.device_id), input.query);
      });

  api.add<Nothing, Nothing, DeviceRegistration, RegisteredDevice>(
      {.method = Method::post,
       .path = "/api/devices",
       .needs = Needs(Permission::devices_update),
       .id = "register_device",
       .summary = "Register a device that comes without a claim code",
       .tag = "devices",
       .description =
           "The secrets are in this answer and nowhere else. The pit is made when it is missing; camera_ip "
           "means port 554 and the path /Streaming/Channels/101. conflict for an id that the platform knows: "
           "that device is claimed with its code. A super administrator names the workshop, and may give it "
           "a device from the factory that nobody has claimed; that one keeps its own secrets, and the "
           "answer has none.",
       .status = 201,
       .problems = {Errc::conflict, Errc::pit_occupied}},
      [devices](Caller& caller, auto input) { return devices->add(caller, std::move(input.body)); });

  api.add<DevicePath, Nothing, DeviceMove, Device>(
      {.method = Method::put,
       .path = "/api/devices/{device_id}/pit",
       .needs = Needs(Permission::devices_update),
       .id = "move_device",
       .summary = "Put a device at another pit of its workshop",
       .tag = "devices",
       .description = "conflict while a job is running at its pit. What it measured stays with the pit where it was.",
       .problems = {Errc::not_found, Errc::conflict, Errc::pit_occupied}},
      [devices](Caller& caller, auto input) {
        return devices->move(caller, std::move(input.path.device_id), input.body);
      });

  api.add<DevicePath, Nothing, DeviceCalibration, Device>(
      {.method = Method::patch,
       .path = "/api/devices/{device_id}/calibration",
       .needs = Needs(Permission::devices_update),
       .id = "calibrate_device",
       .summary = "Set what the device adds to its sensor's values",
       .tag = "devices",
       .description = "In 1/100 °C and 1/100 %RH. Goes to the device with its next desired state.",
       .problems = {Errc::not_found}},
      [devices](Caller& caller, auto input) {
        return devices->calibrate(caller, std::move(input.path.device_id), input.body);
      });

  api.add<DevicePath, Nothing, DeviceRetirement, Device>(
      {.method = Method::post,
       .path = "/api/devices/{device_id}/retire",
       .needs = Needs(Permission::devices_update),
       .id = "retire_device",
       .summary = "Put a device out for good",
       .tag = "devices",
       .description = "Its licence ends and the broker lets it in no more; its readings stay. conflict while a job is "
                      "running at its pit: claim another device there with replace.",
       .problems = {Errc::not_found, Errc::conflict}},
      [devices](Caller& caller, auto input) {
        return devices->retire(caller, std::move(input.path.device_id), std::move(input.body));
      });

  api.add<Nothing, Nothing, DeviceClaim, DeviceClaimed>(
      {.method = Method::post,
       .path = "/api/devices/claim",
       .needs = Needs(Permission::devices_claim),
       .id = "claim_device",
       .summary = "Put a new device to work at a pit",
       .tag = "devices",
       .description = "With the code of its label, in any case, with or without dashes. replace: the device that is at "
                      "the pit is retired. claim_invalid is said of an unknown device and of a wrong code alike.",
       .problems = {Errc::claim_invalid, Errc::claim_used, Errc::claim_expired, Errc::pit_occupied, Errc::not_found}},
      [devices](Caller& caller, auto input) { return devices->claim(caller, std::move(input.body)); });

  api.add<DevicePath, Nothing, DeviceStatusChange, DeviceStatusChanged>(
      {.method = Method::patch,
       .path = "/api/devices/{device_id}/status",
       .needs = Needs(Permission::devices_update),
       .id = "set_device_status",
       .summary = "Switch a device off or on",
       .tag = "devices",
       .description = "Tells the device by a signed command and its desired state. command_sent is false while the "
                      "broker is away: the device learns of it later. payment_overdue is refused while a job is "
                      "running at the pit, and only the platform takes it back.",
       .problems = {Errc::not_found, Errc::conflict}},
      [devices](Caller& caller, auto input) {
        return devices->set_status(caller, std::move(input.path.device_id), std::move(input.body));
      });

  api.add<Nothing, Nothing, Nothing, DesiredState>(
      {.method = Method::get,
       .path = "/api/device/state",
       .needs = Needs(Permission::device_self),
       .id = "get_own_state",
       .summary = "What the device that asks shall be, signed",
       .tag = "device",
       .description = "As on its config topic (contracts/mqtt). Before it is claimed: unprovisioned.",
       .problems = {Errc::not_found, Errc::unavailable}},
      [devices](Caller& caller, auto) { return devices->own_state(caller); });

  api.add<Nothing, Nothing, FactoryBatch, IssuedBatch>(
      {.method = Method::post,
       .path = "/api/factory/batches",
       .needs = Needs(Permission::devices_register),
       .id = "create_factory_batch",
       .summary = "Register devices and make their secrets",
       .tag = "factory",
       .description = "1 to 500 ids, all or none. The secrets are in this answer and nowhere else. conflict names the "
                      "ids that are registered already.",
       .status = 201,
       .problems = {Errc::conflict}},
      [devices](Caller& caller, auto input) { return devices->issue(caller, std::move(input.body)); });
}

}  // namespace pitview::devices
