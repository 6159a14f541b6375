#include <gmock/gmock.h>

#include "io.h"
#include "pitview/async/deadline.h"
#include "pitview/async/task_group.h"
#include "pitview/postgres/blocking_connection.h"

namespace pitview::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Statement kInsert{"insert", "INSERT INTO notes (text) VALUES ($1)"};
constexpr Statement kCount{"count", "SELECT count(*) FROM notes"};
constexpr Statement kFail{"fail", "SELECT 1 / $1::int"};
constexpr Statement kSleep{"sleep", "SELECT pg_sleep(30)"};
constexpr Statement kWorkshopSetting{"workshop_setting", "SELECT current_setting('pitview.workshop_id', true)"};
constexpr Statement kTerminate{"terminate", "SELECT pg_terminate_backend($1, 5000)"};

class Pools : public PoolTest {
 protected:
  Pools() { BlockingConnection(database_.superuser()).run_script("CREATE TABLE notes (text text NOT NULL)"); }

  std::int64_t committed_notes() {
    return BlockingConnection(database_.superuser()).query("SELECT count(*) FROM notes")[0].get<std::int64_t>(0);
  }
};

Awaitable<int> backend_pid(Pool& pool) {
  Transaction tx = co_await pool.begin(kWorkshop);
  const int pid = (co_await tx.query(kBackendPid))[0].get<int>(0);
  co_await tx.commit();
  co_return pid;
}

TEST_F(Pools, what_is_committed_stays) {
  Pool pool(io_, options());
  run([](Pool& p) -> Awaitable<> {
    Transaction tx = co_await p.begin(kWorkshop);
    EXPECT_EQ(co_await tx.execute(kInsert, "one"), 1);
    EXPECT_EQ(co_await tx.execute(kInsert, "two"), 1);
    EXPECT_EQ((co_await tx.query(kCount))[0].get<std::int64_t>(0), 2);
    co_await tx.commit();
    co_await p.close();
  }(pool));
  EXPECT_EQ(committed_notes(), 2);
}

TEST_F(Pools, a_dropped_transaction_is_rolled_back_and_its_connection_used_again) {
  Pool pool(io_, options(1));
  run([](Pool& p) -> Awaitable<> {
    const int before = co_await backend_pid(p);
    {
      Transaction tx = co_await p.begin(kWorkshop);
      co_await tx.execute(kInsert, "never");
    }
    EXPECT_EQ(co_await backend_pid(p), before);
    EXPECT_EQ(p.stats().connects, 1U);
    co_await p.close();
  }(pool));
  EXPECT_EQ(committed_notes(), 0);
}

TEST_F(Pools, a_transaction_can_be_rolled_back_by_hand_and_then_is_over) {
  Pool pool(io_, options(1));
  run([](Pool& p) -> Awaitable<> {
    Transaction tx = co_await p.begin(kWorkshop);
    co_await tx.execute(kInsert, "never");
    co_await tx.rollback();
    EXPECT_EQ(p.stats().idle, 1U);
    EXPECT_THROW(co_await tx.execute(kInsert, "never"), std::logic_error);
    EXPECT_THROW(co_await tx.commit(), std::logic_error);
    co_await p.close();
  }(pool));
  EXPECT_EQ(committed_notes(), 0);
}

TEST_F(Pools, a_failed_statement_leaves_the_connection_usable) {
  Pool pool(io_, options(1));
  run([](Pool& p) -> Awaitable<> {
    const int before = co_await backend_pid(p);
    {
      Transaction tx = co_await p.begin(kWorkshop);
      EXPECT_EQ((co_await tx.query(kFail, 1))[0].get<int>(0), 1);
      EXPECT_THROW(co_await tx.query(kFail, 0), QueryFailed);
    }
    {
      // The same, when the statement cannot even be prepared.
      Transaction tx = co_await p.begin(kWorkshop);
      EXPECT_THROW(co_await tx.query(Statement{"nonsense", "SELECT no_such_column"}), QueryFailed);
      EXPECT_THROW(co_await tx.query(Statement{"nonsense", "SELECT no_such_column"}), QueryFailed);
    }
    EXPECT_EQ(co_await backend_pid(p), before);
    co_await p.close();
  }(pool));
}

