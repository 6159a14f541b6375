#include "core/app/device.h"

#include <algorithm>

#include "core/app/led.h"
#include "core/app/state_poll.h"
#include "core/app/status.h"
#include "core/base/http_client.h"
#include "core/identity/identity.h"
#include "core/licence/licence_keeper.h"
#include "core/licence/signed_message.h"
#include "core/ota/ota_manager.h"
#include "core/sensor/sampler.h"
#include "core/spool/spool.h"
#include "core/time/boot_clock.h"
#include "core/uplink/delivery.h"
#include "core/uplink/place_boots.h"
#include "core/uplink/session.h"
#include "core/uplink/settlement.h"

namespace pitview::fw {
namespace {

// An adapter that wakes the core for every event may let it sleep this long; one that
// does not still gets its events taken.
constexpr std::uint64_t kLongestSleepMs = 1'000;
// What is overdue waits for a port (room in flight, a free connection): no spinning.
constexpr std::uint64_t kShortestSleepMs = 20;

}  // namespace

struct Device::Parts {
  Parts(const Ports& the_ports, DeviceOptions options)
      : ports(the_ports),
        spool(ports.spool),
        sampler(ports.i2c, ports.settings, options.sample_ms, options.publish_ms),
        clock(ports.clock, ports.settings, ports.random),
        licence(ports.settings),
        verifier(ports.crypto, identity),
        http(ports.http),
        session(ports.mqtt, ports.link, ports.random, identity),
        delivery(spool, session, clock, identity, ports.ota.running_version()),
        poll(http, ports.random, identity),
        ota(ports.ota, http, ports.settings, ports.crypto, ports.random, ports.system, identity) {}

  void follow_licence(std::uint64_t now);
  void take_session_events(std::uint64_t now);
  void take_command(std::string_view json);
  void take_desired_state(std::string_view json, std::uint64_t now);
  void measure(std::uint64_t now);
  void send_status(std::uint64_t now);
  void run_ota(std::uint64_t now);
  void show(std::uint64_t now);
  StatusFacts status_facts() const;
  // Readings that were measured and can never be delivered.
  std::uint64_t dropped() const { return spool.dropped() + delivery.unplaceable() + lost; }
  std::uint64_t next_due_ms(std::uint64_t now);

  Ports ports;
  Identity identity;
  bool has_identity = false;
  Spool spool;
  Sampler sampler;
  BootClock clock;
  LicenceKeeper licence;
  MessageVerifier verifier;
  HttpClient http;
  Session session;
  Delivery delivery;
  StatePoll poll;
  OtaManager ota;
  StatusSchedule status_schedule;
  StatusPayload status_payload;

