#include "core/app/status.h"

#include <gtest/gtest.h>

#include <string>

#include "core/app/state_poll.h"
#include "pitview/json/document.h"
#include "testing/fake_ports.h"

namespace pitview::fw {
namespace {

TEST(Status, says_why_the_device_started) {
  const struct {
    ResetReason reason;
    const char* text;
  } kReasons[] = {{ResetReason::power_on, "power_on"}, {ResetReason::software, "software"},
                  {ResetReason::watchdog, "watchdog"}, {ResetReason::panic, "panic"},
                  {ResetReason::brownout, "brownout"}, {ResetReason::other, "other"}};
  for (const auto& [reason, text] : kReasons) {
    StatusFacts facts;
    facts.reset_reason = reason;
    StatusPayload payload;
    encode_status(payload, facts);
    const auto document = json::Document::parse(payload.view());
    ASSERT_TRUE(document) << payload.view();
    EXPECT_EQ(document->root().find("reset_reason")->as_string(), text);
  }
}

TEST(Status, fits_its_buffer_at_its_longest) {
  const std::string longest(64, 'x');
  StatusFacts facts;
  facts.licence = LicenceState::disabled;
  facts.reason = longest;
  facts.firmware_version = std::string_view(longest).substr(0, 32);
  facts.hw_rev = std::string_view(longest).substr(0, 16);
  facts.ip = "255.255.255.255";
  facts.boot_id = facts.uptime_s = facts.free_heap_bytes = UINT32_MAX;
  facts.state_version = facts.dropped = UINT64_MAX;
  facts.waiting = 100'000;
  facts.ota = OtaState::pending_verify;
  StatusPayload payload;
  encode_status(payload, facts);
  EXPECT_FALSE(payload.overflowed());
  EXPECT_TRUE(json::Document::parse(payload.view()).has_value());
}

TEST(StatusSchedule, is_due_after_every_change_of_what_matters) {
  StatusSchedule schedule;
  StatusFacts facts;
  EXPECT_EQ(schedule.next_due_ms(), 0U);
  schedule.on_sent(0, facts);
  EXPECT_FALSE(schedule.due(1, facts));
  EXPECT_EQ(schedule.next_due_ms(), StatusSchedule::kIntervalMs);
  EXPECT_TRUE(schedule.due(StatusSchedule::kIntervalMs, facts));
  const auto changed = [&](auto change) {
    StatusFacts other = facts;
    change(other);
    return schedule.due(1, other);
  };
  EXPECT_TRUE(changed([](StatusFacts& f) { f.sensor = SensorState::fault; }));
  EXPECT_TRUE(changed([](StatusFacts& f) { f.licence = LicenceState::enabled; }));
  EXPECT_TRUE(changed([](StatusFacts& f) { f.state_version = 1; }));
  EXPECT_TRUE(changed([](StatusFacts& f) { f.ota = OtaState::downloading; }));
  EXPECT_TRUE(changed([](StatusFacts& f) { f.link = LinkSpeed::mbps_100; }));
  EXPECT_FALSE(changed([](StatusFacts& f) { f.waiting = 7; })) << "that changes all the time";
}

TEST(StatePoll, waits_for_a_connection_in_use) {
  testing::FakeHttp port;
  HttpClient http(port);
  testing::FakeRandom random;
  Identity identity;
  StatePoll poll(http, random, identity);
  const int somebody = 0;
  HttpRequest request;
  ASSERT_TRUE(http.start(&somebody, request));
  EXPECT_FALSE(poll.tick(0, LicenceState::unprovisioned, std::nullopt));
  EXPECT_EQ(port.seen.size(), 1U);
  EXPECT_LE(poll.next_due_ms(), 2'000U);
  http.cancel(&somebody);
  EXPECT_FALSE(poll.tick(2'000, LicenceState::unprovisioned, std::nullopt));
  EXPECT_EQ(port.seen.size(), 2U);
  EXPECT_FALSE(poll.tick(2'001, LicenceState::unprovisioned, std::nullopt)) << "no answer yet";
}

}  // namespace
}  // namespace pitview::fw
