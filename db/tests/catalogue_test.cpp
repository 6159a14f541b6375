// Walks the catalogue, so that no table added later can forget its protection.
#include <gmock/gmock.h>

#include "pitview/db/testing/migrated_database.h"

namespace pitview::db {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class Catalogue : public ::testing::Test {
 protected:
  // The first column of the answer: what a rule finds at fault.
  std::vector<std::string> culprits(std::string_view sql) {
    std::vector<std::string> names;
    for (const postgres::Row& row : database_.db().query(sql)) names.push_back(row.get<std::string>(0));
    return names;
  }

  testing::MigratedDatabase database_;
};

// Tables and partitioned tables of schema public. Partitions are reached only
// through their table; another rule sees to that.
#define TENANT_TABLES                                             \
  "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND " \
  "n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"

// Each rule is a query for the names of those who break it.
constexpr std::string_view kWithoutWorkshop =
    "SELECT c.relname::text FROM " TENANT_TABLES
    " WHERE c.relname <> 'workshops' AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND"
    " a.attname = 'workshop_id' AND a.attnotnull AND a.atttypid = 'bigint'::regtype)";

constexpr std::string_view kWithoutForcedSecurity =
    "SELECT c.relname::text FROM " TENANT_TABLES " WHERE NOT (c.relrowsecurity AND c.relforcerowsecurity)";

#define POLICIES                                                                                                  \
  "WITH expected (table_name, policy, roles, command, condition, with_check) AS (SELECT c.relname, e.* "          \
  "FROM " TENANT_TABLES                                                                                           \
  ", LATERAL (SELECT '(' || CASE c.relname WHEN 'workshops' THEN 'id' ELSE 'workshop_id' END ||"                  \
  " ' = ( SELECT current_workshop() AS current_workshop))' AS own) o, LATERAL (VALUES"                            \
  " ('workshop_of_transaction', 'pitview_app', 'ALL', o.own, o.own),"                                             \
  " ('workshop_of_report', 'pitview_readonly', 'SELECT', o.own, NULL),"                                           \
  " ('owner_sees_all', 'pitview_owner', 'ALL', 'true', 'true')) e),"                                              \
  " actual AS (SELECT tablename, policyname, array_to_string(roles, ','), cmd, qual, with_check FROM pg_policies" \
  " WHERE schemaname = 'public' AND permissive = 'PERMISSIVE') "

constexpr std::string_view kWithoutPolicy =
    POLICIES "SELECT format('%s %s', table_name, policy) FROM (SELECT * FROM expected EXCEPT SELECT * FROM actual) m";

constexpr std::string_view kWithOtherPolicy = POLICIES
    "SELECT format('%s %s', tablename, policyname) FROM (SELECT * FROM actual EXCEPT SELECT * FROM expected) m";

// The actor_user_id columns are the exception that their comments explain.
constexpr std::string_view kForeignKeyWithoutWorkshop =
    "SELECT c.relname || ' ' || k.conname FROM pg_constraint k JOIN " TENANT_TABLES
    " ON c.oid = k.conrelid WHERE k.contype = 'f' AND k.confrelid <> 'workshops'::regclass"
    " AND k.conname NOT IN ('audit_log_actor_user_id_fkey', 'device_commands_actor_user_id_fkey') AND c.relname <> "
    "'workshops' AND NOT EXISTS"
    " (SELECT FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)"
    " AND a.attname = 'workshop_id')";

constexpr std::string_view kWithoutComment =
    "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname IN ('public', 'platform') AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
    " AND obj_description(c.oid, 'pg_class') IS NULL";

TEST_F(Catalogue, every_tenant_table_has_a_workshop) { EXPECT_THAT(culprits(kWithoutWorkshop), IsEmpty()); }

TEST_F(Catalogue, every_tenant_table_is_under_forced_row_level_security) {
  EXPECT_THAT(culprits(kWithoutForcedSecurity), IsEmpty());
}

TEST_F(Catalogue, every_tenant_table_has_exactly_the_three_policies) {
  EXPECT_THAT(culprits(kWithoutPolicy), IsEmpty());
  EXPECT_THAT(culprits(kWithOtherPolicy), IsEmpty());
}

TEST_F(Catalogue, every_view_asks_with_the_rights_of_who_reads) {
  constexpr std::string_view kWithOwnRights =
      "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
      " WHERE n.nspname IN ('public', 'platform') AND c.relkind IN ('v', 'm')"
      " AND NOT coalesce(c.reloptions @> ARRAY['security_invoker=true'], false)";
  EXPECT_THAT(culprits(kWithOwnRights), IsEmpty());
  database_.db().run_script("CREATE VIEW open_house AS SELECT * FROM sensor_data");
  EXPECT_THAT(culprits(kWithOwnRights), ElementsAre("open_house"));
}

TEST_F(Catalogue, foreign_keys_between_tenant_tables_carry_the_workshop) {
  EXPECT_THAT(culprits(kForeignKeyWithoutWorkshop), IsEmpty());
}

TEST_F(Catalogue, every_table_says_what_it_is) { EXPECT_THAT(culprits(kWithoutComment), IsEmpty()); }

TEST_F(Catalogue, the_rules_name_a_table_that_forgot) {
  database_.db().run_script(
      "CREATE TABLE forgetful (id bigint, user_id bigint CONSTRAINT loose REFERENCES users (id));"
      "CREATE POLICY open_house ON forgetful USING (true)");
  EXPECT_THAT(culprits(kWithoutWorkshop), ElementsAre("forgetful"));
  EXPECT_THAT(culprits(kWithoutForcedSecurity), ElementsAre("forgetful"));
  EXPECT_THAT(culprits(kWithoutPolicy), UnorderedElementsAre("forgetful owner_sees_all", "forgetful workshop_of_report",
                                                             "forgetful workshop_of_transaction"));
  EXPECT_THAT(culprits(kWithOtherPolicy), ElementsAre("forgetful open_house"));
  EXPECT_THAT(culprits(kForeignKeyWithoutWorkshop), ElementsAre("forgetful loose"));
  EXPECT_THAT(culprits(kWithoutComment), ElementsAre("forgetful"));
}

TEST_F(Catalogue, a_weakened_policy_is_named) {
  database_.db().run_script("ALTER POLICY workshop_of_transaction ON jobs USING (true)");
  EXPECT_THAT(culprits(kWithoutPolicy), ElementsAre("jobs workshop_of_transaction"));
}

TEST_F(Catalogue, partitions_cannot_be_reached_past_their_table) {
  database_.db().query("SELECT platform.ensure_partitions(2)");
  EXPECT_THAT(culprits("SELECT c.relname::text FROM pg_class c, unnest(ARRAY['pitview_app', 'pitview_readonly']) r"
                       " WHERE c.relispartition AND c.relkind = 'r'"
                       " AND has_table_privilege(r, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')"),
              IsEmpty());
  EXPECT_EQ(culprits("SELECT relname::text FROM pg_class WHERE relispartition AND relkind = 'r'").size(), 4U);
}

TEST_F(Catalogue, everybody_else_may_do_nothing) {
  EXPECT_THAT(culprits("SELECT format('%s %s', c.relname, a.privilege_type) FROM pg_class c"
                       " JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a"
                       " WHERE n.nspname IN ('public', 'platform') AND a.grantee = 0"),
              IsEmpty());
  EXPECT_THAT(culprits("SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
                       " WHERE n.nspname IN ('public', 'platform')"
                       " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
                       " AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0))"),
              IsEmpty());
  EXPECT_THAT(culprits("SELECT n.nspname::text FROM pg_namespace n, aclexplode(n.nspacl) a"
                       " WHERE n.nspname IN ('public', 'platform') AND a.grantee = 0"),
              IsEmpty());
}

TEST_F(Catalogue, functions_that_cross_workshops_are_the_owners_and_fix_their_search_path) {
  EXPECT_THAT(culprits("SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.prosecdef AND"
                       " (p.proowner <> 'pitview_owner'::regrole OR p.pronamespace <> 'platform'::regnamespace OR"
                       " p.proconfig IS DISTINCT FROM ARRAY['search_path=pg_catalog, public, platform, pg_temp'])"),
              IsEmpty());
  EXPECT_THAT(culprits("SELECT p.oid::regprocedure::text FROM pg_proc p, aclexplode(p.proacl) a WHERE p.prosecdef"
                       " AND a.grantee NOT IN ('pitview_owner'::regrole, 'pitview_app'::regrole)"),
              IsEmpty());
}

}  // namespace
}  // namespace pitview::db
