// Power is cut at every byte that a story of appends and settlements programs or erases
// while the ring goes round twice; after each cut the story goes on.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "spool_bench.h"

namespace pitview::fw {
namespace {

using testing::contents;
using testing::PowerCut;
using testing::SimFlash;
using testing::SpoolModel;
using testing::TornErase;

constexpr std::size_t kSectors = 3;
constexpr std::size_t kAppends = (2 * kSectors + 1) * Spool::kRecordsPerSector + 10;
constexpr std::size_t kStepsPerRound = 8;  // four appends, and three or four settlements
constexpr std::size_t kSteps = kAppends * 2;

// Everything that a power cut leaves.
struct World {
  SimFlash flash{kSectors};
  SpoolModel model{kSectors};
  std::uint32_t next_seq = 0;
};

bool is_append(std::size_t step) { return step % 2 == 0; }

// Of four records three are settled soon. The fourth waits; every other one of them is
// settled late, the rest are still there when the ring comes round.
std::optional<Spool::Position> to_settle(const SpoolModel& model, std::size_t step) {
  const auto& kept = model.kept();
  if (kept.empty()) return std::nullopt;
  if (step % kStepsPerRound != 7) return kept.back().position;
  if (step % (2 * kStepsPerRound) == 7) return kept.front().position;
  return std::nullopt;
}

// The model follows what was done. The step is not done if the power was cut in it.
void take_step(World& world, Spool& spool, std::size_t step) {
  if (is_append(step)) {
    const std::uint32_t seq = world.next_seq++;
    if (spool.append(testing::sample_reading(seq))) world.model.appended(*spool.newest_unsent(), seq);
  } else if (const auto position = to_settle(world.model, step)) {
    spool.settle(*position);
    if (world.flash.powered()) world.model.settled(*position);
  }
}

// The world a step before, and everything that can go wrong in that step.
class Story {
 public:
  Story() { spool_.mount(); }

  void go_through(std::size_t steps) {
    for (std::size_t step = 0; step < steps && !::testing::Test::HasFailure(); ++step) cut_everywhere_in(step);
  }
  std::size_t cuts() const { return cuts_; }
  const SpoolModel& model() const { return world_.model; }

 private:
  static constexpr std::size_t kAFew = 2;
  static constexpr std::size_t kARound = 2 * (kSectors + 1) * Spool::kRecordsPerSector;
  static constexpr std::size_t kLongEvery = 199;

  void cut_everywhere_in(std::size_t step) {
    const World before = world_;
    const Spool spool_before = spool_;
    take_step(world_, spool_, step);
    const World after = world_;
    const std::uint64_t bytes = after.flash.activity() - before.flash.activity();
    const bool opens_sector = bytes > FlashPort::kSectorBytes;
    for (std::uint64_t byte = 0; byte < bytes; ++byte) {
      for (const PowerCut& cut : opens_sector&& byte < FlashPort::kSectorBytes ? erase_cuts(byte) : write_cuts(byte)) {
        SCOPED_TRACE("step " + std::to_string(step) + ", byte " + std::to_string(byte));
        world_ = before;
        cut_in(step, Spool(spool_before), cut, opens_sector);
        if (::testing::Test::HasFailure()) return;
      }
    }
    world_ = after;
    sectors_opened_ += opens_sector ? 1 : 0;
  }

  static std::vector<PowerCut> write_cuts(std::uint64_t byte) {
    constexpr std::uint8_t kTornBits[] = {0x00, 0x55, 0xF0, 0x7F};
    return {{byte, kTornBits[(byte + byte / 4) % 4], TornErase::front_first}};
  }

  // An erase is torn in every way in the header and the records next to it and at the end,
  // and at the edges and in the middle of the others; once, where all records are old ones, at
  // all other bytes too.
  std::vector<PowerCut> erase_cuts(std::uint64_t byte) const {
    constexpr TornErase kWays[] = {TornErase::front_first, TornErase::back_first, TornErase::scattered,
                                   TornErase::zeroed};
    const std::uint64_t in_record = byte % Spool::kRecordBytes;
    if (byte >= 64 && byte < FlashPort::kSectorBytes - 32 && in_record > 1 && in_record != 17) {
      if (sectors_opened_ != 2 * kSectors - 1) return {};
      return {{byte, 0, kWays[byte / 4 % 4]}};
    }
    std::vector<PowerCut> cuts;
    for (const TornErase way : kWays) cuts.push_back({byte, 0, way});
    return cuts;
  }

  void cut_in(std::size_t step, Spool cut_short, const PowerCut& cut, bool opens_sector) {
    std::optional<std::uint32_t> cut_seq;
    SpoolModel& model = world_.model;
    if (is_append(step)) {
      cut_seq = world_.next_seq;
      if (opens_sector) model.doubt_oldest_sector();
    } else {
      model.doubt(*to_settle(model, step));
    }
    world_.flash.cut_power(cut);
    take_step(world_, cut_short, step);
    ASSERT_FALSE(world_.flash.powered());
    world_.flash.power_on();

    Spool spool(world_.flash);
    ASSERT_TRUE(spool.mount());
    ASSERT_TRUE(model.agrees(contents(spool), cut_seq));

    const std::size_t more = cuts_++ % kLongEvery == 0 ? kARound : kAFew;
    for (std::size_t next = step + 1; next <= step + more; ++next) take_step(world_, spool, next);
    ASSERT_TRUE(model.agrees(contents(spool)));
    if (more == kARound) {
      Spool again(world_.flash);
      ASSERT_TRUE(again.mount());
      ASSERT_TRUE(model.agrees(contents(again)));
    }
    ASSERT_EQ(world_.flash.violations(), 0U);
  }

  World world_;
  Spool spool_{world_.flash};
  std::size_t cuts_ = 0;
  std::size_t sectors_opened_ = 0;
};

TEST(PowerCut, at_any_byte_loses_nothing_that_was_on_flash) {
  Story story;
  story.go_through(kSteps);
  EXPECT_GT(story.model().dropped(), kSectors) << "the ring must have gone round over waiting records";
  std::printf("%zu power cuts\n", story.cuts());
}

}  // namespace
}  // namespace pitview::fw
