#include "nvs_store.h"

#include <cstring>

#include "nvs_flash.h"

namespace pitview::fw::idf {
namespace {

constexpr char kNamespace[] = "pitview";
constexpr char kFactoryPartition[] = "factory_nvs";

class Key {
 public:
  explicit Key(std::string_view key) : fits_(!key.empty() && key.size() < sizeof text_) {
    if (fits_) std::memcpy(text_, key.data(), key.size());
  }
  bool fits() const { return fits_; }
  const char* c_str() const { return text_; }

 private:
  char text_[NVS_KEY_NAME_MAX_SIZE] = {};
  bool fits_;
};

// NVS gives the size without a buffer, and nothing at all into one that is too small.
template <typename Read>
std::optional<std::size_t> get_sized(MutableBytes into, Read read) {
  std::size_t size = 0;
  if (read(nullptr, &size) != ESP_OK) return std::nullopt;
  if (size <= into.size && read(into.data, &size) != ESP_OK) return std::nullopt;
  return size;
}

}  // namespace

Settings::Settings() {
  esp_err_t ready = nvs_flash_init();
  if (ready == ESP_ERR_NVS_NO_FREE_PAGES || ready == ESP_ERR_NVS_NEW_VERSION_FOUND) {
    // Unusable as it is. All of it can be learnt again: the licence comes from the server.
    nvs_flash_erase();
    ready = nvs_flash_init();
  }
  open_ = ready == ESP_OK && nvs_open(kNamespace, NVS_READWRITE, &handle_) == ESP_OK;
}

std::optional<std::size_t> Settings::get(std::string_view key, MutableBytes into) {
  const Key name(key);
  if (!open_ || !name.fits()) return std::nullopt;
  return get_sized(into, [&](void* to, std::size_t* size) { return nvs_get_blob(handle_, name.c_str(), to, size); });
}

bool Settings::set(std::string_view key, ByteView value) {
  const Key name(key);
  return open_ && name.fits() && nvs_set_blob(handle_, name.c_str(), value.data, value.size) == ESP_OK &&
         nvs_commit(handle_) == ESP_OK;
}

FactoryStore::FactoryStore()
    : open_(nvs_flash_init_partition(kFactoryPartition) == ESP_OK &&
            nvs_open_from_partition(kFactoryPartition, kNamespace, NVS_READONLY, &handle_) == ESP_OK) {}

std::optional<std::size_t> FactoryStore::get(std::string_view key, MutableBytes into) {
  const Key name(key);
  if (!open_ || !name.fits()) return std::nullopt;
  return get_sized(into, [&](void* to, std::size_t* size) {
    return nvs_get_str(handle_, name.c_str(), static_cast<char*>(to), size);
  });
}

}  // namespace pitview::fw::idf
