#include "cpu.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>

namespace pitview::bench {
namespace {

struct Process {
  int parent = 0;
  long own_ticks = 0;
  long ended_children_ticks = 0;
};

// proc(5): "pid (name) state ppid …"; the name may hold spaces and brackets, so
// counting begins behind the last bracket, at field 3.
std::optional<Process> read_process(const std::filesystem::path& folder) {
  std::ifstream file(folder / "stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  const auto bracket = line.rfind(')');
  if (bracket == std::string::npos) return std::nullopt;
  std::istringstream rest(line.substr(bracket + 1));
  std::string field;
  Process process;
  for (int number = 3; number <= 17 && rest >> field; ++number) {
    if (number == 4) process.parent = std::stoi(field);
    if (number == 14 || number == 15) process.own_ticks += std::stol(field);
    if (number == 16 || number == 17) process.ended_children_ticks += std::stol(field);
  }
  return process;
}

std::map<int, Process> all_processes() {
  std::map<int, Process> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (const auto process = read_process(entry.path())) found[std::stoi(name)] = *process;
  }
  return found;
}

long ticks_of(const std::map<int, Process>& all, int pid) {
  const auto found = all.find(pid);
  if (found == all.end()) return 0;
  long ticks = found->second.own_ticks + found->second.ended_children_ticks;
  for (const auto& [child, process] : all)
    if (process.parent == pid) ticks += ticks_of(all, child);
  return ticks;
}

}  // namespace

double cpu_seconds(int pid) {
  return static_cast<double>(ticks_of(all_processes(), pid)) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace pitview::bench
