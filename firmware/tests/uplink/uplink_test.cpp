#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "core/uplink/delivery.h"
#include "core/uplink/place_boots.h"
#include "core/uplink/session.h"
#include "core/uplink/settlement.h"
#include "pitview/json/document.h"
#include "testing/fake_ports.h"
#include "testing/sim_flash.h"

namespace pitview::fw {
namespace {

TEST(Settlement, is_read_as_the_contract_says) {
  const auto settlement = parse_settlement(R"({"boot_id":17,"ranges":[ [4211,4218] ,[4220, 4220]]})");
  ASSERT_TRUE(settlement);
  EXPECT_EQ(settlement->boot_id, 17U);
  EXPECT_TRUE(settlement->covers(4211));
  EXPECT_TRUE(settlement->covers(4218));
  EXPECT_FALSE(settlement->covers(4219));
  EXPECT_TRUE(settlement->covers(4220));
  EXPECT_FALSE(settlement->covers(4221));
  EXPECT_TRUE(parse_settlement(R"({"boot_id":17,"ranges":[]})"));
}

TEST(Settlement, anything_else_settles_nothing) {
  std::string many = R"({"boot_id":1,"ranges":[[0,0])";
  for (std::size_t i = 1; i < Settlement::kMaxRanges; ++i) many += ",[1,1]";
  EXPECT_TRUE(parse_settlement(many + "]}"));
  for (const std::string& text : std::vector<std::string>{
           "", R"({"boot_id":1})", R"({"ranges":[[1,2]]})", R"({"boot_id":-1,"ranges":[[1,2]]})",
           R"({"boot_id":2147483648,"ranges":[[1,2]]})", R"({"boot_id":1,"ranges":[1,2]})",
           R"({"boot_id":1,"ranges":[[1]]})", R"({"boot_id":1,"ranges":[[1,2,3]]})",
           R"({"boot_id":1,"ranges":[[2,1]]})", R"({"boot_id":1,"ranges":[["1","2"]]})",
           R"({"boot_id":1,"ranges":[[1,2147483648]]})", R"({"boot_id":1,"ranges":[[1,-2]]})",
           R"({"boot_id":1,"ranges":[[1.5,2]]})", R"({"boot_id":1,"ranges":{}})", many + ",[1,1]]}"}) {
    EXPECT_FALSE(parse_settlement(text)) << text;
  }
}

// A message the server's tests accept as it stands.
std::string contract_example(const std::string& name) {
  std::ifstream in(PITVIEW_CONTRACTS "/examples/valid/" + name);
  std::string line;
  EXPECT_TRUE(std::getline(in, line)) << name;
  return line;
}

// What every test here starts from: a claimed device at a broker.
class Uplink : public ::testing::Test {
 protected:
  explicit Uplink(bool knows_time = true) {
    clock.knows_time = knows_time;
    testing::write_factory_settings(factory);
    load_identity(factory, system.mac, identity);
    boot.start();
    boot.tick();
    EXPECT_TRUE(spool.mount());
  }

