#include "camera/cameras.h"

#include <unordered_map>

namespace pitview::video {

Awaitable<> Cameras::set(std::vector<CameraSettings> wanted) {
  std::unordered_map<std::string, CameraSettings*> by_path;
  for (CameraSettings& settings : wanted) by_path[settings.path] = &settings;
  std::vector<std::unique_ptr<Camera>> going;
  for (auto entry = cameras_.begin(); entry != cameras_.end();) {
    const auto found = by_path.find(entry->first);
    if (found != by_path.end() && found->second->is_same_source(entry->second->settings())) {
      entry->second->set_always_on(found->second->always_on);
      entry->second->set_record(std::move(found->second->record));
      ++entry;
      continue;
    }
    if (removed_) removed_(entry->first);
    going.push_back(std::move(entry->second));
    entry = cameras_.erase(entry);
  }
  for (CameraSettings& settings : wanted) {
    auto& place = cameras_[settings.path];
    if (place) continue;
    place = std::make_unique<Camera>(executor_, std::move(settings));
    place->start();
  }
  for (const auto& camera : going) co_await camera->stop();
}

Awaitable<> Cameras::stop() { return set({}); }

Camera* Cameras::find(const std::string& path) noexcept {
  const auto found = cameras_.find(path);
  return found == cameras_.end() ? nullptr : found->second.get();
}

void Cameras::for_each(const std::function<void(Camera&)>& visit) {
  for (auto& [path, camera] : cameras_) visit(*camera);
}

}  // namespace pitview::video
