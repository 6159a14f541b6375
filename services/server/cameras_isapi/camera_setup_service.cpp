#include "cameras_isapi/camera_setup_service.h"

#include "audit/audit_log.h"
#include "cameras_isapi/setup_report.h"
#include "cameras_isapi/stream_setup.h"
#include "pitview/json/write.h"

namespace pitview::cameras_isapi {

struct AuditedSetting {
  std::uint32_t channel = 0;
  std::string name;
  std::optional<std::string> value;
};
BOOST_DESCRIBE_STRUCT(AuditedSetting, (), (channel, name, value))

namespace {

// For all of it; an endpoint has 30 s, and whoever waits wants to know before that.
constexpr std::chrono::seconds kPatience{22};
// Of all who may use this server; each costs a connection and some seconds.
constexpr std::size_t kMostAtOnce = 16;

Error no_hikvision() {
  return {Errc::conflict,
          "The camera does not know ISAPI: it is no Hikvision, or a very old one. Set it up on its own page, then look "
          "at it again.",
          {},
          0};
}

// The sub-stream is worth having, and no reason to say nothing of the main one.
CameraStreamSetup without(unsigned channel, const Error& error) {
  const bool none = error.code == Errc::not_found;
  return {.stream = "sub", .channel = channel, .problem = none ? "The camera has no sub-stream." : error.detail};
}

}  // namespace

class CameraSetupService::Turn {
 public:
  Turn(CameraSetupService& service, std::string ip) : service_(service), ip_(std::move(ip)) {
    const std::lock_guard lock(service_.mutex_);
    granted_ = service_.at_work_.size() < kMostAtOnce && service_.at_work_.insert(ip_).second;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    const std::lock_guard lock(service_.mutex_);
    if (granted_) service_.at_work_.erase(ip_);
  }
  bool granted() const noexcept { return granted_; }

 private:
  CameraSetupService& service_;
  const std::string ip_;
  bool granted_ = false;
};

Awaitable<Result<CameraSetup>> CameraSetupService::set_up(audit::Actor actor, PitId pit, std::optional<std::string> url,
                                                          std::optional<std::uint16_t> http_port) {
  const auto rtsp_url = co_await parts_.urls.find(actor.principal.workshop, pit, std::move(url));
  if (!rtsp_url) co_return rtsp_url.error();
  const auto address = isapi_address_of(*rtsp_url, http_port);
  if (!address) co_return address.error();
  const Turn turn(*this, address->ip);
  if (!turn.granted())
    co_return Error{Errc::rate_limited, "This camera or too many others are being set up. Try again soon.", {}, 5};

  IsapiClient camera(co_await asio::this_coro::executor, *address, std::chrono::steady_clock::now() + kPatience);
  CameraSetup setup{.pit_id = pit};
  auto main = co_await set_up_stream(camera, address->camera * 100 + 1, StreamKind::main);
  if (!main) co_return main.error().code == Errc::not_found ? no_hikvision() : std::move(main).error();
  setup.streams.push_back(std::move(*main));
  const unsigned second = address->camera * 100 + 2;
  auto sub = co_await set_up_stream(camera, second, StreamKind::sub);
  setup.streams.push_back(sub ? std::move(*sub) : without(second, sub.error()));
  setup.verdict = verdict_of(setup.streams);
  co_await record(std::move(actor), setup);
  co_return setup;
}

// What was changed, or may have been.
Awaitable<> CameraSetupService::record(audit::Actor actor, const CameraSetup& setup) {
  std::vector<AuditedSetting> before;
  std::vector<AuditedSetting> after;
  for (const CameraStreamSetup& stream : setup.streams)
    for (const CameraSetting& setting : stream.settings) {
      if (setting.after == setting.before) continue;
      before.push_back({stream.channel, setting.name, setting.before});
      after.push_back({stream.channel, setting.name, setting.after});
    }
  if (before.empty()) co_return;
  const WorkshopId workshop = actor.principal.workshop;
  auto tx = co_await parts_.pits.begin(workshop);
  co_await audit::record(tx, workshop, std::move(actor),
                         {.action = "pit.camera_setup",
                          .subject = "pit",
                          .subject_id = setup.pit_id.value,
                          .before = json::write(before),
                          .after = json::write(after)});
  co_await tx.commit();
}

}  // namespace pitview::cameras_isapi
