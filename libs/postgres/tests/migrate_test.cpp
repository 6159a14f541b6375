#include "pitview/postgres/migrate.h"

#include <gmock/gmock.h>

#include <future>

#include "pitview/postgres/blocking_connection.h"
#include "pitview/postgres/testing/scratch_database.h"

namespace pitview::postgres {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Migration kFirst{1, "0001_first.sql", "CREATE TABLE first (id int);"};
constexpr Migration kSecond{2, "0002_second.sql", "CREATE TABLE second (id int); INSERT INTO second VALUES (1);"};

class Migrations : public ::testing::Test {
 protected:
  MigrationReport migrate_with(std::vector<Migration> migrations) { return migrate(database_.owner(), migrations); }

  std::string failure_of(std::vector<Migration> migrations) {
    try {
      migrate_with(std::move(migrations));
    } catch (const MigrationFailed& e) {
      return e.what();
    }
    return "it succeeded";
  }

  bool exists(std::string_view table) {
    return BlockingConnection(database_.owner()).query("SELECT to_regclass($1) IS NOT NULL", table)[0].get<bool>(0);
  }

  testing::ScratchDatabase database_;
};

TEST_F(Migrations, run_once_and_in_order) {
  EXPECT_THAT(migrate_with({kFirst}).applied, ElementsAre("0001_first.sql"));
  const MigrationReport report = migrate_with({kFirst, kSecond});
  EXPECT_THAT(report.applied, ElementsAre("0002_second.sql"));
  EXPECT_EQ(report.version, 2);
  EXPECT_THAT(migrate_with({kFirst, kSecond}).applied, IsEmpty());
}

TEST_F(Migrations, a_failing_one_is_named_and_leaves_nothing_while_those_before_it_stay) {
  const Migration broken{2, "0002_broken.sql", "CREATE TABLE half (id int); SELECT no_such_function();"};
  EXPECT_THAT(failure_of({kFirst, broken}), AllOf(HasSubstr("0002_broken.sql"), HasSubstr("no_such_function")));
  EXPECT_TRUE(exists("first"));
  EXPECT_FALSE(exists("half"));
  EXPECT_THAT(migrate_with({kFirst, kSecond}).applied, ElementsAre("0002_second.sql"));
}

TEST_F(Migrations, an_applied_file_may_not_change) {
  migrate_with({kFirst});
  const Migration changed{1, "0001_first.sql", "CREATE TABLE first (id bigint);"};
  EXPECT_THAT(failure_of({changed, kSecond}), AllOf(HasSubstr("0001_first.sql"), HasSubstr("changed")));
  EXPECT_FALSE(exists("second"));
}

TEST_F(Migrations, a_program_older_than_the_database_is_refused) {
  migrate_with({kFirst, kSecond});
  EXPECT_THAT(failure_of({kFirst}), HasSubstr("0002_second.sql"));
}

TEST_F(Migrations, numbers_have_no_gaps) {
  EXPECT_THAT(failure_of({kSecond}), HasSubstr("0002_second.sql"));
  EXPECT_THAT(failure_of({kFirst, kFirst}), HasSubstr("0001_first.sql"));
}

TEST_F(Migrations, a_file_that_commits_by_itself_is_refused) {
  const Migration sly{1, "0001_sly.sql", "CREATE TABLE sly (id int); COMMIT;"};
  EXPECT_THAT(failure_of({sly}), HasSubstr("0001_sly.sql"));
}

TEST_F(Migrations, several_programs_at_once_apply_each_file_once) {
  std::vector<std::future<std::size_t>> programs;
  for (int i = 0; i < 4; ++i) {
    programs.push_back(std::async(std::launch::async, [&] { return migrate_with({kFirst, kSecond}).applied.size(); }));
  }
  std::size_t applied = 0;
  for (auto& program : programs) applied += program.get();
  EXPECT_EQ(applied, 2U);
}

TEST_F(Migrations, being_current_means_all_of_them_and_no_other) {
  const std::vector<Migration> both = {kFirst, kSecond};
  EXPECT_FALSE(is_current(database_.owner(), both));
  migrate_with({kFirst});
  EXPECT_FALSE(is_current(database_.owner(), both));
  migrate_with(both);
  EXPECT_TRUE(is_current(database_.owner(), both));
  EXPECT_FALSE(is_current(database_.owner(), std::vector<Migration>{kFirst}));
}

}  // namespace
}  // namespace pitview::postgres
