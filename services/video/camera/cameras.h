// All cameras by their path. What the server wants is compared with what there is:
// cameras that stay as they are go on undisturbed.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "camera/camera.h"

namespace pitview::video {

class Cameras {
 public:
  explicit Cameras(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  // Called with the path of a camera that goes, before it does.
  void on_removed(std::function<void(const std::string& path)> removed) { removed_ = std::move(removed); }

  Awaitable<> set(std::vector<CameraSettings> wanted);
  Awaitable<> stop();

  Camera* find(const std::string& path) noexcept;
  void for_each(const std::function<void(Camera&)>& visit);

 private:
  asio::any_io_executor executor_;
  std::function<void(const std::string&)> removed_;
  std::map<std::string, std::unique_ptr<Camera>> cameras_;
};

}  // namespace pitview::video