  void go_online() {
    session.set_place("workshop_001", 1);
    session.tick(clock.uptime);
    mqtt.accept();
    take_events();
    ASSERT_TRUE(session.online());
  }
  void take_events() {
    SessionEvent event;
    while (session.next(event, clock.uptime)) {
      switch (event.kind) {
        case SessionEvent::Kind::connected:
        case SessionEvent::Kind::disconnected: delivery.forget_sent(); break;
        case SessionEvent::Kind::published: delivery.on_published(event.publish_id); break;
        case SessionEvent::Kind::ack:
          if (const auto settlement = parse_settlement(event.payload)) delivery.on_settled(*settlement);
          break;
        default: break;
      }
    }
  }
  // A reading of this boot, now.
  void measure() {
    Reading reading;
    reading.boot_id = boot.boot_id();
    reading.seq = seq++;
    reading.uptime_s = boot.uptime_s();
    reading.unix_s = boot.now_unix();
    reading.air.temperature_c = 24.5F;
    reading.air.humidity_rh = 55.2F;
    reading.air.pressure_hpa = 1013.24F;
    reading.air.gas_ohm = 98'765.0F;
    reading.air.aqi = 78;
    reading.air.iaq_accuracy = 3;
    ASSERT_TRUE(spool.append(reading));
  }
  // What goes on while nothing special happens: an exchange with the broker.
  void run(int rounds = 3) {
    for (int i = 0; i < rounds; ++i) {
      take_events();
      delivery.tick(clock.uptime);
    }
    take_events();
  }
  void settle(std::uint32_t first, std::uint32_t last, std::uint32_t boot_id = 1) {
    mqtt.deliver("workshop/workshop_001/device/ESP32-A4CF12B3D4E5/ack", R"({"boot_id":)" + std::to_string(boot_id) +
                                                                            R"(,"ranges":[[)" + std::to_string(first) +
                                                                            "," + std::to_string(last) + "]]}");
    take_events();
  }
  static std::uint64_t seq_of(const std::string& payload) {
    return *json::Document::parse(payload)->root().find("seq")->as_uint64();
  }
  std::vector<std::uint64_t> sent() const {
    std::vector<std::uint64_t> seqs;
    for (const auto& payload : mqtt.payloads("/sensors")) seqs.push_back(seq_of(payload));
    return seqs;
  }

