#include "cluster/adoption.h"

#include <gmock/gmock.h>

namespace pitview::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using State = SessionNotice::State;

const SessionNotice kServed{State::served_by_owner, ""};
const SessionNotice kOrphaned{State::orphaned, ""};
SessionNotice adopted_by(const char* name) { return {State::adopted, name}; }

class AdoptionTest : public ::testing::Test {
 protected:
  Adoption::Time at(milliseconds after) const { return start_ + after; }

  const Adoption::Time start_ = std::chrono::steady_clock::now();
  Adoption b_{"b", seconds(10)};
};

TEST_F(AdoptionTest, ADeadServersSessionIsAdoptedAfterTheGrace) {
  b_.noted("a", kServed, start_);
  EXPECT_EQ(b_.next_due(), std::nullopt);
  b_.noted("a", kOrphaned, start_);
  EXPECT_EQ(b_.next_due(), at(seconds(10)));
  EXPECT_THAT(b_.take_due(at(milliseconds(9'999))), IsEmpty());
  EXPECT_THAT(b_.take_due(at(seconds(10))), ElementsAre("a"));
  EXPECT_THAT(b_.take_due(at(seconds(60))), IsEmpty()) << "it is ours already";
}

TEST_F(AdoptionTest, AServerThatRestartsKeepsItsSession) {
  b_.noted("a", kOrphaned, start_);
  b_.noted("a", kServed, at(seconds(3)));
  EXPECT_THAT(b_.take_due(at(seconds(60))), IsEmpty());
}

TEST_F(AdoptionTest, ARepeatedNoticeDoesNotProlongTheGrace) {
  b_.noted("a", kOrphaned, start_);
  b_.noted("a", kOrphaned, at(seconds(9)));
  EXPECT_THAT(b_.take_due(at(seconds(10))), ElementsAre("a"));
}

TEST_F(AdoptionTest, OneAdopterIsEnough) {
  b_.noted("c", kServed, start_);
  b_.noted("a", kOrphaned, start_);
  b_.noted("a", adopted_by("c"), at(seconds(9)));
  EXPECT_THAT(b_.take_due(at(seconds(60))), IsEmpty());
}

TEST_F(AdoptionTest, WhatADeadAdopterServedIsAdoptedToo) {
  b_.noted("a", adopted_by("c"), start_);
  b_.noted("c", kOrphaned, start_);
  EXPECT_THAT(b_.take_due(at(seconds(10))), ElementsAre("a", "c"));
}

TEST_F(AdoptionTest, TheOrderOfRetainedNoticesDoesNotMatter) {
  b_.noted("c", kOrphaned, start_);
  b_.noted("a", adopted_by("c"), start_);
  EXPECT_THAT(b_.take_due(at(seconds(10))), ElementsAre("a", "c"));

  Adoption d("d", seconds(10));
  d.noted("a", adopted_by("c"), start_);
  d.noted("c", kServed, start_);
  EXPECT_THAT(d.take_due(at(seconds(60))), IsEmpty());
}

TEST_F(AdoptionTest, WhatASessionOfOursIsSaidToBeDoesNotMakeUsServeItTwice) {
  b_.noted("a", kOrphaned, start_);
  b_.take_due(at(seconds(10)));
  b_.noted("a", adopted_by("c"), at(seconds(11)));
  b_.noted("c", kOrphaned, at(seconds(12)));
  EXPECT_THAT(b_.take_due(at(seconds(60))), ElementsAre("c"));
}

TEST_F(AdoptionTest, AnOwnerThatIsBackHasItsSessionAgain) {
  b_.noted("a", kOrphaned, start_);
  b_.take_due(at(seconds(10)));
  b_.noted("a", adopted_by("b"), at(seconds(10)));
  b_.noted("a", kServed, at(seconds(20)));
  b_.released("a", at(seconds(20)));
  EXPECT_THAT(b_.take_due(at(seconds(60))), IsEmpty());
  b_.noted("a", kOrphaned, at(seconds(70)));
  EXPECT_THAT(b_.take_due(at(seconds(80))), ElementsAre("a")) << "it can be adopted once more";
}

TEST_F(AdoptionTest, ThrownOutByAnotherAdopterItWaitsAndTriesAgainOnlyWhenThatOneIsSilent) {
  b_.noted("a", kOrphaned, start_);
  b_.take_due(at(seconds(10)));
  b_.noted("a", adopted_by("b"), at(seconds(10)));
  b_.released("a", at(seconds(11)));
  b_.noted("a", adopted_by("b"), at(seconds(12)));  // our own words, late
  EXPECT_EQ(b_.next_due(), at(seconds(22)));
  b_.noted("c", kServed, at(seconds(12)));
  b_.noted("a", adopted_by("c"), at(seconds(12)));
  EXPECT_THAT(b_.take_due(at(seconds(60))), IsEmpty());
}

TEST_F(AdoptionTest, AWrongNoticeOfASessionWeServeIsToBeCorrected) {
  b_.noted("a", kOrphaned, start_);
  b_.take_due(at(seconds(10)));
  EXPECT_TRUE(b_.noted("a", adopted_by("c"), at(seconds(11))));
  EXPECT_TRUE(b_.noted("a", kOrphaned, at(seconds(11))));
  EXPECT_FALSE(b_.noted("a", adopted_by("b"), at(seconds(11))));
  EXPECT_TRUE(b_.noted("b", kOrphaned, start_)) << "our own session, said by an old will";
  EXPECT_FALSE(b_.noted("b", kServed, start_));
}

TEST_F(AdoptionTest, AnAdopterThatRestartsAdoptsAgain) {
  b_.noted("a", adopted_by("b"), start_);
  EXPECT_THAT(b_.take_due(at(seconds(10))), ElementsAre("a"));
}

TEST_F(AdoptionTest, AServerThatWasTakenAwayIsForgotten) {
  b_.noted("a", kOrphaned, start_);
  b_.forgotten("a");
  EXPECT_THAT(b_.take_due(at(seconds(60))), IsEmpty());
}

TEST(SessionNotice, IsReadAsItWasWritten) {
  for (const SessionNotice& notice : {kServed, kOrphaned, adopted_by("mumbai-2")}) {
    const auto read = parse_notice(write_notice(notice));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->state, notice.state);
    EXPECT_EQ(read->by, notice.by);
  }
}

TEST(SessionNotice, NonsenseIsNone) {
  for (const char* text : {"", "{}", "[]", R"({"session":"lost"})", R"({"session":"adopted"})"})
    EXPECT_FALSE(parse_notice(text)) << text;
}

}  // namespace
}  // namespace pitview::cluster
