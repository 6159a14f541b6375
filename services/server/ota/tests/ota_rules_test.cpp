#include "ota/ota_rules.h"

#include <gtest/gtest.h>

namespace pitview::ota {
namespace {

AskingDevice device() { return {"ESP32-A1B2C3D4E5F6", "D1", "workshop_001", "2026-11-A", {1, 0, 0}}; }

Candidate for_everybody() {
  return {.campaign = CampaignId(1), .release = ReleaseId(7), .version = {1, 1, 0}, .hw_rev = "D1", .percentage = 100};
}

TEST(FirmwareVersion, IsThreeNumbersInOrder) {
  EXPECT_EQ(Version::parse("1.4.2"), (Version{1, 4, 2}));
  EXPECT_EQ(Version::parse("0.0.999999"), (Version{0, 0, 999'999}));
  EXPECT_LT(*Version::parse("1.9.9"), *Version::parse("1.10.0"));
  for (const char* text : {"", "1", "1.2", "1.2.3.4", "1..2", "01.2.3", "1.2.03", "1.2.-3", "1.2.+3", "1.2.3 ",
                           "v1.2.3", "1.2.1000000", "1.2.99999999999999999999"})
    EXPECT_FALSE(Version::parse(text)) << text;
}

TEST(FirmwareOffer, IsForOlderDevicesOfTheSameBoard) {
  EXPECT_TRUE(is_offered(device(), for_everybody()));
  AskingDevice other = device();
  other.hw_rev = "E";
  EXPECT_FALSE(is_offered(other, for_everybody()));
  other.hw_rev.reset();
  EXPECT_FALSE(is_offered(other, for_everybody()));
  for (const Version running : {Version{1, 1, 0}, Version{1, 1, 1}, Version{2, 0, 0}}) {
    other = device();
    other.version = running;
    EXPECT_FALSE(is_offered(other, for_everybody()));
  }
}

TEST(FirmwareOffer, IsNotRepeatedAfterARollBack) {
  Candidate candidate = for_everybody();
  candidate.rolled_back = true;
  EXPECT_FALSE(is_offered(device(), candidate));
}

TEST(FirmwareOffer, IsLimitedToEveryPartOfTheCohort) {
  Candidate candidate = for_everybody();
  candidate.cohort = {{{"workshop_002", "workshop_001"}}, "2026-11-A"};
  EXPECT_TRUE(is_offered(device(), candidate));
  candidate.cohort.workshop_codes = {{"workshop_002"}};
  EXPECT_FALSE(is_offered(device(), candidate));
  candidate.cohort = {std::nullopt, "2026-11-B"};
  EXPECT_FALSE(is_offered(device(), candidate));
  AskingDevice without_batch = device();
  without_batch.batch.reset();
  EXPECT_FALSE(is_offered(without_batch, candidate));
}

TEST(FirmwareOffer, ReachesAboutThePercentageAndARaiseKeepsThoseWhoAreIn) {
  Candidate candidate = for_everybody();
  int at_ten = 0;
  for (int i = 0; i < 1000; ++i) {
    AskingDevice one = device();
    one.device_id += std::to_string(i);
    candidate.percentage = 10;
    const bool early = is_offered(one, candidate);
    candidate.percentage = 30;
    if (early) EXPECT_TRUE(is_offered(one, candidate)) << one.device_id;
    at_ten += early ? 1 : 0;
  }
  EXPECT_GT(at_ten, 60);
  EXPECT_LT(at_ten, 140);
}

TEST(FirmwareOffer, AsksOtherDevicesFirstForAnotherRelease) {
  // The first eight bytes of SHA-256("7ESP32-A1B2C3D4E5F6"), and of "8ESP32-…", as a number modulo 100.
  EXPECT_EQ(bucket_of(ReleaseId(7), "ESP32-A1B2C3D4E5F6"), 34);
  EXPECT_EQ(bucket_of(ReleaseId(8), "ESP32-A1B2C3D4E5F6"), 11);
}

TEST(FirmwareCampaign, HaltsWhenFailuresReachTheLimitOfThreeOutcomesOrMore) {
  EXPECT_FALSE(must_halt({.offered = 50, .rolled_back = 1, .failed = 1}, 1));
  EXPECT_TRUE(must_halt({.installed = 2, .failed = 1}, 33));
  EXPECT_FALSE(must_halt({.installed = 2, .failed = 1}, 34));
  EXPECT_TRUE(must_halt({.installed = 1, .rolled_back = 1, .failed = 1}, 60));
  EXPECT_FALSE(must_halt({.installed = 1, .rolled_back = 2}, 100));
  EXPECT_TRUE(must_halt({.rolled_back = 3}, 100));
  EXPECT_FALSE(must_halt({.installed = 100}, 1));
}

TEST(FirmwareReport, TheNewestCountsExceptAfterARollBack) {
  constexpr auto kRunning = CampaignStatus::running;
  using enum FirmwareState;
  EXPECT_EQ(state_after(offered, installed, "", kRunning), installed);
  EXPECT_EQ(state_after(failed, installed, "", kRunning), installed);
  EXPECT_EQ(state_after(failed, failed, "cut_off", kRunning), failed);
  EXPECT_EQ(state_after(rolled_back, installed, "", kRunning), std::nullopt);
  EXPECT_EQ(state_after(offered, rolled_back, "mqtt", CampaignStatus::halted), rolled_back);
}

TEST(FirmwareReport, WhatWeRefusedOurselvesIsNoFailure) {
  using enum FirmwareState;
  EXPECT_EQ(state_after(offered, failed, "image_refused", CampaignStatus::stopped), std::nullopt);
  EXPECT_EQ(state_after(offered, failed, "image_refused", CampaignStatus::running), failed);
  EXPECT_EQ(state_after(offered, failed, "wrong_hash", CampaignStatus::stopped), failed);
}

TEST(FirmwareCampaign, AHaltedOneStaysAsItIs) {
  const CampaignChange resume{.status = CampaignStatus::running};
  EXPECT_TRUE(check_change(CampaignStatus::stopped, resume));
  EXPECT_TRUE(check_change(CampaignStatus::running, {.percentage = 50}));
  EXPECT_EQ(check_change(CampaignStatus::halted, resume).error().code, Errc::conflict);
  EXPECT_EQ(check_change(CampaignStatus::running, {}).error().code, Errc::validation_failed);
}

}  // namespace
}  // namespace pitview::ota
