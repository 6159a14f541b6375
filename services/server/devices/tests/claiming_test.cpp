#include <gtest/gtest.h>

#include <set>

#include "devices/claim_attempts.h"
#include "devices/claim_code.h"
#include "devices/device_rules.h"
#include "devices/device_secrets.h"
#include "pitview/domain/licence.h"

namespace pitview::devices {
namespace {

const Timestamp kNow = *parse_iso8601("2026-02-20T22:30:00Z");
constexpr WorkshopId kMine(2);
constexpr WorkshopId kTheirs(3);

TEST(ClaimCode, IsReadHoweverItIsTyped) {
  const std::string code = make_claim_code(std::string("\x13\x07\x17\x0f\x02\x16\x09\x00\x01\x1a", 10));
  ASSERT_EQ(code, "K7QF2P901T");
  EXPECT_EQ(shown_claim_code(code), "K7QF-2P90-1T");
  for (const char* typed : {"K7QF-2P90-1T", "k7qf2p901t", "K7QF 2P90 1T", "k7qf-2p9o-it", "K7QF2P9OLT", "-K7QF2P901T-"})
    EXPECT_EQ(read_claim_code(typed), code) << typed;
}

TEST(ClaimCode, OfAnotherShapeIsNone) {
  for (const char* typed : {"", "K7QF-2P90-1", "K7QF-2P90-1TT", "K7QF-2P90-1U", "K7QF_2P90_1T", "K7QF-2P90-1\xc3\x9f"})
    EXPECT_FALSE(read_claim_code(typed)) << typed;
}

TEST(ClaimAttempts, EndAfterTenInAnHourForTheDeviceAndForTheWorkshop) {
  ClaimAttempts attempts;
  for (int i = 0; i < ClaimAttempts::kLimit; ++i)
    EXPECT_FALSE(attempts.begin(kMine, "device", kNow + std::chrono::minutes(i)));
  EXPECT_EQ(attempts.begin(kMine, "other", kNow + std::chrono::minutes(30)), 1800);
  EXPECT_EQ(attempts.begin(kTheirs, "device", kNow + std::chrono::minutes(30)), 1800);
  EXPECT_FALSE(attempts.begin(kTheirs, "other", kNow + std::chrono::minutes(30)));
  EXPECT_FALSE(attempts.begin(kMine, "device", kNow + ClaimAttempts::kWindow));
}

TEST(ClaimAttempts, DoNotCountTheRightOnes) {
  ClaimAttempts attempts;
  for (int i = 0; i < 5 * ClaimAttempts::kLimit; ++i) {
    ASSERT_FALSE(attempts.begin(kMine, "device", kNow));
    attempts.right(kMine, "device");
  }
}

TEST(ClaimAttempts, ForgetTheOldestWhenThereAreTooMany) {
  ClaimAttempts attempts;
  for (int i = 0; i < ClaimAttempts::kLimit; ++i) (void)attempts.begin(kMine, "first", kNow);
  EXPECT_TRUE(attempts.begin(kTheirs, "first", kNow));
  for (std::size_t i = 0; i < ClaimAttempts::kMaxKeys; ++i)
    (void)attempts.begin(WorkshopId(static_cast<std::int64_t>(100 + i)), "device " + std::to_string(i), kNow);
  EXPECT_FALSE(attempts.begin(kTheirs, "first", kNow));
}

TEST(DeviceSecrets, AreDifferentForEveryDeviceAndOpenForTheirOwnOnly) {
  const crypto::Key256 key{1};
  const DeviceSecrets one = make_device_secrets();
  const DeviceSecrets two = make_device_secrets();
  EXPECT_TRUE(is_licence_key(one.license_key));
  EXPECT_GE(one.mqtt_password.size() * 6, 128U);
  EXPECT_NE(one.mqtt_password, two.mqtt_password);
  EXPECT_NE(one.command_key, two.command_key);
  EXPECT_NE(one.claim_code, two.claim_code);
  const std::string password = seal_mqtt_password(key, "ESP32-000000000001", one.mqtt_password);
  EXPECT_EQ(open_mqtt_password(key, "ESP32-000000000001", password), one.mqtt_password);
  EXPECT_FALSE(open_mqtt_password(key, "ESP32-000000000002", password));
  EXPECT_FALSE(open_command_key(key, "ESP32-000000000001", password));
  EXPECT_EQ(open_command_key(key, "ESP32-000000000001", seal_command_key(key, "ESP32-000000000001", one.command_key)),
            one.command_key);
}

TEST(StatusChange, OfAWorkshopIsItsOwnAffair) {
  EXPECT_TRUE(
      check_status_change({.by = Role::owner, .disable = true, .reason = "maintenance", .job_is_running = true}));
  EXPECT_TRUE(check_status_change({.by = Role::manager, .reason_now = "maintenance"}));
}

TEST(StatusChange, ForAnOpenPaymentWaitsForTheJobAndForThePlatform) {
  StatusChange change{.by = Role::super_admin, .disable = true, .reason = kPaymentOverdue, .job_is_running = true};
  EXPECT_EQ(check_status_change(change).error().code, Errc::conflict);
  change.job_is_running = false;
  EXPECT_TRUE(check_status_change(change));
  StatusChange undo{.by = Role::owner, .reason_now = kPaymentOverdue};
  EXPECT_EQ(check_status_change(undo).error().code, Errc::forbidden);
  undo.by = Role::super_admin;
  EXPECT_TRUE(check_status_change(undo));
}

TEST(Reason, IsWhatADeviceCanBeTold) {
  EXPECT_TRUE(is_reason(""));
  EXPECT_TRUE(is_reason("payment_overdue"));
  EXPECT_TRUE(is_reason(std::string(64, 'x')));
  for (const std::string& text : {std::string("Not paid"), std::string("a\nb"), std::string(65, 'x')})
    EXPECT_FALSE(is_reason(text)) << text;
}

}  // namespace
}  // namespace pitview::devices
