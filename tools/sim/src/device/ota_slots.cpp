#include "device/ota_slots.h"

namespace pitview::sim {
namespace {

constexpr std::string_view kMagic = "pitview-sim-image\n";

// The value of "name=value\n" in `text`; empty without it.
std::string setting(std::string_view text, std::string_view name) {
  const std::string key = "\n" + std::string(name) + "=";
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return {};
  const std::size_t begin = at + key.size();
  return std::string(text.substr(begin, text.find('\n', begin) - begin));
}

}  // namespace

bool OtaSlots::begin(std::size_t image_bytes) {
  incoming_.clear();
  incoming_.reserve(image_bytes);
  return true;
}

bool OtaSlots::write(fw::ByteView piece) {
  incoming_ += piece.text();
  return true;
}

bool OtaSlots::finish() {
  const std::string_view head = std::string_view(incoming_).substr(0, incoming_.find('\0'));
  const std::string version = setting(head, "version");
  if (!head.starts_with(kMagic) || version.empty()) return false;
  next_ = 1 - running_;
  slots_[next_] = {version, setting(head, "fault")};
  incoming_.clear();
  return true;
}

bool OtaSlots::mark_valid() {
  pending_verify_ = false;
  return true;
}

void OtaSlots::roll_back_and_restart() { restart_wanted = true; }

void OtaSlots::boot() {
  incoming_.clear();
  restart_wanted = false;
  if (pending_verify_) {  // it was not marked valid: the other one again
    running_ = next_ = 1 - running_;
    pending_verify_ = false;
  } else if (next_ != running_) {
    running_ = next_;
    pending_verify_ = true;
  }
}

}  // namespace pitview::sim
