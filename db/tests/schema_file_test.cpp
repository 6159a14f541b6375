// db/schema.sql is what the migrations add up to, for people to read and for
// reviews to show. To write it anew:
//
//   PITVIEW_WRITE_SCHEMA=1 PITVIEW_TEST_POSTGRES=… build/dev/db/test_db --gtest_filter='SchemaFile.*'
//
// from the root of the repository.
#include <gmock/gmock.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "pitview/db/testing/migrated_database.h"

namespace pitview::db {
namespace {

constexpr const char* kSchemaFile = "db/schema.sql";
constexpr std::string_view kHeading =
    "-- Generated from db/migrations (see db/tests/schema_file_test.cpp). Do not edit.\n";

std::string dump(const std::string& conninfo) {
  std::string quoted = "'";
  for (const char c : conninfo) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  FILE* pipe = ::popen(("pg_dump --schema-only --dbname=" + quoted + "'").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("pg_dump cannot be started");
  std::string text;
  std::array<char, 4096> buffer{};
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe)) text.append(buffer.data(), size);
  if (::pclose(pipe) != 0) throw std::runtime_error("pg_dump failed (is postgresql-client installed?)");
  return text;
}

// Without what depends on the version of pg_dump or on the moment.
std::string normalised(const std::string& text) {
  std::istringstream in(text);
  std::string out(kHeading);
  bool blank = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("--") || line.starts_with("\\") || line.starts_with("SET ") ||
        line.starts_with("SELECT pg_catalog.set_config")) {
      continue;
    }
    if (line.empty()) {
      blank = true;
      continue;
    }
    if (blank) out += '\n';
    blank = false;
    out += line + '\n';
  }
  return out;
}

TEST(SchemaFile, is_what_the_migrations_add_up_to) {
  testing::MigratedDatabase database;
  const std::string schema = normalised(dump(database.owner()));
  if (std::getenv("PITVIEW_WRITE_SCHEMA") != nullptr) std::ofstream(kSchemaFile) << schema;
  std::ostringstream file;
  file << std::ifstream(kSchemaFile).rdbuf();
  EXPECT_TRUE(file.str() == schema) << kSchemaFile << " is not what db/migrations make: write it anew with\n"
                                    << "  PITVIEW_WRITE_SCHEMA=1 build/dev/db/test_db --gtest_filter='SchemaFile.*'";
}

}  // namespace
}  // namespace pitview::db
