// Long random lives of a spool, every call of its interface checked against the model.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "spool_bench.h"

namespace pitview::fw {
namespace {

using testing::contents;
using testing::sample_reading;
using testing::SimFlash;
using testing::SpoolModel;

class Life {
 public:
  Life(std::uint32_t seed, std::size_t sectors) : chance_(seed), flash_(sectors), model_(sectors) { restart(); }

  void go_through(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
      step();
      compare();
    }
    EXPECT_EQ(model_.dropped() - dropped_before_, spool_->dropped());
    EXPECT_EQ(flash_.violations(), 0U);
  }

 private:
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(chance_() % end); }

  void restart() {
    spool_.emplace(flash_);
    ASSERT_TRUE(spool_->mount());
    ASSERT_TRUE(model_.agrees(contents(*spool_)));
    sent_.clear();
    dropped_before_ = model_.dropped();
  }

  void step() {
    const auto& kept = model_.kept();
    const std::size_t what = below(1000);
    if (what < 2) return restart();
    if (what < 4) {
      spool_->mark_all_unsent();
      return sent_.clear();
    }
    if (kept.empty() || what < 600) return append(1 + below(40));
    const Spool::Position position = kept[below(kept.size())].position;
    if (what < 800) {
      spool_->settle(position);
      model_.settled(position);
      sent_.erase(position);
    } else if (what < 950) {
      spool_->mark_sent(position, true);
      sent_.insert(position);
    } else {
      spool_->mark_sent(position, false);
      sent_.erase(position);
    }
  }

  void append(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i, ++next_seq_) {
      ASSERT_TRUE(spool_->append(sample_reading(next_seq_)));
      model_.appended(*spool_->newest_unsent(), next_seq_);
    }
  }

  // What the interface says without looking at every record.
  void compare() {
    std::optional<Spool::Position> oldest;
    std::optional<Spool::Position> newest;
    for (const auto& kept : model_.kept()) {
      if (sent_.count(kept.position) != 0) continue;
      if (!oldest) oldest = kept.position;
      newest = kept.position;
    }
    EXPECT_EQ(spool_->oldest_unsent(), oldest);
    EXPECT_EQ(spool_->newest_unsent(), newest);
    EXPECT_EQ(spool_->waiting(), model_.kept().size());
    if (model_.kept().empty()) return;
    const auto& kept = model_.kept()[below(model_.kept().size())];
    EXPECT_EQ(spool_->next_waiting(kept.position), kept.position);
    const auto reading = spool_->read(kept.position);
    ASSERT_TRUE(reading);
    EXPECT_EQ(reading->seq, kept.seq);
  }

  std::mt19937 chance_;
  SimFlash flash_;
  SpoolModel model_;
  std::optional<Spool> spool_;
  std::set<Spool::Position> sent_;
  std::uint32_t next_seq_ = 0;
  std::uint64_t dropped_before_ = 0;
};

TEST(SpoolLives, agree_with_the_model) {
  for (std::uint32_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(seed);
    Life(seed, 2 + seed % 5).go_through(2000);
  }
}

}  // namespace
}  // namespace pitview::fw
