// After start() the sampling path takes nothing from the heap: this program's operator
// new counts.

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "core/sensor/sampler.h"
#include "testing/fake_bme680.h"
#include "testing/fake_ports.h"

namespace {

std::size_t allocations = 0;

void* allocate(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  std::abort();
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace pitview::fw {
namespace {

// One value of at most 64 bytes; FakeKv would allocate by itself.
class SmallKv : public KvPort {
 public:
  std::optional<std::size_t> get(std::string_view, MutableBytes into) override {
    if (size_ == 0) return std::nullopt;
    std::memcpy(into.data, value_.data(), std::min(into.size, size_));
    return size_;
  }
  bool set(std::string_view, ByteView value) override {
    if (value.size > value_.size()) return false;
    std::memcpy(value_.data(), value.data, value.size);
    size_ = value.size;
    ++writes;
    return true;
  }
  int writes = 0;

 private:
  std::array<std::uint8_t, 64> value_{};
  std::size_t size_ = 0;
};

TEST(NoAllocation, in_sampling_failing_recovering_and_saving) {
  testing::FakeClock clock;
  testing::FakeBme680 fake(clock);
  SmallKv kv;
  Sampler sampler(fake, kv, 3'000, 10'000);
  clock.advance(1'000);
  sampler.start(clock.uptime);

  const std::size_t before = allocations;
  int published = 0;
  int faults = 0;
  const std::uint64_t end = clock.uptime + 7 * 3'600'000;
  while (clock.uptime < end) {
    clock.uptime = sampler.next_due_ms();
    fake.plugged = clock.uptime / 600'000 % 6 != 1;  // out for ten minutes in the hour
    published += sampler.tick(clock.uptime).has_value();
    faults += sampler.state() == SensorState::fault;
  }
  const std::size_t after = allocations;

  EXPECT_EQ(after, before);
  EXPECT_EQ(published, 7 * 360);
  EXPECT_GT(faults, 0);
  EXPECT_GT(kv.writes, 0);
}

TEST(NoAllocation, is_noticed_by_this_test_s_counter) {
  const std::size_t before = allocations;
  const auto one = std::make_unique<int>(1);
  const auto several = std::make_unique<int[]>(4);
  EXPECT_EQ(allocations, before + 2) << *one << several[0];
}

}  // namespace
}  // namespace pitview::fw