  testing::FakeClock clock;
  testing::FakeKv factory, settings;
  testing::FakeRandom random;
  testing::FakeSystem system;
  testing::FakeLink link;
  testing::FakeMqtt mqtt;
  testing::SimFlash flash{8};
  Identity identity;
  BootClock boot{clock, settings, random};
  Spool spool{flash};
  Session session{mqtt, link, random, identity};
  Delivery delivery{spool, session, boot, identity, "1.0.0"};
  std::uint32_t seq = 0;
};

using TheSession = Uplink;

TEST_F(TheSession, presents_itself_and_subscribes) {
  go_online();
  EXPECT_EQ(mqtt.client_id, "ESP32-A4CF12B3D4E5");
  EXPECT_EQ(mqtt.username, "ESP32-A4CF12B3D4E5");
  EXPECT_EQ(mqtt.password, "secret-of-the-broker");
  EXPECT_EQ(mqtt.will_topic, "workshop/workshop_001/device/ESP32-A4CF12B3D4E5/status");
  EXPECT_EQ(mqtt.will_payload, R"({"status":"offline"})");
  EXPECT_EQ(mqtt.subscriptions, (std::vector<std::string>{"workshop/workshop_001/device/ESP32-A4CF12B3D4E5/command",
                                                          "workshop/workshop_001/device/ESP32-A4CF12B3D4E5/config",
                                                          "workshop/workshop_001/device/ESP32-A4CF12B3D4E5/ack"}));
  EXPECT_FALSE(session.down_since_ms());
  EXPECT_EQ(session.next_due_ms(), UINT64_MAX);
}

TEST_F(TheSession, stays_away_without_a_place_or_an_address) {
  session.tick(0);
  EXPECT_EQ(mqtt.connects, 0);
  EXPECT_EQ(session.next_due_ms(), UINT64_MAX);
  link.address = "";
  session.set_place("workshop_001", 1);
  session.tick(0);
  EXPECT_EQ(mqtt.connects, 0);
  EXPECT_EQ(session.next_due_ms(), UINT64_MAX);
  link.address = "10.0.0.2";
  session.tick(0);
  EXPECT_EQ(mqtt.connects, 1);
  EXPECT_EQ(session.next_due_ms(), Session::kConnectTimeoutMs);
}

TEST_F(TheSession, waits_longer_after_every_failure_up_to_five_minutes) {
  random.fixed = UINT32_MAX;
  session.set_place("workshop_001", 1);
  std::uint64_t pause = 1'000;
  for (int failure = 0; failure < 12; ++failure) {
    session.tick(clock.uptime);
    mqtt.drop();
    take_events();
    EXPECT_EQ(session.next_due_ms(), clock.uptime + pause);
    clock.advance(pause - 1);
    const int before = mqtt.connects;
    session.tick(clock.uptime);
    EXPECT_EQ(mqtt.connects, before) << "not before its time";
    clock.advance(1);
    pause = std::min<std::uint64_t>(2 * pause, Session::kBackoffCapMs);
  }
  EXPECT_EQ(session.down_since_ms(), 0U);
}

TEST_F(TheSession, a_short_connection_does_not_reset_the_pause_a_long_one_does) {
  random.fixed = UINT32_MAX;
  go_online();
  clock.advance(Session::kStableMs - 1);
  session.tick(clock.uptime);
  mqtt.drop();
  take_events();
  clock.advance(1'000);
  session.tick(clock.uptime);
  mqtt.accept();
  take_events();
  mqtt.drop();
  take_events();
  EXPECT_EQ(session.next_due_ms(), clock.uptime + 2'000);
  clock.advance(2'000);
  session.tick(clock.uptime);
  mqtt.accept();
  take_events();
  clock.advance(Session::kStableMs);
  session.tick(clock.uptime);
  mqtt.drop();
  take_events();
  EXPECT_EQ(session.next_due_ms(), clock.uptime + 1'000);
}

TEST_F(TheSession, an_attempt_that_hangs_is_ended) {
  session.set_place("workshop_001", 1);
  session.tick(0);
  clock.advance(Session::kConnectTimeoutMs);
  session.tick(clock.uptime);
  EXPECT_EQ(mqtt.disconnects, 1);
  take_events();
  EXPECT_FALSE(session.online());
}

TEST_F(TheSession, a_port_that_refuses_counts_as_a_failure) {
  random.fixed = UINT32_MAX;
  mqtt.refuses_connect = true;
  session.set_place("workshop_001", 1);
  session.tick(0);
  EXPECT_EQ(session.next_due_ms(), 1'000U);
}

TEST_F(TheSession, another_place_means_another_connection) {
  go_online();
  session.set_place("workshop_001", 1);
  EXPECT_EQ(mqtt.disconnects, 0);
  session.set_place("workshop_002", 7);
  EXPECT_EQ(mqtt.disconnects, 1);
  take_events();
  clock.advance(Session::kBackoffCapMs);
  session.tick(clock.uptime);
  EXPECT_EQ(mqtt.will_topic, "workshop/workshop_002/device/ESP32-A4CF12B3D4E5/status");
  session.set_place("", 0);
  take_events();
  clock.advance(Session::kBackoffCapMs);
  session.tick(clock.uptime);
  EXPECT_FALSE(mqtt.connecting);
}

TEST_F(TheSession, a_place_that_cannot_be_kept_changes_nothing) {
  session.set_place(std::string(65, 'w'), 1);
  session.tick(0);
  EXPECT_EQ(mqtt.connects, 0);
}

TEST_F(TheSession, passes_over_what_is_not_for_it) {
  go_online();
  mqtt.deliver("workshop/workshop_001/device/ANOTHER/command", "{}");
  SessionEvent event;
  EXPECT_FALSE(session.next(event, 0));
  mqtt.deliver("workshop/workshop_001/device/ESP32-A4CF12B3D4E5/config", "x");
  ASSERT_TRUE(session.next(event, 0));
  EXPECT_EQ(event.kind, SessionEvent::Kind::config);
  EXPECT_EQ(event.payload, "x");
  mqtt.deliver("workshop/workshop_001/device/ESP32-A4CF12B3D4E5/command", "y");
  ASSERT_TRUE(session.next(event, 0));
  EXPECT_EQ(event.kind, SessionEvent::Kind::command);
}

TEST_F(TheSession, late_answers_of_an_ended_connection_are_passed_over) {
  mqtt.accept();
  SessionEvent event;
  EXPECT_FALSE(session.next(event, 0)) << "nobody has connected";
  mqtt.drop();
  EXPECT_FALSE(session.next(event, 0));
}

using TheDelivery = Uplink;

TEST_F(TheDelivery, a_reading_says_what_the_contract_says) {
  go_online();
  measure();
  run();
  ASSERT_EQ(mqtt.payloads("/sensors").size(), 1U);
  EXPECT_EQ(mqtt.published.front().topic, "workshop/workshop_001/pit/1/sensors");
  EXPECT_EQ(mqtt.published.front().qos, 1);
  EXPECT_FALSE(mqtt.published.front().retain);
  EXPECT_EQ(mqtt.published.front().payload, contract_example("firmware.json"));
}

TEST_F(TheDelivery, values_the_sensor_could_not_give_are_null) {
  go_online();
  Reading reading;
  reading.boot_id = 1;
  reading.unix_s = 1'771'626'600;
  ASSERT_TRUE(spool.append(reading));
  run();
  EXPECT_EQ(mqtt.payloads("/sensors").at(0), contract_example("firmware-sensor-fault.json"));
}

// PUBACK is not enough: only the settlement lets a record go.
TEST_F(TheDelivery, a_reading_is_kept_until_the_server_has_settled_it) {
  go_online();
  measure();
  run();
  EXPECT_EQ(spool.waiting(), 1U);
  settle(0, 0, 99);
  EXPECT_EQ(spool.waiting(), 1U) << "another boot's";
  settle(0, 0);
  EXPECT_EQ(spool.waiting(), 0U);
  EXPECT_EQ(delivery.settled(), 1U);
  settle(0, 0);
  EXPECT_EQ(delivery.settled(), 1U);
}

TEST_F(TheDelivery, what_is_not_settled_in_a_minute_is_sent_again_with_the_same_bytes) {
  go_online();
  measure();
  run();
  EXPECT_EQ(delivery.next_due_ms(), Delivery::kResendMs);
  clock.advance(Delivery::kResendMs - 1);
  run();
  EXPECT_EQ(sent().size(), 1U);
  clock.advance(1);
  run();
  ASSERT_EQ(sent().size(), 2U);
  std::string repeated = mqtt.payloads("/sensors")[1];
  const auto mark = repeated.find(R"(,"replay":true)");
  ASSERT_NE(mark, std::string::npos);
  EXPECT_EQ(repeated.erase(mark, 14), mqtt.payloads("/sensors")[0]);
}

TEST_F(TheDelivery, after_a_lost_connection_everything_unsettled_comes_again) {
  go_online();
  for (int i = 0; i < 3; ++i) measure();
  run();
  settle(1, 1);
  mqtt.drop();
  run();
  clock.advance(Session::kBackoffCapMs);
  go_online();
  run();
  EXPECT_EQ(sent(), (std::vector<std::uint64_t>{2, 1, 0, 0, 2}));
}

TEST_F(TheDelivery, the_newest_goes_first_then_the_backlog_oldest_first) {
  for (int i = 0; i < 5; ++i) {
    measure();
    clock.advance(60'000);
  }
  measure();
  go_online();
  run();
  EXPECT_EQ(sent(), (std::vector<std::uint64_t>{5, 0, 1, 2, 3, 4}));
  const auto payloads = mqtt.payloads("/sensors");
  EXPECT_EQ(payloads[0].find("replay"), std::string::npos);
  EXPECT_NE(payloads[1].find(R"("replay":true)"), std::string::npos);
}

TEST_F(TheDelivery, at_most_eight_wait_for_a_puback) {
  mqtt.acknowledges = false;
  for (int i = 0; i < 20; ++i) measure();
  go_online();
  run();
  EXPECT_EQ(sent().size(), Delivery::kInFlight);
  mqtt.acknowledge(1);
  mqtt.acknowledge(999);  // nobody's
  run();
  EXPECT_EQ(sent().size(), Delivery::kInFlight + 1);
}

TEST_F(TheDelivery, a_puback_that_never_comes_does_not_block_for_ever) {
  mqtt.acknowledges = false;
  for (int i = 0; i < 10; ++i) measure();
  go_online();
  run();
  EXPECT_EQ(sent().size(), 8U);
  clock.advance(Delivery::kResendMs);
  run();
  EXPECT_GT(sent().size(), 8U);
}

TEST_F(TheDelivery, a_server_that_settles_nothing_does_not_stop_the_live_view) {
  for (int i = 0; i < 100; ++i) {
    measure();
    clock.advance(10'000);
  }
  go_online();
  run(20);
  EXPECT_EQ(sent().size(), Delivery::kUnsettled - Delivery::kForLive) << "the backlog waits";
  std::size_t live = 0;
  for (int i = 0; i < 20; ++i) {  // less than a minute apart: no repetitions
    measure();
    run(1);
    const auto seqs = sent();
    if (std::find(seqs.begin(), seqs.end(), seq - 1) != seqs.end()) ++live;
    clock.advance(100);
  }
  EXPECT_EQ(live, 20U);
  EXPECT_EQ(spool.waiting(), 120U) << "nothing was forgotten";
}

TEST_F(TheDelivery, everything_arrives_in_the_end_whatever_is_lost_on_the_way) {
  std::mt19937 chance(5);
  std::set<std::uint64_t> stored;
  std::size_t seen = 0;
  go_online();
  for (int step = 0; step < 3000; ++step) {
    if (step < 400) measure();
    if (!session.online()) {
      session.tick(clock.uptime);
      if (mqtt.connecting) mqtt.accept();
    } else if (chance() % 40 == 0) {
      mqtt.drop();
    }
    run(1);
    // The server stores what reaches it and settles most of it.
    const auto payloads = mqtt.payloads("/sensors");
    for (; seen < payloads.size(); ++seen) {
      const auto number = seq_of(payloads[seen]);
      stored.insert(number);
      const auto one = static_cast<std::uint32_t>(number);
      if (chance() % 3 != 0 && session.online()) settle(one, one);
    }
    clock.advance(1'000);
  }
  EXPECT_EQ(stored.size(), 400U);
  EXPECT_EQ(spool.waiting(), 0U);
}

TEST_F(TheDelivery, a_port_without_room_is_asked_again) {
  go_online();
  mqtt.refuses_publish = true;
  measure();
  run();
  clock.advance(60'000);  // now it is backlog
  run();
  EXPECT_TRUE(sent().empty());
  mqtt.refuses_publish = false;
  run();
  EXPECT_EQ(sent().size(), 1U);
  mqtt.refuses_publish = true;
  clock.advance(Delivery::kResendMs);
  run();
  EXPECT_EQ(sent().size(), 1U);
  mqtt.refuses_publish = false;
  run();
  EXPECT_EQ(sent().size(), 2U);
}

TEST_F(TheDelivery, a_record_that_cannot_be_read_does_not_hold_up_the_others) {
  measure();
  clock.advance(60'000);
  go_online();
  flash.faults.refuses_reads = true;
  run();
  flash.faults.refuses_reads = false;
  EXPECT_TRUE(sent().empty());
  EXPECT_EQ(spool.waiting(), 0U);
  measure();
  run();
  EXPECT_EQ(sent(), (std::vector<std::uint64_t>{1}));
}

TEST_F(TheDelivery, repetitions_wait_for_room_as_well) {
  go_online();
  measure();
  run();  // its PUBACK has come, its settlement has not
  mqtt.acknowledges = false;
  clock.advance(Delivery::kResendMs / 2);
  for (std::size_t i = 0; i < Delivery::kInFlight; ++i) measure();
  run();
  clock.advance(Delivery::kResendMs / 2);
  run();
  EXPECT_EQ(sent().size(), 1 + Delivery::kInFlight);
  mqtt.acknowledge(2);
  run();
  EXPECT_EQ(sent().back(), 0U);
}

TEST_F(TheDelivery, records_that_made_room_for_newer_ones_are_not_sent_again) {
  go_online();
  for (int i = 0; i < 8; ++i) measure();
  run();
  const auto before = sent().size();
  for (int i = 0; i < 10 * 127; ++i) measure();  // the ring of 8 sectors goes round
  mqtt.refuses_publish = true;
  clock.advance(Delivery::kResendMs);
  run();
  mqtt.refuses_publish = false;
  EXPECT_EQ(sent().size(), before);
  EXPECT_GT(spool.dropped(), 0U);
}

class BeforeTheTimeIsKnown : public Uplink {
 protected:
  BeforeTheTimeIsKnown() : Uplink(false) {}
};

TEST_F(BeforeTheTimeIsKnown, readings_wait_and_are_placed_afterwards) {
  measure();
  clock.advance(5'000);
  go_online();
  run();
  EXPECT_TRUE(sent().empty());
  clock.knows_time = true;
  ASSERT_TRUE(boot.tick());
  place_earlier_boots(spool, boot);
  run();
  ASSERT_EQ(sent().size(), 1U);
  EXPECT_NE(mqtt.payloads("/sensors")[0].find(R"("timestamp":"2026-02-20T22:30:00Z")"), std::string::npos);
  EXPECT_NE(mqtt.payloads("/sensors")[0].find(R"("ts_quality":"rebased")"), std::string::npos);
}

TEST_F(BeforeTheTimeIsKnown, boots_that_never_knew_it_are_estimated) {
  const auto boot_of = [&](std::uint32_t id, std::uint32_t uptime_s, std::uint32_t number) {
    Reading reading;
    reading.boot_id = id;
    reading.seq = number;
    reading.uptime_s = uptime_s;
    ASSERT_TRUE(spool.append(reading));
  };
  boot.start();
  boot.start();  // now boot 3
  boot_of(1, 10, 0);
  boot_of(1, 20, 1);
  boot_of(2, 5, 0);
  go_online();
  clock.knows_time = true;
  ASSERT_TRUE(boot.tick());
  place_earlier_boots(spool, boot);
  run();
  const auto payloads = mqtt.payloads("/sensors");
  ASSERT_EQ(payloads.size(), 3U);
  EXPECT_NE(payloads[0].find(R"("timestamp":"2026-02-20T22:29:43Z")"), std::string::npos) << payloads[0];
  EXPECT_NE(payloads[1].find(R"("timestamp":"2026-02-20T22:29:53Z")"), std::string::npos) << payloads[1];
  EXPECT_NE(payloads[2].find(R"("timestamp":"2026-02-20T22:29:59Z")"), std::string::npos) << payloads[2];
  EXPECT_NE(payloads[2].find(R"("ts_quality":"estimated")"), std::string::npos);
}

TEST_F(BeforeTheTimeIsKnown, a_record_that_cannot_be_read_is_passed_over) {
  Reading reading;
  reading.boot_id = boot.boot_id() + 1;
  ASSERT_TRUE(spool.append(reading));
  clock.knows_time = true;
  ASSERT_TRUE(boot.tick());
  flash.faults.refuses_reads = true;
  place_earlier_boots(spool, boot);
  flash.faults.refuses_reads = false;
  EXPECT_FALSE(boot.knows_boot(reading.boot_id));
}

TEST_F(BeforeTheTimeIsKnown, more_boots_than_are_kept_cannot_be_placed_and_are_counted) {
  for (std::uint32_t id = 1; id <= BootClock::kBootsKept + 2; ++id) {
    Reading reading;
    reading.boot_id = id;
    ASSERT_TRUE(spool.append(reading));
    boot.start();
  }
  go_online();
  clock.knows_time = true;
  ASSERT_TRUE(boot.tick());
  place_earlier_boots(spool, boot);
  run(20);
  EXPECT_EQ(sent().size() + delivery.unplaceable(), BootClock::kBootsKept + 2);
  EXPECT_EQ(delivery.unplaceable(), 3U) << "this boot needs a place of its own";
}

}  // namespace
}  // namespace pitview::fw
