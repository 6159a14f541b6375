// Two application slots and the boot loader's rule, in memory.
//
// A simulated image is text: "pitview-sim-image\nversion=1.2.0\n", optionally
// "fault=no_network\n", "fault=no_sensor\n" or "fault=crash\n", and padding after a NUL.
// An image with a fault starts as that version and then is what the fault says.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "core/ports.h"

namespace pitview::sim {

class OtaSlots final : public fw::OtaPort {
 public:
  explicit OtaSlots(std::string version) { slots_[0].version = std::move(version); }

  std::string_view running_version() override { return slots_[running_].version; }
  bool pending_verify() override { return pending_verify_; }
  bool begin(std::size_t image_bytes) override;
  bool write(fw::ByteView piece) override;
  bool finish() override;  // false: not a simulated image
  void abort() override { incoming_.clear(); }
  bool mark_valid() override;
  void roll_back_and_restart() override;

  // What the boot loader does at power-on.
  void boot();
  bool restart_wanted = false;

  std::string_view fault() const { return slots_[running_].fault; }

 private:
  struct Slot {
    std::string version;
    std::string fault;
  };
  std::array<Slot, 2> slots_;
  std::size_t running_ = 0;
  std::size_t next_ = 0;
  bool pending_verify_ = false;
  std::string incoming_;
};

}  // namespace pitview::sim
