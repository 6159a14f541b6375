#include "core/app/status.h"

namespace pitview::fw {
namespace {

std::string_view to_text(ResetReason reason) {
  switch (reason) {
    case ResetReason::power_on: return "power_on";
    case ResetReason::software: return "software";
    case ResetReason::watchdog: return "watchdog";
    case ResetReason::panic: return "panic";
    case ResetReason::brownout: return "brownout";
    case ResetReason::other: return "other";
  }
  return "other";
}

void text_member(TextWriter& out, std::string_view name, std::string_view value) {
  out << ",\"" << name << "\":";
  out.json_string(value);
}

void number_member(TextWriter& out, std::string_view name, std::uint64_t value) {
  out << ",\"" << name << "\":";
  out.number(value);
}

}  // namespace

void encode_status(StatusPayload& out, const StatusFacts& facts) {
  out.clear();
  if (facts.licence == LicenceState::disabled) {
    out << R"({"status":"disabled")";
    text_member(out, "reason", facts.reason);
  } else {
    out << R"({"status":"online")";
  }
  text_member(out, "fw", facts.firmware_version);
  text_member(out, "hw_rev", facts.hw_rev);
  number_member(out, "boot_id", facts.boot_id);
  number_member(out, "uptime_s", facts.uptime_s);
  text_member(out, "ip", facts.ip);
  number_member(out, "link_mbps", static_cast<std::uint64_t>(facts.link));
  number_member(out, "heap_free", facts.free_heap_bytes);
  text_member(out, "reset_reason", to_text(facts.reset_reason));
  text_member(out, "sensor", to_text(facts.sensor));
  text_member(out, "licence", to_text(facts.licence));
  number_member(out, "state_version", facts.state_version);
  number_member(out, "waiting", facts.waiting);
  number_member(out, "dropped", facts.dropped);
  text_member(out, "ota", to_text(facts.ota));
  out << '}';
}

}  // namespace pitview::fw