TEST_F(Pools, commit_after_a_failed_statement_says_that_nothing_was_committed) {
  Pool pool(io_, options(1));
  run([](Pool& p) -> Awaitable<> {
    Transaction tx = co_await p.begin(kWorkshop);
    co_await tx.execute(kInsert, "never");
    EXPECT_THROW(co_await tx.query(kFail, 0), QueryFailed);
    try {
      co_await tx.commit();
      ADD_FAILURE() << "a rolled back transaction counted as committed";
    } catch (const QueryFailed& e) {
      EXPECT_EQ(e.sqlstate(), "25P02");
    }
    co_await p.close();
  }(pool));
  EXPECT_EQ(committed_notes(), 0);
}

TEST_F(Pools, a_first_statement_and_a_last_one_share_a_round_trip_with_begin_and_commit) {
  Pool pool(io_, options(1));
  run([](Pool& p) -> Awaitable<> {
    static constexpr Statement kFirst{"first", "SELECT set_config('pitview.first', 'done', true)"};
    static constexpr Statement kLast{"last", "SELECT current_setting('pitview.first'), pg_current_xact_id()::text"};
    Transaction tx = co_await p.begin_platform(kFirst);
    const Row row = (co_await tx.query_and_commit(kLast))[0];
    EXPECT_EQ(row.get<std::string>(0), "done");
    static constexpr Statement kStatus{"status", "SELECT pg_xact_status($1::text::xid8)"};
    EXPECT_EQ((co_await p.read_platform(kStatus, row.get<std::string>(1)))[0].get<std::string>(0), "committed");
    EXPECT_THROW(co_await tx.query(kLast), std::logic_error);

    static constexpr Statement kFails{"fails", "SELECT 1 / 0"};
    {
      Transaction failing = co_await p.begin_platform(kFirst);
      const auto id = (co_await failing.query(kLast))[0].get<std::string>(1);
      EXPECT_THROW(co_await failing.query_and_commit(kFails), QueryFailed);
      co_await failing.rollback();
      EXPECT_EQ((co_await p.read_platform(kStatus, id))[0].get<std::string>(0), "aborted");
    }
    {
      Transaction failed = co_await p.begin_platform();
      EXPECT_THROW(co_await failed.query(kFails), QueryFailed);
      EXPECT_THROW(co_await failed.query_and_commit(kLast), QueryFailed);
    }
    EXPECT_EQ(p.stats().connects, 1U);
    co_await p.close();
  }(pool));
}

TEST_F(Pools, the_workshop_is_set_for_one_transaction_only) {
  Pool pool(io_, options(1));
  run([](Pool& p) -> Awaitable<> {
    {
      Transaction tx = co_await p.begin(kWorkshop);
      EXPECT_EQ((co_await tx.query(kWorkshopSetting))[0].get<std::string>(0), "7");
      co_await tx.commit();
    }
    EXPECT_EQ((co_await p.read(WorkshopId(8), kWorkshopSetting))[0].get<std::string>(0), "8");
    EXPECT_EQ((co_await p.read_platform(kWorkshopSetting))[0].get<std::string>(0), "");
    {
      Transaction tx = co_await p.begin_platform();
      EXPECT_EQ((co_await tx.query(kWorkshopSetting))[0].get<std::string>(0), "");
    }
    EXPECT_THROW(co_await p.begin(WorkshopId()), std::logic_error);
    co_await p.close();
  }(pool));
}

