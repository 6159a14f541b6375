#include "pitview/postgres/migrate.h"

#include <map>

#include "pitview/base/crypto.h"
#include "pitview/postgres/blocking_connection.h"

namespace pitview::postgres {
namespace {

// Any number, as long as nothing else in this database locks on it.
constexpr std::int64_t kLock = 0x7069747669657701;

struct Applied {
  std::string file;
  std::string sha256;
};

void check_numbers(std::span<const Migration> migrations) {
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    if (migrations[i].number == static_cast<int>(i) + 1) continue;
    throw MigrationFailed("migration " + std::string(migrations[i].file) + " should have the number " +
                          std::to_string(i + 1));
  }
}

void prepare(BlockingConnection& db) {
  db.query("SELECT pg_advisory_lock($1)", kLock);  // until the connection is closed
  db.run_script(R"(
    CREATE SCHEMA IF NOT EXISTS platform;
    CREATE TABLE IF NOT EXISTS platform.schema_migrations (
      number integer PRIMARY KEY CHECK (number >= 1),
      file text NOT NULL,
      sha256 text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    );
    COMMENT ON TABLE platform.schema_migrations IS 'The files of db/migrations that this database has seen.';
  )");
}

std::map<int, Applied> applied_migrations(BlockingConnection& db) {
  std::map<int, Applied> applied;
  for (const Row& row : db.query("SELECT number, file, sha256 FROM platform.schema_migrations")) {
    applied.emplace(row.get<int>(0), Applied{row.get<std::string>(1), row.get<std::string>(2)});
  }
  return applied;
}

void check_history(const std::map<int, Applied>& applied, std::span<const Migration> migrations) {
  for (const auto& [number, record] : applied) {
    if (number > static_cast<int>(migrations.size())) {
      throw MigrationFailed("the database has migration " + record.file + ", which this program does not know");
    }
    const Migration& migration = migrations[static_cast<std::size_t>(number) - 1];
    if (crypto::sha256_hex(migration.sql) != record.sha256) {
      throw MigrationFailed("migration " + std::string(migration.file) +
                            " has changed since it was applied: write a new one instead");
    }
  }
}

void apply(BlockingConnection& db, const Migration& migration) {
  try {
    // A lock that cannot be had soon must not hold up everyone who queues behind it.
    db.run_script("BEGIN; SET LOCAL lock_timeout = '10s'");
    db.run_script(migration.sql);
    if (!db.in_transaction()) throw MigrationFailed("it ends the transaction it is given");
    db.query("INSERT INTO platform.schema_migrations (number, file, sha256) VALUES ($1, $2, $3)", migration.number,
             migration.file, crypto::sha256_hex(migration.sql));
    db.run_script("COMMIT");
  } catch (const ConnectionLost&) {
    throw;
  } catch (const std::runtime_error& e) {
    db.run_script("ROLLBACK");
    throw MigrationFailed("migration " + std::string(migration.file) + " failed: " + e.what());
  }
}

}  // namespace

MigrationReport migrate(const std::string& conninfo, std::span<const Migration> migrations) {
  check_numbers(migrations);
  BlockingConnection db(conninfo, "pitview-migrate");
  prepare(db);
  const std::map<int, Applied> applied = applied_migrations(db);
  check_history(applied, migrations);
  MigrationReport report;
  for (const Migration& migration : migrations) {
    if (!applied.contains(migration.number)) {
      apply(db, migration);
      report.applied.emplace_back(migration.file);
    }
    report.version = migration.number;
  }
  return report;
}

bool is_current(const std::string& conninfo, std::span<const Migration> migrations) {
  BlockingConnection db(conninfo, "pitview-migrate");
  const Rows exists = db.query("SELECT to_regclass('platform.schema_migrations') IS NOT NULL");
  if (!exists[0].get<bool>(0)) return false;
  const std::map<int, Applied> applied = applied_migrations(db);
  if (applied.size() != migrations.size()) return false;
  for (const Migration& migration : migrations) {
    const auto found = applied.find(migration.number);
    if (found == applied.end() || found->second.sha256 != crypto::sha256_hex(migration.sql)) return false;
  }
  return true;
}

}  // namespace pitview::postgres
