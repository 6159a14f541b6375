#include "pitview/domain/licence.h"

#include <array>

namespace pitview {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::string_view kPrefix = "LIC-";
constexpr std::size_t kSymbols = 12;

// Weighted sum modulo 31 (a prime, so that any one wrong or two swapped
// neighbouring symbols change it).
std::size_t check_value(const std::array<std::size_t, kSymbols>& symbols) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i + 1 < kSymbols; ++i) sum += (i + 2) * symbols[i];
  return sum % 31;
}

// A refusal as the plan words it, and as a device is told it.
struct RefusalWords {
  std::string_view text;
  std::string_view reason;
};

std::optional<RefusalWords> refusal_of(const LicenceState& state, Timestamp now) noexcept {
  const auto ended = [&](bool over, Timestamp since) {
    return over && (!state.job_since || *state.job_since >= since);
  };
  const auto subscription_is = [&](SubscriptionStatus status) {
    return ended(state.subscription == status, state.subscription_since);
  };
  if (state.device == DeviceStatus::retired) return RefusalWords{kUnknownLicence, "retired"};
  if (subscription_is(SubscriptionStatus::expired)) return RefusalWords{"Subscription expired", "subscription_expired"};
  if (subscription_is(SubscriptionStatus::suspended) || ended(state.workshop_suspended, state.workshop_since))
    return RefusalWords{"Payment overdue", "subscription_suspended"};
  if (state.device == DeviceStatus::disabled) return RefusalWords{"Device disabled", "device_disabled"};
  if (state.expires_at && ended(*state.expires_at < now && !state.workshop_in_arrears, *state.expires_at))
    return RefusalWords{"License expired", "licence_expired"};
  return std::nullopt;
}

}  // namespace

bool is_device_id(std::string_view text) noexcept {
  if (!text.starts_with("ESP32-") || text.size() != 18) return false;
  return text.substr(6).find_first_not_of("0123456789ABCDEF") == std::string_view::npos;
}

bool is_licence_key(std::string_view text) noexcept {
  if (text.size() != 18 || !text.starts_with(kPrefix) || text[8] != '-' || text[13] != '-') return false;
  std::array<std::size_t, kSymbols> symbols{};
  std::size_t count = 0;
  for (std::size_t i = kPrefix.size(); i < text.size(); ++i) {
    if (i == 8 || i == 13) continue;
    const std::size_t value = kAlphabet.find(text[i]);
    if (value == std::string_view::npos) return false;
    symbols[count++] = value;
  }
  return symbols.back() == check_value(symbols);
}

std::string make_licence_key(std::string_view random) {
  std::array<std::size_t, kSymbols> symbols{};
  for (std::size_t i = 0; i + 1 < kSymbols; ++i) symbols[i] = static_cast<unsigned char>(random.at(i)) % 32;
  symbols.back() = check_value(symbols);
  std::string key(kPrefix);
  for (std::size_t i = 0; i < kSymbols; ++i) {
    if (i == 4 || i == 8) key.push_back('-');
    key.push_back(kAlphabet[symbols[i]]);
  }
  return key;
}

std::optional<std::string_view> licence_refusal(const LicenceState& state, Timestamp now) noexcept {
  const auto found = refusal_of(state, now);
  if (!found) return std::nullopt;
  return found->text;
}

std::string_view name_of(Licence licence) noexcept {
  switch (licence) {
    case Licence::unprovisioned: return "unprovisioned";
    case Licence::enabled: return "enabled";
    case Licence::disabled: return "disabled";
  }
  return "";
}

DesiredLicence desired_licence(const LicenceState& state, Timestamp now) noexcept {
  const auto found = refusal_of(state, now);
  if (!found) return {Licence::enabled, ""};
  return {Licence::disabled, found->reason};
}

}  // namespace pitview