TEST_F(Pools, read_answers_and_refuses_to_write) {
  Pool pool(io_, options(1));
  run([](Pool& p) -> Awaitable<> {
    EXPECT_EQ((co_await p.read(kWorkshop, kCount))[0].get<std::int64_t>(0), 0);
    try {
      co_await p.read(kWorkshop, kInsert, "never");
      ADD_FAILURE() << "read() wrote";
    } catch (const QueryFailed& e) {
      EXPECT_EQ(e.sqlstate(), "25006");  // read_only_sql_transaction
    }
    EXPECT_THROW(co_await p.read(kWorkshop, kFail, 0), QueryFailed);
    // And the next transaction may write again.
    Transaction tx = co_await p.begin(kWorkshop);
    co_await tx.execute(kInsert, "one");
    co_await tx.commit();
    EXPECT_EQ(p.stats().connects, 1U);
    co_await p.close();
  }(pool));
  EXPECT_EQ(committed_notes(), 1);
}

TEST_F(Pools, two_texts_under_one_name_are_a_mistake) {
  Pool pool(io_, options(1));
  run([](Pool& p) -> Awaitable<> {
    co_await p.read(kWorkshop, Statement{"same", "SELECT 1"});
    EXPECT_THROW(co_await p.read(kWorkshop, Statement{"same", "SELECT 2"}), std::logic_error);
    EXPECT_EQ((co_await p.read(kWorkshop, Statement{"same", "SELECT 1"}))[0].get<int>(0), 1);
    co_await p.close();
  }(pool));
}

TEST_F(Pools, connections_the_server_ended_are_replaced_without_the_caller_noticing) {
  Pool pool(io_, options(2));
  PoolOptions other = options(1);
  Pool killer(io_, other);
  run([](Pool& p, Pool& k) -> Awaitable<> {
    int first = 0;
    int second = 0;
    {
      Transaction a = co_await p.begin(kWorkshop);
      Transaction b = co_await p.begin(kWorkshop);
      first = (co_await a.query(kBackendPid))[0].get<int>(0);
      second = (co_await b.query(kBackendPid))[0].get<int>(0);
      co_await a.commit();
      co_await b.commit();
    }
    Transaction kill = co_await k.begin_platform();
    EXPECT_TRUE((co_await kill.query(kTerminate, first))[0].get<bool>(0));
    EXPECT_TRUE((co_await kill.query(kTerminate, second))[0].get<bool>(0));
    EXPECT_NE(co_await backend_pid(p), first);

    const int third = co_await backend_pid(p);
    EXPECT_TRUE((co_await kill.query(kTerminate, third))[0].get<bool>(0));
    EXPECT_EQ((co_await p.read(kWorkshop, kCount))[0].get<std::int64_t>(0), 0);
    co_await kill.commit();
    co_await p.close();
    co_await k.close();
  }(pool, killer));
}

TEST_F(Pools, a_connection_that_ends_inside_a_transaction_is_a_connection_lost) {
  Pool pool(io_, options(1));
  Pool killer(io_, options(1));
  run([](Pool& p, Pool& k) -> Awaitable<> {
    {
      Transaction tx = co_await p.begin(kWorkshop);
      const int pid = (co_await tx.query(kBackendPid))[0].get<int>(0);
      Transaction kill = co_await k.begin_platform();
      co_await kill.query(kTerminate, pid);
      EXPECT_THROW(co_await tx.execute(kInsert, "never"), ConnectionLost);
      EXPECT_THROW(co_await tx.commit(), ConnectionLost);
    }
    co_await backend_pid(p);
    EXPECT_EQ(p.stats().connects, 2U);
    co_await p.close();
    co_await k.close();
  }(pool, killer));
  EXPECT_EQ(committed_notes(), 0);
}

