#include <gtest/gtest.h>

#include <stdexcept>

#include "pitview/async/cpu_pool.h"
#include "pitview/async/deadline.h"
#include "pitview/async/task_group.h"

namespace pitview {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

Awaitable<> raise_flag(bool& flag) {
  flag = true;
  co_return;
}

Awaitable<> fail() {
  throw std::runtime_error("broken on purpose");
  co_return;
}

Awaitable<> cancel_and_join(TaskGroup& group, bool& joined) {
  group.cancel();
  co_await group.join();
  joined = true;
}

TEST(TaskGroup, CancelEndsASleepingTaskAndJoinReturns) {
  asio::io_context context;
  TaskGroup group(context.get_executor());
  bool ran = false;
  bool joined = false;
  group.spawn("sleeper", sleep_for(hours(1)));
  group.spawn("flag", raise_flag(ran));
  group.spawn("failing", fail());
  asio::co_spawn(context, cancel_and_join(group, joined), asio::detached);
  context.run();
  EXPECT_TRUE(joined);
  EXPECT_EQ(group.running(), 0U);
}

// What a connection does: it runs tasks of its own and must outlive them, although
// it is cancelled itself.
Awaitable<> own_tasks(asio::io_context& context, bool& ended) {
  TaskGroup children(context.get_executor());
  children.spawn("child", sleep_for(hours(1)));
  try {
    co_await sleep_for(hours(1));
  } catch (const boost::system::system_error&) {
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  children.cancel();
  co_await children.join();
  ended = children.running() == 0;
}

TEST(TaskGroup, ACancelledOwnerStillWaitsForItsTasks) {
  asio::io_context context;
  TaskGroup group(context.get_executor());
  bool ended = false;
  bool joined = false;
  group.spawn("owner", own_tasks(context, ended));
  asio::co_spawn(context, cancel_and_join(group, joined), asio::detached);
  context.run();
  EXPECT_TRUE(ended);
  EXPECT_TRUE(joined);
}

Awaitable<int> answer() { co_return 42; }
Awaitable<int> never() {
  co_await sleep_for(hours(1));
  co_return 0;
}

Awaitable<> try_deadlines(bool& done) {
  EXPECT_EQ(co_await with_deadline(hours(1), answer()), 42);
  EXPECT_FALSE((co_await with_deadline(milliseconds(1), never())).has_value());
  EXPECT_FALSE(co_await with_deadline(milliseconds(1), sleep_for(hours(1))));
  // Were the exception to wait for the limit, this test would take an hour.
  bool thrown = false;
  try {
    co_await with_deadline(hours(1), fail());
  } catch (const std::runtime_error&) {
    thrown = true;
  }
  EXPECT_TRUE(thrown);
  done = true;
}

TEST(Deadline, GivesTheResultOrNothing) {
  asio::io_context context;
  bool done = false;
  asio::co_spawn(context, try_deadlines(done), asio::detached);
  context.run();
  EXPECT_TRUE(done);
}

Awaitable<> use_pool(CpuPool& pool, CpuPool& full, bool& done) {
  EXPECT_EQ(co_await pool.run<int>([] { return 7; }), 7);
  EXPECT_FALSE((co_await full.run<int>([] { return 7; })).has_value());
  bool thrown = false;
  try {
    co_await pool.run<int>([]() -> int { throw std::runtime_error("x"); });
  } catch (const std::runtime_error&) {
    thrown = true;
  }
  EXPECT_TRUE(thrown);
  done = true;
}

TEST(CpuPool, ComputesRefusesWhenFullAndPassesExceptionsOn) {
  asio::io_context context;
  CpuPool pool(1, 4);
  CpuPool full(1, 0);
  bool done = false;
  asio::co_spawn(context, use_pool(pool, full, done), asio::detached);
  context.run();
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace pitview