  LicenceState followed = LicenceState::unprovisioned;  // the licence the parts were last told
  std::uint32_t next_seq = 0;
  std::uint64_t measured = 0;
  std::uint64_t lost = 0;     // readings the flash did not take
  bool sensor_works = false;  // the last reading had a temperature
  SelfTestFacts self_test;
  LedPattern led = LedPattern::no_identity;
};

Device::Device(const Ports& ports, DeviceOptions options) : parts_(std::make_unique<Parts>(ports, options)) {}
Device::~Device() = default;

void Device::start() {
  Parts& p = *parts_;
  const std::uint64_t now = p.ports.clock.uptime_ms();
  p.clock.start();
  p.licence.start();
  if (!p.spool.mount()) p.ports.system.log("spool: the flash region cannot be used, readings are not kept");
  if (const char* wrong = load_identity(p.ports.factory, p.ports.system.base_mac(), p.identity)) {
    Text<96> line;
    line << "identity: " << wrong << " is missing or wrong in the factory partition";
    p.ports.system.log(line.view());
    return;
  }
  p.has_identity = true;
  p.ota.start(now);
  p.follow_licence(now);
}

std::uint64_t Device::tick() {
  Parts& p = *parts_;
  const std::uint64_t now = p.ports.clock.uptime_ms();
  if (p.has_identity) {
    if (p.clock.tick()) place_earlier_boots(p.spool, p.clock);
    p.session.tick(now);
    p.take_session_events(now);
    p.measure(now);
    if (p.session.online() && p.licence.licence() == LicenceState::enabled) p.delivery.tick(now);
    if (const auto answer = p.poll.tick(now, p.licence.licence(), p.session.down_since_ms())) {
      p.take_desired_state(*answer, now);
    }
    p.run_ota(now);
    p.send_status(now);
  }
  p.show(now);
  return p.next_due_ms(now);
}

// Sets every part as the licence says; the licence itself is on flash by now.
void Device::Parts::follow_licence(std::uint64_t now) {
  sampler.set_offsets(licence.temperature_offset_c(), licence.humidity_offset_rh());
  if (licence.licence() != followed) {
    followed = licence.licence();
    if (followed == LicenceState::enabled) {
      sampler.start(now);
      delivery.forget_sent();
    } else {
      sampler.stop();
    }
  }
  session.set_place(licence.workshop_code(), licence.pit_number());
}

void Device::Parts::take_session_events(std::uint64_t now) {
  SessionEvent event;
  while (session.next(event, now)) {
    switch (event.kind) {
      case SessionEvent::Kind::connected:
        self_test.broker_accepted = true;
        status_schedule.on_connected();
        delivery.forget_sent();
        break;
      case SessionEvent::Kind::disconnected: delivery.forget_sent(); break;
      case SessionEvent::Kind::published:
        self_test.broker_confirmed = true;
        delivery.on_published(event.publish_id);
        break;
      case SessionEvent::Kind::command:
        take_command(event.payload);
        follow_licence(now);
        break;
      case SessionEvent::Kind::config: take_desired_state(event.payload, now); break;
      case SessionEvent::Kind::ack:
        if (const auto settlement = parse_settlement(event.payload)) delivery.on_settled(*settlement);
        break;
    }
  }
}

void Device::Parts::take_command(std::string_view json) {
  const auto command = verifier.command(json);
  const std::string_view outcome =
      command ? to_text(licence.obey(*command, clock.now_unix())) : "not signed by the server";
  Text<96> line;
  line << "command: " << outcome;
  ports.system.log(line.view());
}

void Device::Parts::take_desired_state(std::string_view json, std::uint64_t now) {
  const auto state = verifier.desired_state(json);
  const Obedience outcome = state ? licence.obey(*state) : Obedience::not_newer;
  if (state && outcome == Obedience::not_newer) return;  // retained: it comes with every connection
  Text<96> line;
  line << "desired state: " << (state ? to_text(outcome) : "not signed by the server");
  ports.system.log(line.view());
  follow_licence(now);
}

void Device::Parts::measure(std::uint64_t now) {
  const auto air = sampler.tick(now);
  if (!air) return;
  Reading reading;
  reading.boot_id = clock.boot_id();
  reading.seq = next_seq++;
  reading.uptime_s = static_cast<std::uint32_t>(now / 1000);
  reading.unix_s = clock.now_unix();
  reading.air = *air;
  ++measured;
  sensor_works = air->temperature_c.has_value();
  if (!spool.append(reading)) ++lost;
}

void Device::Parts::send_status(std::uint64_t now) {
  if (!session.online()) return;
  const StatusFacts facts = status_facts();
  if (!status_schedule.due(now, facts)) return;
  encode_status(status_payload, facts);
  if (session.publish_status(status_payload.view()) != 0) status_schedule.on_sent(now, facts);
}

StatusFacts Device::Parts::status_facts() const {
  StatusFacts facts;
  facts.firmware_version = ports.ota.running_version();
  facts.hw_rev = identity.hw_rev.view();
  facts.boot_id = clock.boot_id();
  facts.uptime_s = clock.uptime_s();
  facts.ip = ports.link.ip();
  facts.link = ports.link.speed();
  facts.free_heap_bytes = ports.system.free_heap_bytes();
  facts.reset_reason = ports.system.reset_reason();
  facts.sensor = sampler.state();
  facts.licence = licence.licence();
  facts.reason = licence.reason();
  facts.state_version = licence.state_version();
  facts.waiting = spool.waiting();
  facts.dropped = dropped();
  facts.ota = ota.state();
  return facts;
}

void Device::Parts::run_ota(std::uint64_t now) {
  self_test.has_address = !ports.link.ip().empty();
  self_test.sensor_works = sensor_works;
  self_test.sensor_expected = licence.licence() == LicenceState::enabled && ota.sensor_worked_before();
  ota.tick(now, session.online(), self_test);
}

void Device::Parts::show(std::uint64_t now) {
  LedFacts facts;
  facts.has_identity = has_identity;
  facts.updating = ota.state() == OtaState::downloading;
  facts.has_address = !ports.link.ip().empty();
  facts.claimed = licence.licence() != LicenceState::unprovisioned;
  facts.online = session.online();
  facts.disabled = licence.licence() == LicenceState::disabled;
  facts.sensor_fault = sampler.state() == SensorState::fault;
  led = led_pattern(facts);
  ports.led.set(led_on(led, now));
}

std::uint64_t Device::Parts::next_due_ms(std::uint64_t now) {
  std::uint64_t due = led_next_change_ms(led, now);
  if (has_identity) {
    due = std::min({due, sampler.next_due_ms(), session.next_due_ms(), poll.next_due_ms(), ota.next_due_ms()});
    if (session.online()) due = std::min({due, delivery.next_due_ms(), status_schedule.next_due_ms()});
  }
  return std::clamp(due, now + kShortestSleepMs, now + kLongestSleepMs);
}

DeviceSnapshot Device::snapshot() const {
  const Parts& p = *parts_;
  DeviceSnapshot snapshot;
  snapshot.has_identity = p.has_identity;
  snapshot.online = p.session.online();
  snapshot.licence = p.licence.licence();
  snapshot.state_version = p.licence.state_version();
  snapshot.sensor = p.sampler.state();
  snapshot.ota = p.ota.state();
  snapshot.boot_id = p.clock.boot_id();
  snapshot.measured = p.measured;
  snapshot.published = p.delivery.published();
  snapshot.settled = p.delivery.settled();
  snapshot.dropped = p.dropped();
  snapshot.waiting = p.spool.waiting();
  return snapshot;
}

}  // namespace pitview::fw
