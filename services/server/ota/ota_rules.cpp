#include "ota/ota_rules.h"

#include <algorithm>
#include <charconv>

#include "pitview/base/crypto.h"

namespace pitview::ota {
namespace {

constexpr int kLeastOutcomes = 3;
constexpr int kNumberLimit = 1'000'000;
constexpr std::string_view kImageRefused = "image_refused";  // firmware/core/ota/ota_manager.cpp

// Takes a number up to the next dot, or up to the end, off the front.
std::optional<int> take_number(std::string_view& text, bool last) {
  const std::size_t dot = text.find('.');
  if ((dot == std::string_view::npos) != last) return std::nullopt;
  const std::string_view digits = text.substr(0, dot);
  text.remove_prefix(last ? text.size() : dot + 1);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  int number = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (fault != std::errc() || number >= kNumberLimit) return std::nullopt;
  return number;
}

bool is_in(const FirmwareCohort& cohort, const AskingDevice& device) {
  if (cohort.batch && cohort.batch != device.batch) return false;
  if (!cohort.workshop_codes) return true;
  const auto& codes = *cohort.workshop_codes;
  return std::find(codes.begin(), codes.end(), device.workshop_code) != codes.end();
}

}  // namespace

std::optional<Version> Version::parse(std::string_view text) {
  const auto major = take_number(text, false);
  if (!major) return std::nullopt;
  const auto minor = take_number(text, false);
  if (!minor) return std::nullopt;
  const auto patch = take_number(text, true);
  if (!patch) return std::nullopt;
  return Version{*major, *minor, *patch};
}

int bucket_of(ReleaseId release, std::string_view device_id) {
  const crypto::Sha256 hash = crypto::sha256(std::to_string(release.value) + std::string(device_id));
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) number = number << 8 | hash[i];
  return static_cast<int>(number % 100);
}

bool is_offered(const AskingDevice& device, const Candidate& candidate) {
  return !candidate.rolled_back && device.hw_rev == candidate.hw_rev && device.version < candidate.version &&
         is_in(candidate.cohort, device) && bucket_of(candidate.release, device.device_id) < candidate.percentage;
}

bool must_halt(const StateCounts& counts, int max_failure_percent) {
  const int failures = counts.rolled_back + counts.failed;
  const int outcomes = counts.installed + failures;
  return outcomes >= kLeastOutcomes && failures * 100 >= max_failure_percent * outcomes;
}

std::optional<FirmwareState> state_after(FirmwareState now, FirmwareState reported, std::string_view detail,
                                         CampaignStatus campaign) {
  if (now == FirmwareState::rolled_back) return std::nullopt;
  const bool we_refused = reported == FirmwareState::failed && detail == kImageRefused;
  if (we_refused && campaign != CampaignStatus::running) return std::nullopt;
  return reported;
}

Result<> check_change(CampaignStatus now, const CampaignChange& change) {
  if (!change.percentage && !change.status)
    return Error{Errc::validation_failed, "Say a percentage or a status.", {{"", "has nothing to change"}}, 0};
  if (now == CampaignStatus::halted)
    return {Errc::conflict, "Too many devices failed: this campaign was halted and stays so."};
  return Done{};
}

}  // namespace pitview::ota
