#include "pitview/postgres/testing/scratch_database.h"

#include <cstdlib>
#include <stdexcept>

#include "pitview/base/crypto.h"
#include "pitview/postgres/blocking_connection.h"

namespace pitview::postgres::testing {
namespace {

std::string server() {
  const char* conninfo = std::getenv("PITVIEW_TEST_POSTGRES");
  if (conninfo == nullptr || *conninfo == '\0') {
    throw std::runtime_error(
        "PITVIEW_TEST_POSTGRES is not set: this test needs a PostgreSQL server (./pit test starts one)");
  }
  return conninfo;
}

// Several test programs may do this at once on one cluster.
void make_roles(BlockingConnection& db) {
  db.run_script(R"(
    SELECT pg_advisory_lock(724198);
    DO $$
    DECLARE r text;
    BEGIN
      FOREACH r IN ARRAY ARRAY['pitview_owner', 'pitview_app', 'pitview_readonly'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN
          EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', r);
        END IF;
      END LOOP;
    END
    $$;
  )");
  db.run_script("SELECT pg_advisory_unlock(724198)");
}

}  // namespace

ScratchDatabase::ScratchDatabase()
    : name_("pitview_test_" + crypto::to_hex(crypto::sha256(crypto::random_bytes(16))).substr(0, 16)) {
  const std::string maintenance = server();
  BlockingConnection db(maintenance, "pitview-test");
  make_roles(db);
  db.run_script("CREATE DATABASE " + name_ + " OWNER pitview_owner");
  conninfo_ = with_setting(maintenance, "dbname", name_);
}

ScratchDatabase::~ScratchDatabase() {
  try {
    BlockingConnection(server(), "pitview-test").run_script("DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const std::exception&) {
    // The cluster is thrown away anyway.
  }
}

std::string ScratchDatabase::as(const std::string& role) const { return with_setting(conninfo_, "user", role); }

}  // namespace pitview::postgres::testing
