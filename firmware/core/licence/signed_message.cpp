#include "core/licence/signed_message.h"

#include "core/base/flat_json.h"
#include "core/base/hex.h"
#include "core/base/time_text.h"

namespace pitview::fw {
namespace {

using SignedText = Text<512>;

bool is_reason(std::string_view text) {
  for (char c : text) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
  }
  return text.size() <= 64;
}

// It becomes part of topics: no level separator, no wildcard.
bool is_workshop_code(std::string_view text) {
  for (char c : text) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) return false;
  }
  return !text.empty() && text.size() <= 64;
}

std::optional<LicenceState> licence_of(std::string_view text) {
  for (const LicenceState state : {LicenceState::unprovisioned, LicenceState::enabled, LicenceState::disabled}) {
    if (text == to_text(state)) return state;
  }
  return std::nullopt;
}

bool within(const std::optional<std::int64_t>& value, std::int64_t bound) {
  return value && *value >= -bound && *value <= bound;
}

}  // namespace

std::optional<Command> MessageVerifier::command(std::string_view json) {
  FlatJson message;
  if (!message.parse(json)) return std::nullopt;
  const auto word = message.string("command");
  const auto reason = message.string("reason");
  const auto id = message.unsigned_number("id");
  const auto expires_at = message.string("expires_at");
  const auto hmac = message.string("hmac");
  if (!word || !reason || !id || !expires_at || !hmac) return std::nullopt;
  if ((*word != "DISABLE" && *word != "ENABLE") || !is_reason(*reason)) return std::nullopt;
  const auto expires = parse_time(*expires_at);
  if (!expires) return std::nullopt;

  SignedText text;
  text << "pitview-command-1\n" << identity_.device_id.view() << '\n';
  text.number(*id) << '\n' << *word << '\n' << *reason << '\n' << *expires_at;
  if (!signed_with_key(text.view(), *hmac)) return std::nullopt;

  Command command;
  command.licence = *word == "ENABLE" ? LicenceState::enabled : LicenceState::disabled;
  command.reason.assign(*reason);
  command.id = *id;
  command.expires_unix_s = *expires;
  return command;
}

std::optional<DesiredState> MessageVerifier::desired_state(std::string_view json) {
  FlatJson message;
  if (!message.parse(json)) return std::nullopt;
  const auto version = message.unsigned_number("version");
  const auto licence_text = message.string("licence");
  const auto reason = message.string("reason");
  const auto workshop = message.string("workshop_code");
  const auto pit = message.unsigned_number("pit_number");
  const auto temperature = message.signed_number("temperature_offset_centi");
  const auto humidity = message.signed_number("humidity_offset_centi");
  const auto hmac = message.string("hmac");
  if (!version || !licence_text || !reason || !workshop || !pit || !hmac) return std::nullopt;
  const auto licence = licence_of(*licence_text);
  if (!licence || !is_reason(*reason) || !within(temperature, 2000) || !within(humidity, 5000)) return std::nullopt;
  const bool placed = is_workshop_code(*workshop) && *pit >= 1 && *pit <= 999;
  const bool nowhere = workshop->empty() && *pit == 0;
  if (*licence == LicenceState::unprovisioned ? !nowhere : !placed) return std::nullopt;

  SignedText text;
  text << "pitview-state-1\n" << identity_.device_id.view() << '\n';
  text.number(*version) << '\n' << *licence_text << '\n' << *reason << '\n' << *workshop << '\n';
  text.number(*pit) << '\n';
  text.signed_number(*temperature) << '\n';
  text.signed_number(*humidity);
  if (!signed_with_key(text.view(), *hmac)) return std::nullopt;

  DesiredState state;
  state.version = *version;
  state.licence = *licence;
  state.reason.assign(*reason);
  state.workshop_code.assign(*workshop);
  state.pit_number = static_cast<std::uint16_t>(*pit);
  state.temperature_offset_centi = static_cast<std::int16_t>(*temperature);
  state.humidity_offset_centi = static_cast<std::int16_t>(*humidity);
  return state;
}

bool MessageVerifier::signed_with_key(std::string_view text, std::string_view hmac_hex) {
  Sha256 sent;
  if (!decode_hex(hmac_hex, {sent.data(), sent.size()})) return false;
  const Sha256 expected =
      crypto_.hmac_sha256({identity_.command_key.data(), identity_.command_key.size()}, ByteView(text));
  // Every byte is looked at, so that the time taken tells nothing.
  std::uint8_t difference = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) difference |= expected[i] ^ sent[i];
  return difference == 0;
}

}  // namespace pitview::fw
