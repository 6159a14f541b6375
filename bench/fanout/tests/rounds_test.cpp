#include <gtest/gtest.h>

#include "rounds.h"

namespace pitview::bench {
namespace {

using namespace std::chrono_literals;

TEST(BenchRounds, TheLastSocketDecidesAndOnlyOfEventsThatAllHave) {
  const SteadyTime start(1h);
  Rounds rounds(2, 2);
  rounds.due(0, start);
  rounds.due(1, start + 1s);
  rounds.arrived(0, start + 3ms);
  rounds.arrived(0, start + 2ms);
  rounds.arrived(1, start + 1s + 1ms);
  EXPECT_FALSE(rounds.complete());
  const RoundFigures figures = rounds.figures();
  EXPECT_EQ(figures.deliveries, 3);
  EXPECT_EQ(figures.missing, 1);
  EXPECT_EQ(figures.last.samples, 1);
  EXPECT_EQ(figures.last.max_us, 3'000);
  EXPECT_EQ(figures.each.p50_us, 2'000);
  rounds.arrived(1, start + 2s);
  EXPECT_TRUE(rounds.complete());
}

}  // namespace
}  // namespace pitview::bench
