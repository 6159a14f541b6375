#include "pitview/db/migrations.h"

#include <gmock/gmock.h>

#include "pitview/db/testing/migrated_database.h"

namespace pitview::db {
namespace {

TEST(Schema, applies_to_an_empty_database_and_a_second_time_there_is_nothing_to_do) {
  const postgres::testing::ScratchDatabase database;
  EXPECT_EQ(postgres::migrate(database.owner(), migrations()).applied.size(), migrations().size());
  EXPECT_TRUE(postgres::migrate(database.owner(), migrations()).applied.empty());
}

TEST(Schema, the_server_can_see_that_it_is_current) {
  const testing::MigratedDatabase database;
  EXPECT_TRUE(postgres::is_current(database.app(), migrations()));
  EXPECT_FALSE(postgres::is_current(database.app(), migrations().first(1)));
}

TEST(Schema, starts_with_the_platform_and_no_other_workshop) {
  testing::MigratedDatabase database;
  const postgres::Rows rows = database.db().query("SELECT id, code FROM workshops");
  ASSERT_EQ(rows.size(), 1);
  EXPECT_EQ(rows[0].get<WorkshopId>("id"), WorkshopId(1));
  EXPECT_EQ(rows[0].get<std::string>("code"), "workshop_000");
  EXPECT_EQ(database.add_workshop("workshop_001"), WorkshopId(2));
}

TEST(Schema, refuses_a_runtime_role_that_row_level_security_does_not_hold) {
  // The check itself, on a role of its own: the shared roles stay as they are.
  const postgres::testing::ScratchDatabase database;
  std::string sql(migrations()[0].sql);
  const std::string role = database.name() + "_app";
  for (std::size_t at = 0; (at = sql.find("pitview_app", at)) != std::string::npos; at += role.size()) {
    sql.replace(at, std::string_view("pitview_app").size(), role);
  }
  postgres::BlockingConnection superuser(database.superuser());
  superuser.run_script("CREATE ROLE " + role + " BYPASSRLS");
  const std::vector<postgres::Migration> first = {{1, "0001.sql", sql}};
  try {
    postgres::migrate(database.owner(), first);
    ADD_FAILURE() << "a role with BYPASSRLS was accepted";
  } catch (const postgres::MigrationFailed& e) {
    EXPECT_THAT(e.what(), ::testing::HasSubstr("BYPASSRLS"));
  }
  superuser.run_script("DROP ROLE " + role);
}

}  // namespace
}  // namespace pitview::db
