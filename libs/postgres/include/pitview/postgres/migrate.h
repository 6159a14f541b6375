// Brings a database to the newest schema: numbered SQL files, each applied once,
// in order, in a transaction of its own, never back.
//
// Several processes may start at once: an advisory lock lets one migrate and
// the others wait. Each file's SHA-256 is kept in platform.schema_migrations;
// an applied file that has changed since is an error, because databases that
// applied the old text would silently differ.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pitview::postgres {

struct Migration {
  int number;             // 1, 2, … without gaps
  std::string_view file;  // "0001_roles_and_schemas.sql"
  std::string_view sql;
};

struct MigrationReport {
  std::vector<std::string> applied;  // files, in order; empty when nothing was left to do
  int version = 0;                   // the newest number in the database
};

// One sentence for the operator that names the file. Nothing of that file stays.
class MigrationFailed final : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// `conninfo`: the owner of the schema. Blocks. Throws MigrationFailed, or
// ConnectionLost when there is no database.
MigrationReport migrate(const std::string& conninfo, std::span<const Migration> migrations);

// True when the database has every one of `migrations`, and no newer one.
bool is_current(const std::string& conninfo, std::span<const Migration> migrations);

}  // namespace pitview::postgres
