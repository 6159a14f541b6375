#include "saturation.h"

namespace pitview::bench {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLookEvery{50};
constexpr std::chrono::seconds kPatience{30};

class Driver {
 public:
  Driver(Flood& flood, std::int64_t window, const std::function<Progress()>& progress)
      : flood_(flood), window_(window), progress_(progress), first_(progress()) {}

  // Since the first one.
  Progress look() {
    const Progress now = progress_();
    const Progress since{now.done - first_.done, now.batches - first_.batches};
    flood_.allow(since.done + window_);
    return since;
  }

  Progress look_until(steady_clock::time_point end) {
    while (steady_clock::now() < end) {
      look();
      std::this_thread::sleep_for(kLookEvery);
    }
    return look();
  }

  Progress drain() {
    Progress last = look();
    auto moved_at = steady_clock::now();
    while ((last.done < flood_.sent() || flood_.confirmed() < flood_.sent()) &&
           steady_clock::now() < moved_at + kPatience) {
      std::this_thread::sleep_for(kLookEvery);
      const Progress now = look();
      if (now.done != last.done) moved_at = steady_clock::now();
      last = now;
    }
    return last;
  }

 private:
  Flood& flood_;
  const std::int64_t window_;
  const std::function<Progress()>& progress_;
  const Progress first_;
};

}  // namespace

Saturated saturate(const Stack& stack, Flood& flood, const SaturationOptions& options,
                   const std::function<Progress()>& progress) {
  Driver driver(flood, options.window, progress);
  flood.start();
  const Progress begin = driver.look_until(steady_clock::now() + options.warm_up);
  const CpuTimes cpu_begin;
  const Progress end = driver.look_until(cpu_begin.at + options.measured);
  const CpuTimes cpu_end;
  flood.stop_sending();
  const Progress last = driver.drain();
  flood.stop();
  return {.sent = flood.sent(),
          .confirmed = flood.confirmed(),
          .done = last.done,
          .measured = end.done - begin.done,
          .batches = end.batches - begin.batches,
          .cpu = shares_of(stack, cpu_begin, cpu_end),
          .lost = flood.lost()};
}

}  // namespace pitview::bench