TEST_F(Pools, a_statement_that_takes_too_long_is_ended_by_the_server) {
  PoolOptions hasty = options(1);
  hasty.statement_timeout = milliseconds(50);
  Pool pool(io_, hasty);
  run([](Pool& p) -> Awaitable<> {
    const int before = co_await backend_pid(p);
    try {
      Transaction tx = co_await p.begin(kWorkshop);
      co_await tx.query(kSleep);
      ADD_FAILURE() << "the statement ran to its end";
    } catch (const QueryFailed& e) {
      EXPECT_EQ(e.sqlstate(), "57014");
    }
    EXPECT_EQ(co_await backend_pid(p), before);
    co_await p.close();
  }(pool));
}

TEST_F(Pools, when_all_connections_are_taken_the_wait_is_bounded) {
  PoolOptions small = options(1);
  small.acquire_timeout = milliseconds(50);
  Pool pool(io_, small);
  run([](Pool& p) -> Awaitable<> {
    {
      Transaction tx = co_await p.begin(kWorkshop);
      EXPECT_THROW(co_await p.begin(kWorkshop), PoolExhausted);
      EXPECT_EQ(p.stats().in_use, 1U);
      EXPECT_EQ(p.stats().waiting, 0U);
      co_await tx.commit();
    }
    co_await backend_pid(p);
    co_await p.close();
  }(pool));
}

TEST_F(Pools, when_too_many_wait_the_next_is_refused_at_once) {
  PoolOptions small = options(1);
  small.max_waiting = 0;
  Pool pool(io_, small);
  run([](Pool& p) -> Awaitable<> {
    Transaction tx = co_await p.begin(kWorkshop);
    EXPECT_THROW(co_await p.read(kWorkshop, kCount), PoolExhausted);
    co_await tx.commit();
    co_await p.close();
  }(pool));
}

struct Turns {
  int running = 0;
  int most_running = 0;
  asio::steady_timer all_taken;  // cancelled once every connection has been taken at the same time
};

