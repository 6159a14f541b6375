#include "jobs/job_rules.h"

#include <gtest/gtest.h>

namespace pitview::jobs {
namespace {

using std::chrono::minutes;

const Timestamp kNow = *parse_iso8601("2026-02-20T10:00:00Z");

std::vector<StageTimes> three_stages() {
  return {{.name = "Surface Prep", .weight = 25},
          {.name = "PPF Installation", .weight = 50},
          {.name = "Curing", .weight = 25}};
}

TEST(JobStatus, ThePlansPathIsAllowed) {
  EXPECT_TRUE(check_transition(JobStatus::waiting, JobStatus::in_progress));
  EXPECT_TRUE(check_transition(JobStatus::in_progress, JobStatus::quality_check));
  EXPECT_TRUE(check_transition(JobStatus::quality_check, JobStatus::completed));
}

TEST(JobStatus, AFinishedJobStaysFinishedAndSaysSo) {
  for (JobStatus to : {JobStatus::waiting, JobStatus::in_progress, JobStatus::on_hold, JobStatus::quality_check,
                       JobStatus::cancelled}) {
    const auto result = check_transition(JobStatus::completed, to);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::invalid_transition);
  }
  EXPECT_EQ(check_transition(JobStatus::completed, JobStatus::waiting).error().detail,
            "A job that is completed cannot become waiting; it is over.");
}

TEST(JobStatus, ARefusalNamesWhatIsPossible) {
  EXPECT_EQ(check_transition(JobStatus::waiting, JobStatus::completed).error().detail,
            "A job that is waiting cannot become completed; possible: in_progress, cancelled.");
}

TEST(JobStatus, NamesGoBothWays) {
  for (const char* name : {"waiting", "in_progress", "on_hold", "quality_check", "completed", "cancelled"})
    EXPECT_EQ(name_of(*job_status_from(name)), name);
  EXPECT_FALSE(job_status_from("done"));
}

TEST(Stages, MovingForwardFinishesWhatWasBefore) {
  auto stages = three_stages();
  EXPECT_FALSE(current_stage(stages));
  ASSERT_TRUE(move_to_stage(stages, 1, kNow));
  ASSERT_TRUE(move_to_stage(stages, 2, kNow + minutes(90)));
  EXPECT_EQ(current_stage(stages), 2);
  EXPECT_EQ(stages[0].finished_at, kNow + minutes(90));
  EXPECT_FALSE(stages[2].started_at);
}

TEST(Stages, MovingBackReopensAStageWithItsFirstStart) {
  auto stages = three_stages();
  ASSERT_TRUE(move_to_stage(stages, 1, kNow));
  ASSERT_TRUE(move_to_stage(stages, 3, kNow + minutes(10)));
  ASSERT_TRUE(move_to_stage(stages, 1, kNow + minutes(20)));
  EXPECT_EQ(current_stage(stages), 1);
  EXPECT_EQ(stages[0].started_at, kNow);
  EXPECT_FALSE(stages[1].started_at);
}

TEST(Stages, OneThatBeganEarlierThanItWasSaidEndsTheOneBeforeItThen) {
  auto stages = three_stages();
  ASSERT_TRUE(move_to_stage(stages, 1, kNow));
  ASSERT_TRUE(correct_stage(stages, 2, kNow + minutes(30), kNow, kNow + minutes(60)));
  EXPECT_EQ(current_stage(stages), 2);
  EXPECT_EQ(stages[0].finished_at, kNow + minutes(30));
  EXPECT_EQ(stages[1].started_at, kNow + minutes(30));

  // Corrected once more, the other way.
  ASSERT_TRUE(correct_stage(stages, 2, kNow + minutes(45), kNow, kNow + minutes(60)));
  EXPECT_EQ(stages[0].finished_at, kNow + minutes(45));
  EXPECT_EQ(stages[1].started_at, kNow + minutes(45));

  // A skipped one took no time at that moment.
  ASSERT_TRUE(move_to_stage(stages, 1, kNow + minutes(50)));
  ASSERT_TRUE(correct_stage(stages, 3, kNow + minutes(55), kNow, kNow + minutes(60)));
  EXPECT_EQ(stages[1].started_at, kNow + minutes(55));
  EXPECT_EQ(stages[1].finished_at, kNow + minutes(55));
  EXPECT_EQ(stages[0].finished_at, kNow + minutes(55));
}

TEST(Stages, ACorrectionLiesInTheJobAndAfterTheStagesBefore) {
  auto stages = three_stages();
  ASSERT_TRUE(move_to_stage(stages, 1, kNow));
  ASSERT_TRUE(move_to_stage(stages, 2, kNow + minutes(30)));
  const auto refused = [&](minutes at) {
    auto copy = stages;
    const auto result = correct_stage(copy, 3, kNow + at, kNow, kNow + minutes(60));
    return !result && result.error().code == Errc::validation_failed && result.error().fields[0].field == "started_at";
  };
  EXPECT_TRUE(refused(minutes(-1)));
  EXPECT_TRUE(refused(minutes(61)));
  EXPECT_TRUE(refused(minutes(29))) << "before the stage that comes first";
  EXPECT_FALSE(refused(minutes(30)));
  EXPECT_FALSE(refused(minutes(60)));
  EXPECT_FALSE(correct_stage(stages, 4, kNow, kNow, kNow));
}

TEST(Stages, AHoldCountsForTheStageUnderWayOnly) {
  auto stages = three_stages();
  ASSERT_TRUE(move_to_stage(stages, 1, kNow));
  ASSERT_TRUE(move_to_stage(stages, 2, kNow + minutes(90)));
  add_held(stages, kNow + minutes(120), kNow + minutes(150));
  EXPECT_EQ(stages[0].held, minutes(0));
  EXPECT_EQ(stages[1].held, minutes(30));
  // 60 minutes after its start it has been worked on for 30 of 180.
  EXPECT_DOUBLE_EQ(progress(stages, JobStatus::in_progress, minutes(360), kNow + minutes(150)), 0.25 + 0.5 * 30 / 180);
  add_held(stages, kNow, kNow + minutes(100));
  EXPECT_EQ(stages[1].held, minutes(40)) << "what lay before its start is not its";
  ASSERT_TRUE(move_to_stage(stages, 1, kNow + minutes(160)));
  EXPECT_EQ(stages[1].held, minutes(0)) << "a stage that begins anew";
}

TEST(Subscription, OnlyThoseThatPayOrTryTakeNewWork) {
  for (const char* open : {"trial", "active", "past_due", "grace"}) EXPECT_TRUE(takes_new_work(open)) << open;
  for (const char* closed : {"restricted", "suspended", "cancelled", "expired", ""})
    EXPECT_FALSE(takes_new_work(closed)) << closed;
}

TEST(Stages, AStageThatDoesNotExistIsRefused) {
  auto stages = three_stages();
  EXPECT_FALSE(move_to_stage(stages, 0, kNow));
  EXPECT_FALSE(move_to_stage(stages, 4, kNow));
}

TEST(Progress, GrowsWithTheStageUnderWayButNeverReachesItsEnd) {
  auto stages = three_stages();
  const minutes estimate(360);
  EXPECT_DOUBLE_EQ(progress(stages, JobStatus::waiting, estimate, kNow), 0.0);
  ASSERT_TRUE(move_to_stage(stages, 1, kNow));
  EXPECT_DOUBLE_EQ(progress(stages, JobStatus::in_progress, estimate, kNow + minutes(45)), 0.125);
  EXPECT_DOUBLE_EQ(progress(stages, JobStatus::in_progress, estimate, kNow + minutes(900)), 0.25 * 0.95);
  EXPECT_DOUBLE_EQ(progress(stages, JobStatus::completed, estimate, kNow), 1.0);
  EXPECT_DOUBLE_EQ(progress({}, JobStatus::in_progress, estimate, kNow), 0.0);
}

}  // namespace
}  // namespace pitview::jobs
