// The two application slots, by esp_ota_ops.
#pragma once

#include "core/ports.h"
#include "esp_ota_ops.h"

namespace pitview::fw::idf {

class OtaSlots : public OtaPort {
 public:
  std::string_view running_version() override;
  bool pending_verify() override;
  bool begin(std::size_t image_bytes) override;
  bool write(ByteView piece) override;
  bool finish() override;
  void abort() override;
  bool mark_valid() override;
  void roll_back_and_restart() override;

 private:
  const esp_partition_t* slot_ = nullptr;  // being written
  esp_ota_handle_t handle_ = 0;
};

}  // namespace pitview::fw::idf
