#include "cpu.h"

#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace pitview::bench {
namespace {

double seconds(long ticks) { return static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK)); }

}  // namespace

// proc(5), /proc/PID/stat: "pid (name) state ppid …"; the name may hold spaces and
// brackets, so counting begins behind the last bracket, at field 3. 14 to 17 are user
// and system time, of the process and of its ended children.
ProcessTimes ProcessTimes::read() {
  ProcessTimes times;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream file(entry.path() / "stat");
    std::string line;
    if (!std::getline(file, line)) continue;  // it has just ended
    std::istringstream fields(line.substr(line.rfind(')') + 1));
    std::string field;
    Process process;
    for (int number = 3; number <= 17 && fields >> field; ++number) {
      if (number == 4) process.parent = std::stoi(field);
      if (number >= 14) process.ticks += std::stol(field);
    }
    times.by_pid_.emplace(std::stoi(name), process);
  }
  return times;
}

double ProcessTimes::below(int pid) const { return seconds(ticks_below(pid)); }

double ProcessTimes::all() const {
  long ticks = 0;
  for (const auto& [pid, process] : by_pid_) ticks += process.ticks;
  return seconds(ticks);
}

long ProcessTimes::ticks_below(int pid) const {
  const auto found = by_pid_.find(pid);
  if (found == by_pid_.end()) return 0;
  long ticks = found->second.ticks;
  for (const auto& [child, process] : by_pid_)
    if (process.parent == pid) ticks += ticks_below(child);
  return ticks;
}

double thread_cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// proc(5), /proc/stat: "cpu user nice system idle iowait irq softirq steal …".
double stolen_seconds() {
  std::ifstream file("/proc/stat");
  std::string field;
  for (int number = 0; number <= 8; ++number) file >> field;
  return seconds(std::stol(field));
}

}  // namespace pitview::bench
