// How busy this machine is and how full its disks are, from what Linux says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pitview::alerts {

// Ticks of all CPUs since the start of the machine.
struct CpuTimes {
  std::uint64_t busy = 0;
  std::uint64_t all = 0;
};

// The first line of /proc/stat (proc(5)); empty for anything else.
std::optional<CpuTimes> parse_cpu_times(std::string_view stat);

// Between two times; empty when no tick has passed, or the counters went back.
std::optional<double> busy_percent(const CpuTimes& before, const CpuTimes& after);

// The folders where file systems of block devices are mounted to be written to, from the
// text of /proc/mounts; and "/", whatever it is.
std::vector<std::string> disks_of(std::string_view mounts);

struct MachineLoad {
  std::optional<double> cpu_percent;   // since the last look
  std::optional<double> disk_percent;  // of the fullest disk, as df counts: without what only root may use
  std::string fullest_disk;            // where it is mounted
};

// One thread. What cannot be read is empty.
class MachineProbe {
 public:
  MachineLoad look();

 private:
  std::optional<CpuTimes> before_;
};

}  // namespace pitview::alerts
