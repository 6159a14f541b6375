#include "kit_log.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "error.h"
#include "support.h"

namespace pitview::kit {
namespace {

using testing::read_text;
using testing::ScratchDirectory;
using testing::write_text;

const ManualClock fixed_clock(parse_iso8601("2026-11-25T09:30:00Z").value());

LogLine line(Step step, std::string device) {
  return {.time = {}, .step = step, .device_id = std::move(device), .sha256 = {}, .detail = {}};
}

constexpr const char* kRegistered =
    R"({"time":"2026-11-25T09:30:00.000Z","step":"registered","device_id":"A","sha256":null,"again":false,"detail":null})"
    "\n";

TEST(KitLog, ALineIsThereForTheNextRun) {
  const ScratchDirectory directory;
  KitLog(directory.path(), fixed_clock).append(line(Step::registered, "A"));
  EXPECT_EQ(read_text(KitLog::path_in(directory.path())), kRegistered);
  EXPECT_EQ(testing::permissions_of(KitLog::path_in(directory.path())), 0600U);

  KitLog next(directory.path(), fixed_clock);
  EXPECT_TRUE(next.of("A").registered);
  EXPECT_FALSE(next.of("B").registered);
  next.append(line(Step::flashing, "A"));
  EXPECT_EQ(read_text(KitLog::path_in(directory.path())).find(kRegistered), 0U) << "appended";
}

TEST(KitLog, KnowsWhatTheStepsOfABoardAddUpTo) {
  using Board = History::Board;
  History history;
  EXPECT_EQ(history.board, Board::untouched);
  history.add(line(Step::image_written, "A"));
  EXPECT_EQ(history.board, Board::untouched);
  history.add(line(Step::flashing, "A"));
  EXPECT_EQ(history.board, Board::interrupted);
  history.add(line(Step::flashed, "A"));
  EXPECT_EQ(history.board, Board::flashed);
  history.add(line(Step::failed, "A"));
  EXPECT_EQ(history.board, Board::failed);
  history.add(line(Step::verified, "A"));
  EXPECT_EQ(history.board, Board::verified);
}

TEST(KitLog, ALineWithoutAnEndWasNeverWritten) {
  const ScratchDirectory directory;
  write_text(KitLog::path_in(directory.path()), std::string(kRegistered) + R"({"time":"2026-11-25T09)");
  EXPECT_TRUE(KitLog::read(directory.path()).at("A").registered);
  KitLog log(directory.path(), fixed_clock);
  log.append(line(Step::flashing, "B"));
  EXPECT_EQ(testing::lines_of(read_text(KitLog::path_in(directory.path()))).size(), 2U);
  EXPECT_EQ(KitLog::read(directory.path()).size(), 2U);
}

TEST(KitLog, ADamagedLineStopsEverything) {
  const ScratchDirectory directory;
  const auto path = KitLog::path_in(directory.path());
  for (const std::string damage : {"garbage\n", "{}\n", "\n"}) {
    write_text(path, kRegistered + damage + kRegistered);
    try {
      KitLog log(directory.path(), fixed_clock);
      ADD_FAILURE() << damage;
    } catch (const KitError& error) {
      EXPECT_EQ(std::string(error.what()).find(path.string() + ":2: damaged line ("), 0U) << error.what();
    }
  }
}

TEST(KitLog, OnAFullDiskNoHalfLineStays) {
  const ScratchDirectory directory;
  KitLog log(directory.path(), fixed_clock);
  log.append(line(Step::registered, "A"));
  const std::string before = read_text(KitLog::path_in(directory.path()));

  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  const rlim_t unlimited = limit.rlim_cur;
  limit.rlim_cur = before.size() + 20;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &limit);
  EXPECT_THROW(log.append(line(Step::flashing, "A")), KitError);
  limit.rlim_cur = unlimited;
  ::setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, handler);

  EXPECT_EQ(read_text(KitLog::path_in(directory.path())), before);
  EXPECT_EQ(log.of("A").board, History::Board::untouched) << "what is not on disk has not happened";
}

TEST(BatchLock, IsForOneAtATime) {
  const ScratchDirectory directory;
  std::optional<BatchLock> first(std::in_place, directory.path());
  EXPECT_THROW(BatchLock second(directory.path()), KitError);
  first.reset();
  EXPECT_NO_THROW(BatchLock second(directory.path()));
}

}  // namespace
}  // namespace pitview::kit