// The first ones hold their connection until all are taken: how far apart
// PostgreSQL answers them must not decide what the test sees.
Awaitable<> write_note(Pool& pool, Turns& turns, int connections) {
  Transaction tx = co_await pool.begin(kWorkshop);
  turns.most_running = std::max(turns.most_running, ++turns.running);
  if (turns.most_running < connections) {
    error_code ignored;
    co_await turns.all_taken.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  turns.all_taken.cancel();
  co_await tx.execute(kInsert, "one of many");
  --turns.running;
  co_await tx.commit();
}

TEST_F(Pools, many_coroutines_take_turns_on_few_connections) {
  Pool pool(io_, options(3));
  run([](Pool& p) -> Awaitable<> {
    const auto executor = co_await asio::this_coro::executor;
    Turns turns{.all_taken = asio::steady_timer(executor, seconds(10))};
    TaskGroup tasks(executor);
    for (int i = 0; i < 100; ++i) tasks.spawn("note", write_note(p, turns, 3));
    co_await tasks.join();
    EXPECT_EQ(turns.most_running, 3);
    EXPECT_EQ(p.stats().connects, 3U);
    co_await p.close();
  }(pool));
  EXPECT_EQ(committed_notes(), 100);
}

Awaitable<> sleep_in_database(Pool& pool) {
  Transaction tx = co_await pool.begin(kWorkshop);
  co_await tx.execute(kInsert, "never");
  co_await tx.query(kSleep);
  ADD_FAILURE() << "the statement ran to its end";
}

TEST_F(Pools, cancelling_in_the_middle_of_a_statement_drops_the_connection_and_ends_the_statement) {
  Pool pool(io_, options(1));
  Pool watcher(io_, options(1));
  run([](Pool& p, Pool& w) -> Awaitable<> {
    EXPECT_FALSE(co_await with_deadline(milliseconds(100), sleep_in_database(p)));
    EXPECT_EQ(p.stats().in_use, 0U);
    EXPECT_EQ(p.stats().idle, 0U);
    co_await backend_pid(p);
    // client_connection_check_interval: the server finds out by itself.
    static constexpr Statement kSleepers{
        "sleepers",
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'"
        " AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"};
    while ((co_await w.read_platform(kSleepers))[0].get<std::int64_t>(0) > 0) co_await sleep_for(milliseconds(20));
    co_await p.close();
    co_await w.close();
  }(pool, watcher));
  EXPECT_EQ(committed_notes(), 0);
}

TEST_F(Pools, cancelling_while_waiting_for_a_connection_gives_up_the_place) {
  Pool pool(io_, options(1));
  run([](Pool& p) -> Awaitable<> {
    Transaction tx = co_await p.begin(kWorkshop);
    EXPECT_FALSE(co_await with_deadline(milliseconds(30), backend_pid(p)));
    EXPECT_EQ(p.stats().waiting, 0U);
    co_await tx.commit();
    co_await backend_pid(p);
    EXPECT_EQ(p.stats().connects, 1U);
    co_await p.close();
  }(pool));
}

TEST_F(Pools, an_unreachable_database_is_a_connection_lost_and_not_asked_all_the_time) {
  PoolOptions nowhere = options(1);
  nowhere.conninfo = "host=127.0.0.1 port=1 dbname=none user=nobody";
  Pool pool(io_, nowhere);
  run([](Pool& p) -> Awaitable<> {
    for (int i = 0; i < 20; ++i) EXPECT_THROW(co_await p.begin(kWorkshop), ConnectionLost);
    EXPECT_LT(p.stats().connect_failures, 20U);
    EXPECT_EQ(p.stats().in_use, 0U);
    co_await p.close();
  }(pool));
}

TEST_F(Pools, a_server_that_accepts_and_stays_silent_is_given_up) {
  asio::ip::tcp::acceptor silent(io_, {asio::ip::make_address_v4("127.0.0.1"), 0});
  PoolOptions nowhere = options(1);
  nowhere.conninfo = "host=127.0.0.1 dbname=none user=nobody port=" + std::to_string(silent.local_endpoint().port());
  nowhere.connect_timeout = milliseconds(50);
  Pool pool(io_, nowhere);
  run([](Pool& p) -> Awaitable<> {
    EXPECT_THROW(co_await p.begin(kWorkshop), ConnectionLost);
    co_await p.close();
  }(pool));
}

TEST_F(Pools, close_waits_for_running_transactions_and_refuses_new_ones) {
  Pool pool(io_, options(2));
  run([](Pool& p) -> Awaitable<> {
    TaskGroup tasks(co_await asio::this_coro::executor);
    bool closed = false;
    {
      Transaction tx = co_await p.begin(kWorkshop);
      co_await tx.execute(kInsert, "last");
      tasks.spawn("close", [](Pool& pool_to_close, bool& done) -> Awaitable<> {
        co_await pool_to_close.close();
        done = true;
      }(p, closed));
      co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
      EXPECT_THROW(co_await p.begin(kWorkshop), PoolExhausted);
      EXPECT_FALSE(closed);
      co_await tx.commit();
    }
    co_await tasks.join();
    EXPECT_TRUE(closed);
  }(pool));
  EXPECT_EQ(committed_notes(), 1);
}

TEST_F(Pools, an_io_context_that_stops_in_the_middle_leaves_nothing_behind) {
  auto context = std::make_unique<asio::io_context>(1);
  auto pool = std::make_unique<Pool>(*context, options(2));
  bool began = false;
  asio::co_spawn(
      *context,
      [](Pool& p, bool& reached) -> Awaitable<> {
        Transaction held = co_await p.begin(kWorkshop);
        Transaction running = co_await p.begin(kWorkshop);
        reached = true;
        co_await running.query(kSleep);
      }(*pool, began),
      asio::detached);
  while (!began) context->run_one_for(seconds(10));
  context->run_for(milliseconds(50));
  pool.reset();
  context.reset();  // AddressSanitizer is the judge
}

}  // namespace
}  // namespace pitview::postgres
