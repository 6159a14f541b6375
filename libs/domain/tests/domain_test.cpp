#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "pitview/domain/air.h"
#include "pitview/domain/licence.h"
#include "pitview/domain/permissions.h"

namespace pitview {
namespace {

const Timestamp kNow = *parse_iso8601("2026-02-20T22:30:00Z");

TEST(Licence, AMadeKeyIsValidAndAnyOneWrongCharacterIsNoticed) {
  const std::string key = make_licence_key("\x01\x22\x13\x04\x05\x36\x07\x18\x09\x1a\x1f");
  ASSERT_TRUE(is_licence_key(key)) << key;
  for (std::size_t i = 4; i < key.size(); ++i) {
    for (char c : std::string_view("0123456789ABCDEFGHJKMNPQRSTVWXYZ")) {
      std::string changed = key;
      changed[i] = c;
      // 31 check values for 32 symbols: 0 and Z (= 31) stand for the same value.
      const bool alias = (key[i] == '0' && c == 'Z') || (key[i] == 'Z' && c == '0');
      if (changed != key && !alias) EXPECT_FALSE(is_licence_key(changed)) << changed;
    }
  }
}

TEST(Licence, OtherShapesAreNoKeys) {
  for (const char* text : {"", "LIC-4F8D-9K2L-3P7Q" /* L is not in the alphabet */, "LIC-0000-0000-000",
                           "lic-0000-0000-0000", "LIC-0000_0000-0000"})
    EXPECT_FALSE(is_licence_key(text)) << text;
  EXPECT_TRUE(is_licence_key("LIC-0000-0000-0000"));
}

TEST(DeviceId, IsThePrefixAndTheMac) {
  EXPECT_TRUE(is_device_id("ESP32-A1B2C3D4E5F6"));
  EXPECT_FALSE(is_device_id("ESP32-a1b2c3d4e5f6"));
  EXPECT_FALSE(is_device_id("ESP32-A1B2C3D4E5F"));
  EXPECT_FALSE(is_device_id("ESP8266-A1B2C3D4E5"));
}

TEST(Licence, RefusalsUseThePlansWords) {
  LicenceState state;
  EXPECT_FALSE(licence_refusal(state, kNow));
  state.expires_at = kNow - std::chrono::seconds(1);
  EXPECT_EQ(licence_refusal(state, kNow), "License expired");
  state.subscription = SubscriptionStatus::suspended;
  EXPECT_EQ(licence_refusal(state, kNow), "Payment overdue");
  state.subscription = SubscriptionStatus::expired;
  EXPECT_EQ(licence_refusal(state, kNow), "Subscription expired");
  state.device = DeviceStatus::retired;
  EXPECT_EQ(licence_refusal(state, kNow), "Unknown license");
}

TEST(Licence, ADeviceIsToldToStopExactlyWhenItsReadingsAreRefused) {
  LicenceState state;
  EXPECT_EQ(desired_licence(state, kNow).licence, Licence::enabled);
  state.device = DeviceStatus::disabled;
  EXPECT_EQ(desired_licence(state, kNow).reason, "device_disabled");
  state.workshop_suspended = true;
  EXPECT_EQ(desired_licence(state, kNow).licence, Licence::disabled);
  EXPECT_EQ(desired_licence(state, kNow).reason, "subscription_suspended");
  EXPECT_EQ(licence_refusal(state, kNow), "Payment overdue");
  EXPECT_EQ(name_of(Licence::unprovisioned), "unprovisioned");
}

TEST(Licence, WaitsForAJobThatBeganBeforeItEndedAndForNoOther) {
  using std::chrono::hours;
  LicenceState suspended{.subscription = SubscriptionStatus::suspended, .subscription_since = kNow - hours(1)};
  LicenceState over{.expires_at = kNow - hours(1)};
  LicenceState workshop{.workshop_suspended = true, .workshop_since = kNow - hours(1)};
  LicenceState expired{.subscription = SubscriptionStatus::expired, .subscription_since = kNow - hours(1)};
  for (LicenceState* state : {&suspended, &over, &workshop, &expired}) {
    EXPECT_TRUE(licence_refusal(*state, kNow));
    state->job_since = kNow - hours(2);
    EXPECT_FALSE(licence_refusal(*state, kNow));
    EXPECT_EQ(desired_licence(*state, kNow).licence, Licence::enabled);
    state->job_since = kNow - std::chrono::minutes(59);
    EXPECT_TRUE(licence_refusal(*state, kNow)) << "began after";
  }
  LicenceState both = suspended;
  both.job_since = kNow - hours(2);
  both.workshop_suspended = true;
  both.workshop_since = kNow - hours(3);
  EXPECT_EQ(licence_refusal(both, kNow), "Payment overdue") << "the workshop's end came before the job";
  for (const DeviceStatus status : {DeviceStatus::retired, DeviceStatus::disabled})
    EXPECT_TRUE(licence_refusal({.device = status, .job_since = kNow - hours(2)}, kNow)) << "a person decided that";
}

TEST(Licence, OutlivesItsEndWhileTheWorkshopIsInArrears) {
  LicenceState state{.expires_at = kNow - std::chrono::hours(1), .workshop_in_arrears = true};
  EXPECT_FALSE(licence_refusal(state, kNow));
  state.subscription = SubscriptionStatus::suspended;
  EXPECT_EQ(licence_refusal(state, kNow), "Payment overdue");
}

TEST(Air, BandsAreHalfOpen) {
  EXPECT_EQ(air_quality(50), AirQuality::good);
  EXPECT_EQ(air_quality(51), AirQuality::moderate);
  EXPECT_EQ(air_quality(100), AirQuality::moderate);
  EXPECT_EQ(air_quality(101), AirQuality::poor);
}

TEST(Air, RefusesWhatTheSensorCannotMeasure) {
  EXPECT_FALSE(fault_of({}));
  EXPECT_FALSE(fault_of({.temperature_c = 24.5, .humidity_rh = 55.2, .pressure_hpa = 1013.25, .aqi = 78}));
  EXPECT_FALSE(fault_of({.temperature_c = 85.0, .humidity_rh = 100.0, .pressure_hpa = 300.0, .aqi = 500}));
  EXPECT_TRUE(fault_of({.temperature_c = 85.1}));
  EXPECT_TRUE(fault_of({.temperature_c = std::nan("")}));
  EXPECT_TRUE(fault_of({.humidity_rh = std::numeric_limits<double>::infinity()}));
  EXPECT_TRUE(fault_of({.pressure_hpa = 101325.0}));  // Pa instead of hPa
  EXPECT_TRUE(fault_of({.aqi = 501}));
  EXPECT_TRUE(fault_of({.iaq_accuracy = 4}));
}

TEST(Permissions, OperatorsMoveTheWorkButNotTheTime) {
  EXPECT_TRUE(may(Role::operator_, Permission::jobs_update_status));
  EXPECT_FALSE(may(Role::operator_, Permission::jobs_update_time));
  EXPECT_FALSE(may(Role::operator_, Permission::jobs_create));
}

TEST(Role, NamesGoBothWays) {
  for (const char* name : {"super_admin", "owner", "manager", "operator", "customer"})
    EXPECT_EQ(name_of(*role_from(name)), name);
  EXPECT_FALSE(role_from("staff"));
}

TEST(Permissions, ACustomerChangesNothing) {
  for (Permission permission : {Permission::jobs_create, Permission::jobs_update_status, Permission::jobs_update_stage,
                                Permission::jobs_update_time})
    EXPECT_FALSE(may(Role::customer, permission));
}

TEST(Permissions, ManagersSeeNeitherTheAuditLogNorTheBills) {
  EXPECT_TRUE(may(Role::owner, Permission::audit_read));
  EXPECT_FALSE(may(Role::manager, Permission::audit_read));
  EXPECT_FALSE(may(Role::manager, Permission::licences_read));
  EXPECT_FALSE(may(Role::manager, Permission::workshop_manage));
}

TEST(Permissions, OnlyCustomersRateAndConsent) {
  for (Role role : {Role::super_admin, Role::owner, Role::manager, Role::operator_})
    EXPECT_FALSE(may(role, Permission::customer_self)) << name_of(role);
  EXPECT_TRUE(may(Role::customer, Permission::customer_self));
}

TEST(Permissions, EachHasAName) {
  EXPECT_EQ(name_of(Permission::anyone), "anyone");
  EXPECT_EQ(name_of(Permission::jobs_update_time), "jobs_update_time");
  EXPECT_EQ(name_of(Permission::device_self), "device_self");
}

TEST(Permissions, NobodyIsADevice) {
  for (Role role : {Role::super_admin, Role::owner, Role::manager, Role::operator_, Role::customer})
    EXPECT_FALSE(may(role, Permission::device_self)) << name_of(role);
}

TEST(Permissions, DevicesAreClaimedByAWorkshopAndRegisteredByThePlatform) {
  EXPECT_TRUE(may(Role::owner, Permission::devices_claim));
  EXPECT_FALSE(may(Role::super_admin, Permission::devices_claim));
  EXPECT_FALSE(may(Role::owner, Permission::devices_register));
  EXPECT_FALSE(may(Role::operator_, Permission::devices_read));
}

TEST(Permissions, FirmwareIsThePlatforms) {
  EXPECT_TRUE(may(Role::super_admin, Permission::releases_manage));
  for (Role role : {Role::owner, Role::manager, Role::operator_, Role::customer})
    EXPECT_FALSE(may(role, Permission::releases_manage)) << name_of(role);
}

}  // namespace
}  // namespace pitview
