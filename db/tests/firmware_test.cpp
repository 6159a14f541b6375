// Firmware belongs to no workshop: what the server reaches of it, and what only by a function.
#include <gmock/gmock.h>

#include "pitview/db/testing/migrated_database.h"

namespace pitview::db {
namespace {

using postgres::BlockingConnection;
using postgres::QueryFailed;

class Firmware : public ::testing::Test {
 protected:
  Firmware() {
    database_.db().run_script(
        "INSERT INTO platform.firmware_releases (version, hw_rev, notes, image, sha256, signature, created_by)"
        " SELECT '1.1.0', 'D1', '', 'image', sha256('image'), 'signature', id FROM users;"
        "INSERT INTO platform.firmware_campaigns (release_id, percentage, max_failure_percent, created_by)"
        " SELECT r.id, 100, 50, r.created_by FROM platform.firmware_releases r");
  }

  bool gets_image(DeviceKey device) {
    return app_.query("SELECT platform.firmware_image(1, $1) IS NOT NULL", device)[0].get<bool>(0);
  }

  testing::MigratedDatabase database_;
  WorkshopId workshop_ = database_.add_workshop("workshop_001");
  UserId platform_user_ = database_.add_user(WorkshopId(1), "platform", "super_admin");
  DeviceKey offered_ = database_.add_device(workshop_, "ESP32-0000000000A1");
  DeviceKey other_ = database_.add_device(workshop_, "ESP32-0000000000A2");
  BlockingConnection app_{database_.app()};
};

TEST_F(Firmware, its_image_is_given_only_to_whom_a_running_campaign_offers_it) {
  EXPECT_FALSE(gets_image(offered_));
  app_.query("SELECT platform.firmware_offer(1, $1)", offered_);
  EXPECT_TRUE(gets_image(offered_));
  EXPECT_FALSE(gets_image(other_));
  app_.query("SELECT platform.record_firmware_state(1, $1, 'rolled_back', '')", offered_);
  EXPECT_FALSE(gets_image(offered_));
  app_.query("SELECT platform.record_firmware_state(1, $1, 'failed', '')", offered_);
  EXPECT_TRUE(gets_image(offered_));
  app_.run_script("UPDATE platform.firmware_campaigns SET status = 'stopped'");
  EXPECT_FALSE(gets_image(offered_));
}

TEST_F(Firmware, is_out_of_the_servers_reach_where_a_function_must_ask) {
  for (const char* sql : {"SELECT image FROM platform.firmware_releases", "SELECT * FROM platform.firmware_devices",
                          "UPDATE platform.firmware_releases SET notes = ''", "DELETE FROM platform.firmware_releases",
                          "UPDATE platform.firmware_campaigns SET release_id = 1",
                          "INSERT INTO platform.firmware_devices (campaign_id, device_key) VALUES (1, 1)"})
    EXPECT_THROW(app_.query(sql), QueryFailed) << sql;
}

TEST_F(Firmware, has_the_hash_of_its_image) {
  EXPECT_THROW(database_.db().query("UPDATE platform.firmware_releases SET sha256 = sha256('other')"), QueryFailed);
}

TEST_F(Firmware, is_no_longer_a_matter_of_retired_devices) {
  const auto candidates = [&] { return app_.query("SELECT FROM platform.firmware_candidates($1)", offered_).size(); };
  EXPECT_EQ(candidates(), 1);
  database_.db().query("UPDATE devices SET status = 'retired' WHERE id = $1", offered_);
  EXPECT_EQ(candidates(), 0);
}

}  // namespace
}  // namespace pitview::db
