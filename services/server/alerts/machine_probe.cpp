#include "alerts/machine_probe.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

namespace pitview::alerts {
namespace {

std::string text_of(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Mounts write a space in a name as \040 (fstab(5)).
std::string unescaped(std::string_view name) {
  std::string text;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool is_escape = name[i] == '\\' && i + 3 < name.size() &&
                           name.substr(i + 1, 3).find_first_not_of("01234567") == std::string_view::npos;
    if (!is_escape) {
      text += name[i];
      continue;
    }
    text += static_cast<char>((name[i + 1] - '0') * 64 + (name[i + 2] - '0') * 8 + (name[i + 3] - '0'));
    i += 3;
  }
  return text;
}

bool is_read_only(const std::string& options) { return options == "ro" || options.starts_with("ro,"); }

std::optional<double> used_percent(const std::string& folder) {
  struct statvfs disk{};
  if (statvfs(folder.c_str(), &disk) != 0) return std::nullopt;
  const double used = static_cast<double>(disk.f_blocks) - static_cast<double>(disk.f_bfree);
  const double usable = used + static_cast<double>(disk.f_bavail);
  if (usable <= 0) return std::nullopt;
  return std::clamp(used / usable * 100, 0.0, 100.0);
}

}  // namespace

std::optional<CpuTimes> parse_cpu_times(std::string_view stat) {
  std::istringstream line{std::string(stat.substr(0, stat.find('\n')))};
  std::string label;
  if (!(line >> label) || label != "cpu") return std::nullopt;
  // user, nice, system, idle, iowait, irq, softirq, steal; guest times are in user and nice already.
  constexpr int kColumns = 8;
  constexpr int kIdle = 3;
  constexpr int kWaiting = 4;
  CpuTimes times;
  std::uint64_t ticks = 0;
  int column = 0;
  for (; column < kColumns && line >> ticks; ++column) {
    times.all += ticks;
    if (column != kIdle && column != kWaiting) times.busy += ticks;
  }
  if (column <= kIdle) return std::nullopt;
  return times;
}

std::optional<double> busy_percent(const CpuTimes& before, const CpuTimes& after) {
  if (after.all <= before.all || after.busy < before.busy) return std::nullopt;
  return static_cast<double>(after.busy - before.busy) / static_cast<double>(after.all - before.all) * 100;
}

std::vector<std::string> disks_of(std::string_view mounts) {
  std::vector<std::string> folders{"/"};
  std::istringstream lines{std::string(mounts)};
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string device, folder, kind, options;
    if (!(fields >> device >> folder >> kind >> options)) continue;
    if (!device.starts_with("/dev/") || is_read_only(options)) continue;
    folder = unescaped(folder);
    if (std::find(folders.begin(), folders.end(), folder) == folders.end()) folders.push_back(std::move(folder));
  }
  return folders;
}

MachineLoad MachineProbe::look() {
  MachineLoad load;
  const auto now = parse_cpu_times(text_of("/proc/stat"));
  if (before_ && now) load.cpu_percent = busy_percent(*before_, *now);
  if (now) before_ = now;
  for (const std::string& folder : disks_of(text_of("/proc/mounts"))) {
    const auto used = used_percent(folder);
    if (!used || (load.disk_percent && *used <= *load.disk_percent)) continue;
    load.disk_percent = used;
    load.fullest_disk = folder;
  }
  return load;
}

}  // namespace pitview::alerts
