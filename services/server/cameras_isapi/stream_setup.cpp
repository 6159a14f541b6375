#include "cameras_isapi/stream_setup.h"

#include <algorithm>

#include "cameras_isapi/setup_report.h"

namespace pitview::cameras_isapi {
namespace {

std::vector<XmlChange> all_changes(const std::vector<Told>& told) {
  std::vector<XmlChange> changes;
  for (const Told& one : told) changes.insert(changes.end(), one.setting.changes.begin(), one.setting.changes.end());
  return changes;
}

bool is_yes(Said said) { return said == Said::yes || said == Said::after_restart; }

// A camera refuses a whole document for one value that it cannot: then each change is told by
// itself, on top of those that it took. An error only before anything may have been taken.
Awaitable<Result<>> tell_one_by_one(IsapiClient& camera, const std::string& target, const XmlValues& before,
                                    std::vector<Told>& told) {
  std::vector<XmlChange> taken;
  bool untouched = true;
  for (Told& one : told) {
    if (one.setting.changes.empty()) continue;
    std::vector<XmlChange> changes = taken;
    changes.insert(changes.end(), one.setting.changes.begin(), one.setting.changes.end());
    const auto said = co_await camera.write(target, before.changed(changes));
    if (!said && untouched) co_return said.error();
    if (!said) break;
    one.said = *said;
    untouched = untouched && *said == Said::no;
    if (is_yes(*said)) taken = std::move(changes);
  }
  co_return Done{};
}

Awaitable<Result<>> tell(IsapiClient& camera, const std::string& target, const XmlValues& before,
                         std::vector<Told>& told) {
  const auto said = co_await camera.write(target, before.changed(all_changes(told)));
  if (!said) co_return said.error();
  for (Told& one : told) one.said = *said;
  const auto pending =
      std::count_if(told.begin(), told.end(), [](const Told& t) { return !t.setting.changes.empty(); });
  if (*said == Said::no && pending > 1) co_return co_await tell_one_by_one(camera, target, before, told);
  co_return Done{};
}

}  // namespace

Awaitable<Result<CameraStreamSetup>> set_up_stream(IsapiClient& camera, unsigned channel, StreamKind kind) {
  const std::string target = "/ISAPI/Streaming/channels/" + std::to_string(channel);
  const auto before = co_await camera.read(target);
  if (!before) co_return before.error();
  std::vector<Told> told;
  for (Setting& setting : read_settings(*before, kind)) told.push_back({std::move(setting), Said::nothing});

  std::optional<XmlValues> after = *before;
  if (!all_changes(told).empty()) {
    const auto done = co_await tell(camera, target, *before, told);
    if (!done) co_return done.error();
    auto again = co_await camera.read(target);
    after = again ? std::optional(std::move(*again)) : std::nullopt;
  }
  co_return CameraStreamSetup{
      .stream = kind == StreamKind::main ? "main" : "sub",
      .channel = channel,
      .restart_needed =
          std::any_of(told.begin(), told.end(), [](const Told& t) { return t.said == Said::after_restart; }),
      .settings = report_of(told, after, kind)};
}

}  // namespace pitview::cameras_isapi
