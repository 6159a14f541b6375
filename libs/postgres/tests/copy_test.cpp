#include <gmock/gmock.h>

#include <cmath>

#include "io.h"
#include "pitview/postgres/blocking_connection.h"

namespace pitview::postgres {
namespace {

using std::chrono::microseconds;

constexpr std::string_view kCopy = "COPY samples FROM STDIN (FORMAT binary)";
constexpr Statement kAll{"all_samples", "SELECT * FROM samples ORDER BY id"};
constexpr Statement kSums{"sums", "SELECT count(*) AS n, sum(id)::int8 AS ids, sum(f8) AS f8 FROM samples"};

class Copies : public PoolTest {
 protected:
  Copies() {
    BlockingConnection(database_.superuser())
        .run_script(
            "CREATE TABLE samples (id int8 PRIMARY KEY, i4 int4, i2 int2, f4 float4, f8 float8, b bool,"
            " t text, at timestamptz)");
  }
};

TEST_F(Copies, every_type_arrives) {
  Pool pool(io_, options(1));
  run([](Pool& p) -> Awaitable<> {
    BinaryCopy rows(8);
    const Timestamp at{microseconds(1'771'626'600'123'456)};
    rows.row().int8(1).int4(-2).int2(-3).float4(24.5F).float8(0.1).boolean(true).text("ß").timestamptz(at);
    rows.row().int8(2).null().null().null().null().null().null().null();
    Transaction tx = co_await p.begin_platform();
    EXPECT_EQ(co_await tx.copy_in(kCopy, rows), 2);
    const Rows stored = co_await tx.query(kAll);
    EXPECT_EQ(stored[0].get<std::int64_t>("id"), 1);
    EXPECT_EQ(stored[0].get<int>("i4"), -2);
    EXPECT_EQ(stored[0].get<int>("i2"), -3);
    EXPECT_EQ(stored[0].get<double>("f4"), 24.5);
    EXPECT_EQ(stored[0].get<double>("f8"), 0.1);
    EXPECT_TRUE(stored[0].get<bool>("b"));
    EXPECT_EQ(stored[0].get<std::string>("t"), "ß");
    EXPECT_EQ(stored[0].get<Timestamp>("at"), at);
    EXPECT_EQ(stored[1].get<std::optional<Timestamp>>("at"), std::nullopt);
    co_await tx.commit();
    co_await p.close();
  }(pool));
}

TEST_F(Copies, ten_thousand_rows_arrive_and_none_twice) {
  Pool pool(io_, options(1));
  run([](Pool& p) -> Awaitable<> {
    BinaryCopy rows(8);
    for (int i = 1; i <= 10'000; ++i) {
      rows.row().int8(i).int4(i).int2(1).float4(1).float8(0.5).boolean(false).text(std::string(50, 'x')).null();
    }
    EXPECT_EQ(rows.rows(), 10'000U);
    Transaction tx = co_await p.begin_platform();
    EXPECT_EQ(co_await tx.copy_in(kCopy, rows), 10'000);
    co_await tx.commit();
    const Row sums = (co_await p.read_platform(kSums))[0];
    EXPECT_EQ(sums.get<std::int64_t>("n"), 10'000);
    EXPECT_EQ(sums.get<std::int64_t>("ids"), 50'005'000);
    EXPECT_EQ(sums.get<double>("f8"), 5'000);
    co_await p.close();
  }(pool));
}

TEST_F(Copies, a_refused_row_refuses_the_batch_and_leaves_the_connection_usable) {
  Pool pool(io_, options(1));
  run([](Pool& p) -> Awaitable<> {
    // Much after the bad row, so that the refusal comes while rows are still being sent.
    BinaryCopy rows(8);
    for (int i = 0; i < 50'000; ++i) {
      rows.row().int8(i == 11 ? 10 : i).null().null().null().null().null().text(std::string(100, 'x')).null();
    }
    {
      Transaction tx = co_await p.begin_platform();
      try {
        co_await tx.copy_in(kCopy, rows);
        ADD_FAILURE() << "a duplicate was stored";
      } catch (const QueryFailed& e) {
        EXPECT_TRUE(is_unique_violation(e, "samples_pkey"));
      }
    }
    EXPECT_EQ((co_await p.read_platform(kSums))[0].get<std::int64_t>("n"), 0);
    {
      Transaction tx = co_await p.begin_platform();
      EXPECT_THROW(co_await tx.copy_in("COPY no_such_table FROM STDIN (FORMAT binary)", rows), QueryFailed);
    }
    EXPECT_EQ((co_await p.read_platform(kSums))[0].get<std::int64_t>("n"), 0);
    EXPECT_EQ(p.stats().connects, 1U);
    co_await p.close();
  }(pool));
}

TEST_F(Copies, an_empty_batch_is_no_mistake) {
  Pool pool(io_, options(1));
  run([](Pool& p) -> Awaitable<> {
    BinaryCopy rows(8);
    rows.row().int8(1).null().null().null().null().null().null().null();
    rows.clear();
    EXPECT_EQ(rows.rows(), 0U);
    Transaction tx = co_await p.begin_platform();
    EXPECT_EQ(co_await tx.copy_in(kCopy, rows), 0);
    co_await tx.commit();
    co_await p.close();
  }(pool));
}

TEST_F(Copies, what_is_not_a_copy_is_a_mistake_that_costs_the_connection_only) {
  Pool pool(io_, options(1));
  run([](Pool& p) -> Awaitable<> {
    const BinaryCopy rows(8);
    {
      Transaction tx = co_await p.begin_platform();
      EXPECT_THROW(co_await tx.copy_in("SELECT 1", rows), std::logic_error);
    }
    EXPECT_EQ((co_await p.read_platform(kSums))[0].get<std::int64_t>("n"), 0);
    co_await p.close();
  }(pool));
}

TEST(BinaryCopy, a_row_with_a_wrong_number_of_fields_is_a_mistake) {
  BinaryCopy rows(2);
  rows.row().int8(1);
  EXPECT_THROW(rows.row(), std::logic_error);
  EXPECT_THROW(rows.data(), std::logic_error);
  rows.int8(2).int8(3);
  EXPECT_THROW(rows.data(), std::logic_error);
}

}  // namespace
}  // namespace pitview::postgres
