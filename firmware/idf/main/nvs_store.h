// The two NVS partitions as key-value stores, namespace "pitview": what the device has
// learnt (blobs in "nvs") and who it is (strings in "factory_nvs", written by pitview-kit).
#pragma once

#include "core/ports.h"
#include "nvs.h"

namespace pitview::fw::idf {

class Settings : public KvPort {
 public:
  Settings();
  std::optional<std::size_t> get(std::string_view key, MutableBytes into) override;
  bool set(std::string_view key, ByteView value) override;

 private:
  nvs_handle_t handle_ = 0;
  bool open_ = false;
};

class FactoryStore : public KvPort {
 public:
  FactoryStore();
  // With the final NUL.
  std::optional<std::size_t> get(std::string_view key, MutableBytes into) override;
  bool set(std::string_view, ByteView) override { return false; }

 private:
  nvs_handle_t handle_ = 0;
  bool open_ = false;
};

}  // namespace pitview::fw::idf
