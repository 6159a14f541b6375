#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/base/hex.h"
#include "core/ota/ota_manager.h"
#include "core/ota/release.h"
#include "core/ota/self_test.h"
#include "testing/fake_ports.h"
#include "testing/host_crypto.h"

namespace pitview::fw {
namespace {

using testing::FakeHttp;

const crypto::P256PrivateKey& release_key() {
  static const crypto::P256PrivateKey key = crypto::P256PrivateKey::generate();
  return key;
}

std::string hex(const std::string& bytes) {
  Text<512> text;
  append_hex(text, ByteView(std::string_view(bytes)));
  return std::string(text.view());
}

// A release as the platform makes it.
struct Offer {
  std::string release_id = "r-1";
  std::string version = "1.1.0";
  std::string hw_rev = "E";
  std::string image = std::string("1.1.0\0", 6) + std::string(10'000, 'i');
  std::string size;       // empty: of the image
  std::string sha256;     // empty: of the image
  std::string signature;  // empty: the right one
  std::string url = "https://api.example/api/device/ota/r-1/image";

  std::string json() {
    if (size.empty()) size = std::to_string(image.size());
    if (sha256.empty()) {
      testing::HostCrypto crypto(release_key());
      crypto.sha256_begin();
      crypto.sha256_add(ByteView(std::string_view(image)));
      const Sha256 digest = crypto.sha256_end();
      sha256 = hex(std::string(digest.begin(), digest.end()));
    }
    if (signature.empty()) {
      signature =
          hex(release_key().sign("pitview-release-1\n" + version + "\n" + hw_rev + "\n" + size + "\n" + sha256));
    }
    return R"({"release_id":")" + release_id + R"(","version":")" + version + R"(","size":)" + size + R"(,"sha256":")" +
           sha256 + R"(","signature":")" + signature + R"(","url":")" + url + "\"}";
  }
};

TEST(Versions, are_three_numbers) {
  for (const char* text :
       {"", "1", "1.2", "1.2.3.4", "1.2.x", "01.2.3", "1.2.3-rc1", "1..3", "1.2.1000000", "v1.2.3"}) {
    EXPECT_FALSE(Version::parse(text)) << text;
  }
  EXPECT_TRUE(*Version::parse("1.9.9") < *Version::parse("1.10.0"));
  EXPECT_TRUE(*Version::parse("1.9.9") < *Version::parse("2.0.0"));
  EXPECT_TRUE(*Version::parse("1.9.8") < *Version::parse("1.9.9"));
  EXPECT_FALSE(*Version::parse("1.9.9") < *Version::parse("1.9.9"));
}

TEST(Release, is_taken_when_signed_for_this_board) {
  testing::HostCrypto crypto(release_key());
  const auto release = parse_release(Offer{}.json(), "E", crypto);
  ASSERT_TRUE(release);
  EXPECT_EQ(release->id.view(), "r-1");
  EXPECT_EQ(release->version.view(), "1.1.0");
  EXPECT_EQ(release->size, 10'006U);
  EXPECT_FALSE(parse_release(Offer{}.json(), "F", crypto)) << "for another board";
}

TEST(Release, is_refused_when_anything_was_changed_or_is_missing) {
  testing::HostCrypto crypto(release_key());
  const auto refused = [&](const char* why, const std::string& json) {
    EXPECT_FALSE(parse_release(json, "E", crypto)) << why;
  };
  refused("no JSON", "x");
  refused("empty", "{}");
  Offer signed_by_another;
  signed_by_another.signature = hex(crypto::P256PrivateKey::generate().sign("pitview-release-1\n1.1.0\nE\n1\nx"));
  refused("signed by another", signed_by_another.json());
  Offer no_signature;
  no_signature.signature = "00";
  refused("nonsense as signature", no_signature.json());
  Offer half_digit;
  half_digit.signature = "0";
  refused("half a byte", half_digit.json());
  Offer long_signature;
  long_signature.signature = std::string(146, '0');
  refused("signature too long", long_signature.json());
  Offer other_version;
  other_version.json();
  other_version.version = "9.9.9";
  refused("another version than signed", other_version.json());
  Offer odd_version;
  odd_version.version = "1.1";
  refused("no version", odd_version.json());
  Offer empty_image;
  empty_image.size = "0";
  refused("no image", empty_image.json());
  Offer large;
  large.size = "1638401";
  refused("larger than the slot", large.json());
  Offer no_hash;
  no_hash.sha256 = "abc";
  refused("no hash", no_hash.json());
  Offer no_id;
  no_id.release_id = "";
  refused("no id", no_id.json());
  Offer long_id;
  long_id.release_id = std::string(41, 'r');
  refused("id too long", long_id.json());
  Offer no_url;
  no_url.url = "";
  refused("no address", no_url.json());
  Offer long_url;
  long_url.url = std::string(201, 'u');
  refused("address too long", long_url.json());
}

TEST(Release, with_a_member_missing_is_refused) {
  testing::HostCrypto crypto(release_key());
  for (const std::string name : {"release_id", "version", "size", "sha256", "signature", "url"}) {
    std::string json = Offer{}.json();
    json.replace(json.find('"' + name + '"'), name.size() + 2, "\"another\"");
    EXPECT_FALSE(parse_release(json, "E", crypto)) << name;
  }
}

TEST(SelfTest, names_what_is_missing) {
  SelfTestFacts facts;
  EXPECT_EQ(self_test_missing(facts), "no_address");
  facts.has_address = true;
  EXPECT_EQ(self_test_missing(facts), "no_connack");
  facts.broker_accepted = true;
  EXPECT_EQ(self_test_missing(facts), "no_puback");
  facts.broker_confirmed = true;
  EXPECT_EQ(self_test_missing(facts), "no_sensor");
  facts.sensor_expected = false;
  EXPECT_EQ(self_test_missing(facts), "");
  facts.sensor_expected = facts.sensor_works = true;
  EXPECT_EQ(self_test_missing(facts), "");
}

class Ota : public ::testing::Test {
 protected:
  Ota() {
    testing::write_factory_settings(factory);
    load_identity(factory, system.mac, identity);
    good = {true, true, true, true, true};
    random.fixed = 0;  // no delays: the first check is due at once
    http_port.answer = [this](FakeHttp& port, const FakeHttp::Seen& seen) { serve(port, seen); };
    boot();
  }

  // The platform: one offer, its image, and a book of reports.
  void serve(FakeHttp& port, const FakeHttp::Seen& seen) {
    if (seen.url.find("/reports") != std::string::npos) {
      if (report_status == 200) reports.push_back(seen.body);
      return report_status == 0 ? port.fail() : port.reply(report_status, "{}");
    }
    if (seen.url == offer.url) return image_by_test ? void() : port.reply(image_status, sent_image());
    port.reply(offer_status, offer_status == 200 ? offer.json() : "");
  }
  std::string sent_image() const { return damaged_image.empty() ? offer.image : damaged_image; }

  // A restart: the boot loader chooses, the core begins anew on the same flash.
  void boot() {
    ota_port.reboot();
    http = std::make_unique<HttpClient>(http_port);
    manager = std::make_unique<OtaManager>(ota_port, *http, settings, crypto, random, system, identity);
    manager->start(now);
  }
  void run(const SelfTestFacts& facts, int ticks = 10) {
    for (int i = 0; i < ticks; ++i) manager->tick(now, true, facts);
  }
  // From the check to the restart into the new image.
  void update() {
    run(good);
    ASSERT_EQ(system.restarts, 1);
    boot();
  }
  std::size_t count_requests(const std::string& part) const {
    std::size_t count = 0;
    for (const auto& seen : http_port.seen) count += seen.url.find(part) != std::string::npos ? 1 : 0;
    return count;
  }
  std::string last_report() const { return reports.empty() ? "" : reports.back(); }

  std::uint64_t now = 1000;
  testing::FakeKv factory, settings;
  testing::FakeSystem system;
  testing::FakeRandom random;
  FakeHttp http_port;
  testing::FakeOta ota_port;
  testing::HostCrypto crypto{release_key()};
  Identity identity;
  std::unique_ptr<HttpClient> http;
  std::unique_ptr<OtaManager> manager;

  SelfTestFacts good;
  Offer offer;
  std::string damaged_image;
  int offer_status = 200;
  int image_status = 200;
  int report_status = 200;
  bool image_by_test = false;
  std::vector<std::string> reports;
};

TEST_F(Ota, a_good_release_is_installed_and_reported) {
  run(good, 1);
  EXPECT_EQ(http_port.seen.at(0).url, "https://api.example/api/device/ota?version=1.0.0");
  EXPECT_EQ(http_port.seen.at(0).username, "ESP32-A4CF12B3D4E5");
  EXPECT_EQ(http_port.seen.at(0).password, "secret-of-the-broker");
  update();
  EXPECT_EQ(ota_port.running_version(), "1.1.0");
  EXPECT_EQ(manager->state(), OtaState::pending_verify);
  run(good);
  EXPECT_FALSE(ota_port.pending_verify());
  EXPECT_EQ(manager->state(), OtaState::idle);
  EXPECT_EQ(last_report(), R"({"release_id":"r-1","state":"installed","detail":""})");
  boot();
  run(good);
  EXPECT_EQ(ota_port.running_version(), "1.1.0");
  EXPECT_EQ(reports.size(), 1U) << "reported once";
}

TEST_F(Ota, nothing_new_means_another_look_in_an_hour) {
  offer_status = 204;
  run(good);
  EXPECT_EQ(count_requests("version="), 1U);
  EXPECT_EQ(manager->next_due_ms(), now + OtaManager::kCheckMs / 10 * 9);
  now = manager->next_due_ms();
  run(good);
  EXPECT_EQ(count_requests("version="), 2U);
  EXPECT_EQ(system.restarts, 0);
}

TEST_F(Ota, waits_until_an_update_can_be_proved) {
  for (int i = 0; i < 10; ++i) manager->tick(now, false, good);
  EXPECT_TRUE(http_port.seen.empty());
}

TEST_F(Ota, the_download_is_spread_over_a_quarter_of_an_hour) {
  run(good, 1);
  random.fixed = UINT32_MAX;
  run(good, 1);
  EXPECT_EQ(manager->next_due_ms(), now + OtaManager::kMaxDelayMs);
  run(good, 5);
  EXPECT_EQ(count_requests("/image"), 0U);
  now = manager->next_due_ms();
  manager->tick(now, false, good);
  EXPECT_EQ(count_requests("/image"), 0U) << "connection lost in the meantime";
  run(good, 1);
  EXPECT_EQ(count_requests("/image"), 1U);
}

TEST_F(Ota, offers_that_are_not_newer_or_not_signed_are_refused) {
  offer.version = "1.0.0";
  run(good);
  EXPECT_EQ(system.lines.back(), "ota: offer refused: not newer");
  now = manager->next_due_ms();
  offer = Offer{};
  offer.signature = "3000";
  run(good);
  EXPECT_EQ(system.lines.back(), "ota: offer refused: not as agreed, or not signed");
  EXPECT_EQ(count_requests("/image"), 0U);
}

TEST_F(Ota, a_build_without_a_version_is_left_alone) {
  ota_port.slots[0] = "developer's own";
  run(good);
  EXPECT_EQ(count_requests("/image"), 0U);
}

TEST_F(Ota, a_release_that_fails_its_self_test_is_rolled_back_and_never_tried_again) {
  update();
  SelfTestFacts bad = good;
  bad.sensor_works = false;
  run(bad);
  EXPECT_FALSE(ota_port.rolled_back) << "it has three minutes";
  now += kSelfTestMs;
  run(bad);
  EXPECT_TRUE(ota_port.rolled_back);
  boot();
  EXPECT_EQ(ota_port.running_version(), "1.0.0");
  run(good);
  EXPECT_EQ(last_report(), R"({"release_id":"r-1","state":"rolled_back","detail":"no_sensor"})");
  const auto downloads = count_requests("/image");
  for (int i = 0; i < 5; ++i) {
    now = std::max(now + 1, manager->next_due_ms());
    run(good);
  }
  EXPECT_EQ(count_requests("/image"), downloads);

  offer = Offer{};
  offer.release_id = "r-2";
  offer.version = "1.2.0";
  offer.image = std::string("1.2.0\0", 6) + "mended";
  now = manager->next_due_ms();
  run(good);
  EXPECT_EQ(system.restarts, 2) << "the next release is tried";
}

TEST_F(Ota, a_release_that_crashes_is_rolled_back_by_the_boot_loader) {
  update();
  boot();  // it crashed before its verdict
  EXPECT_EQ(ota_port.running_version(), "1.0.0");
  run(good);
  EXPECT_EQ(last_report(), R"({"release_id":"r-1","state":"rolled_back","detail":"restarted_in_self_test"})");
}

TEST_F(Ota, a_device_whose_sensor_was_broken_before_may_still_be_updated) {
  SelfTestFacts no_sensor = good;
  no_sensor.sensor_works = false;
  run(no_sensor);
  ASSERT_EQ(system.restarts, 1);
  boot();
  EXPECT_FALSE(manager->sensor_worked_before());
}

TEST_F(Ota, a_mark_the_boot_loader_refuses_counts_as_failed) {
  update();
  ota_port.refuses_mark = true;
  run(good, 1);
  EXPECT_TRUE(ota_port.rolled_back);
  boot();
  ota_port.refuses_mark = false;
  run(good);
  EXPECT_EQ(last_report(), R"({"release_id":"r-1","state":"rolled_back","detail":"mark_refused"})");
}

// Each fault of the download: the old image goes on, the reason is reported, the next check tries again.

class OtaFault : public Ota, public ::testing::WithParamInterface<const char*> {};

TEST_P(OtaFault, leaves_the_old_image_and_is_reported) {
  const std::string fault = GetParam();
  if (fault == "settings_refused") {
    run(good, 2);
    settings.refuses = true;
  }
  if (fault == "slot_refused") ota_port.refuses_begin = true;
  if (fault == "image_refused") image_status = 404;
  if (fault == "image_too_long") damaged_image = offer.image + "x";
  if (fault == "image_too_short") damaged_image = offer.image.substr(1);
  if (fault == "wrong_hash") damaged_image = offer.image.substr(1) + "x";
  if (fault == "image_not_signed") ota_port.refuses_finish = true;
  if (fault == "cut_off" || fault == "stalled" || fault == "no_connection") image_by_test = true;
  run(good, fault == "no_connection" ? 2 : 3);
  if (fault == "no_connection") {
    http_port.refuses = true;
    run(good, 1);
    http_port.refuses = false;
  }
  if (fault == "cut_off") {
    http_port.head(200);
    http_port.body("half");
    http_port.fail();
  }
  if (fault == "stalled") {
    http_port.head(200);
    run(good, 1);
    EXPECT_EQ(manager->state(), OtaState::downloading);
    EXPECT_EQ(manager->next_due_ms(), now + OtaManager::kStallMs);
    now += OtaManager::kStallMs;
  }
  run(good, 3);
  settings.refuses = false;
  run(good, 3);
  EXPECT_EQ(system.restarts, 0);
  EXPECT_FALSE(ota_port.writing);
  EXPECT_EQ(manager->state(), OtaState::idle);
  EXPECT_EQ(last_report(), R"({"release_id":"r-1","state":"failed","detail":")" + fault + "\"}");

  // Mended, it is installed at the next check.
  image_by_test = false;
  image_status = 200;
  damaged_image.clear();
  ota_port.refuses_begin = ota_port.refuses_finish = false;
  now = manager->next_due_ms();
  run(good);
  EXPECT_EQ(system.restarts, 1);
}

INSTANTIATE_TEST_SUITE_P(faults, OtaFault,
                         ::testing::Values("settings_refused", "slot_refused", "image_refused", "image_too_long",
                                           "image_too_short", "wrong_hash", "image_not_signed", "cut_off", "stalled",
                                           "no_connection"));

TEST_F(Ota, a_slot_that_fails_in_the_middle_ends_the_download) {
  ota_port.refuses_write = true;
  run(good);
  EXPECT_EQ(last_report(), R"({"release_id":"r-1","state":"failed","detail":"slot_refused"})");
  EXPECT_EQ(http_port.cancels, 1);
}

TEST_F(Ota, without_a_note_of_the_trial_there_is_no_restart) {
  image_by_test = true;
  run(good, 3);
  http_port.reply(200, offer.image);
  settings.refuses = true;
  run(good, 1);
  EXPECT_EQ(system.restarts, 0);
}

TEST_F(Ota, a_power_cut_in_the_download_is_reported) {
  image_by_test = true;
  run(good, 3);
  EXPECT_EQ(manager->state(), OtaState::downloading);
  boot();
  image_by_test = false;
  run(good, 3);
  EXPECT_EQ(last_report(), R"({"release_id":"r-1","state":"failed","detail":"interrupted"})");
}

TEST_F(Ota, a_power_cut_between_the_verdict_and_its_note_is_still_a_success) {
  update();
  settings.refuses = true;
  run(good, 1);  // marked valid, not noted
  settings.refuses = false;
  boot();
  run(good);
  EXPECT_EQ(last_report(), R"({"release_id":"r-1","state":"installed","detail":""})");
}

TEST_F(Ota, a_power_cut_right_after_the_image_was_made_the_next_one) {
  image_by_test = true;
  run(good, 3);
  http_port.reply(200, offer.image);
  settings.refuses = true;  // the note of the trial is lost, the boot loader's choice is not
  run(good, 1);
  settings.refuses = false;
  image_by_test = false;
  boot();
  EXPECT_EQ(ota_port.running_version(), "1.1.0");
  run(good);
  EXPECT_EQ(last_report(), R"({"release_id":"r-1","state":"installed","detail":""})");
}

TEST_F(Ota, a_report_is_repeated_until_the_server_has_it) {
  update();
  report_status = 0;
  run(good);
  report_status = 503;
  now += OtaManager::kReportRetryMs;
  run(good);
  EXPECT_EQ(count_requests("/reports"), 2U);
  EXPECT_EQ(manager->next_due_ms(), now + OtaManager::kReportRetryMs);
  boot();
  report_status = 200;
  run(good);
  EXPECT_EQ(reports.size(), 1U);
}

TEST_F(Ota, a_report_nobody_will_ever_take_is_given_up) {
  update();
  report_status = 404;
  run(good);
  now += OtaManager::kReportRetryMs;
  run(good);
  EXPECT_EQ(count_requests("/reports"), 1U);
}

TEST_F(Ota, a_report_the_server_refuses_as_wrong_is_given_up) {
  update();
  report_status = 422;
  run(good);
  now += OtaManager::kReportRetryMs;
  run(good);
  EXPECT_EQ(count_requests("/reports"), 1U);
}

TEST_F(Ota, a_report_waits_for_a_connection_in_use) {
  update();
  http_port.refuses = true;
  run(good);
  EXPECT_TRUE(reports.empty());
  http_port.refuses = false;
  now += OtaManager::kReportRetryMs;
  run(good);
  EXPECT_EQ(reports.size(), 1U);
}

TEST_F(Ota, a_download_waits_for_a_connection_in_use) {
  run(good, 2);  // the offer is taken, its delay is over
  const int somebody = 0;
  HttpRequest request;
  request.url = "https://api.example/api/device/state";
  ASSERT_TRUE(http->start(&somebody, request));
  run(good);
  EXPECT_EQ(count_requests("/image"), 0U);
  http->cancel(&somebody);
  run(good);
  EXPECT_EQ(count_requests("/image"), 1U);
}

TEST_F(Ota, answers_that_take_their_time_are_waited_for) {
  http_port.answer = nullptr;
  run(good);
  EXPECT_EQ(http_port.seen.size(), 1U);
  http_port.reply(200, offer.json());
  http_port.answer = [this](FakeHttp& port, const FakeHttp::Seen& seen) { serve(port, seen); };
  update();
  http_port.answer = nullptr;
  run(good);
  EXPECT_TRUE(reports.empty());
  http_port.reply(200, "{}");
  run(good);
  EXPECT_EQ(manager->state(), OtaState::idle);
}

TEST_F(Ota, a_connection_in_use_puts_things_off) {
  const int somebody = 0;
  HttpRequest request;
  request.url = "https://api.example/api/device/state";
  http_port.answer = nullptr;
  ASSERT_TRUE(http->start(&somebody, request));
  run(good);
  EXPECT_EQ(http_port.seen.size(), 1U);
  EXPECT_EQ(manager->state(), OtaState::idle);
}

}  // namespace
}  // namespace pitview::fw
