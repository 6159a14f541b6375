#include "core/licence/licence_keeper.h"

#include "core/base/sealed_record.h"

namespace pitview::fw {
namespace {

constexpr std::string_view kKey = "licence";
constexpr std::uint8_t kVersion = 1;

}  // namespace

void LicenceKeeper::start() {
  if (const auto kept = load_record<State>(kv_, kKey, kVersion)) state_ = *kept;
}

Obedience LicenceKeeper::obey(const Command& command, std::optional<std::uint32_t> now_unix) {
  if (command.id <= state_.licence_version) return Obedience::not_newer;
  if (!now_unix) return Obedience::time_unknown;
  if (command.expires_unix_s < *now_unix) return Obedience::expired;
  State next = state_;
  next.licence_version = command.id;
  next.licence = command.licence;
  next.reason = command.reason;
  return keep(next);
}

Obedience LicenceKeeper::obey(const DesiredState& state) {
  if (state.version <= state_.config_version) return Obedience::not_newer;
  State next = state_;
  next.config_version = state.version;
  next.workshop_code = state.workshop_code;
  next.pit_number = state.pit_number;
  next.temperature_offset_centi = state.temperature_offset_centi;
  next.humidity_offset_centi = state.humidity_offset_centi;
  // An older desired state, held up on its way, does not undo a newer command.
  if (state.version >= next.licence_version) {
    next.licence_version = state.version;
    next.licence = state.licence;
    next.reason = state.reason;
  }
  return keep(next);
}

Obedience LicenceKeeper::keep(const State& next) {
  if (!save_record(kv_, kKey, kVersion, next)) return Obedience::not_kept;
  state_ = next;
  return Obedience::obeyed;
}

}  // namespace pitview::fw
