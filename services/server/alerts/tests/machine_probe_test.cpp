#include "alerts/machine_probe.h"

#include <gmock/gmock.h>

namespace pitview::alerts {
namespace {

using ::testing::ElementsAre;

TEST(CpuTimes, AreTheFirstLineOfProcStat) {
  const auto times = parse_cpu_times("cpu  100 20 30 400 50 6 7 8 90 10\ncpu0 1 2 3 4\n");
  ASSERT_TRUE(times);
  EXPECT_EQ(times->busy, 100U + 20 + 30 + 6 + 7 + 8);
  EXPECT_EQ(times->all, 621U);
  EXPECT_TRUE(parse_cpu_times("cpu 1 2 3 4"));
  for (const char* text : {"", "cpu", "cpu 1 2 3", "cpu0 1 2 3 4", "cpu a b c d", "intr 1 2 3 4"})
    EXPECT_FALSE(parse_cpu_times(text)) << text;
}

TEST(CpuTimes, SayHowBusyItWasInBetween) {
  EXPECT_EQ(busy_percent({100, 1000}, {150, 1100}), 50);
  EXPECT_EQ(busy_percent({100, 1000}, {100, 1100}), 0);
  EXPECT_EQ(busy_percent({100, 1000}, {200, 1100}), 100);
  EXPECT_FALSE(busy_percent({100, 1000}, {100, 1000}));
  EXPECT_FALSE(busy_percent({100, 1000}, {90, 1100})) << "counters of a machine that slept";
}

TEST(Disks, AreWhereBlockDevicesAreWrittenTo) {
  EXPECT_THAT(disks_of("overlay / overlay rw,relatime 0 0\n"
                       "proc /proc proc rw 0 0\n"
                       "/dev/sda1 / ext4 rw 0 0\n"
                       "/dev/sdb1 /var/lib/my\\040data ext4 rw,noatime 0 0\n"
                       "/dev/sdb1 /var/lib/my\\040data ext4 rw,noatime 0 0\n"
                       "/dev/loop0 /snap/core squashfs ro,nodev 0 0\n"
                       "/dev/sr0 /media/cd iso9660 ro 0 0\n"
                       "nas:/video /video nfs rw 0 0\n"
                       "nonsense\n"),
              ElementsAre("/", "/var/lib/my data"));
  EXPECT_THAT(disks_of(""), ElementsAre("/"));
}

TEST(MachineProbe, LooksAtThisMachine) {
  MachineProbe probe;
  EXPECT_FALSE(probe.look().cpu_percent) << "since when?";
  const MachineLoad load = probe.look();
  ASSERT_TRUE(load.disk_percent);
  EXPECT_GE(*load.disk_percent, 0);
  EXPECT_LE(*load.disk_percent, 100);
  EXPECT_FALSE(load.fullest_disk.empty());
}

}  // namespace
}  // namespace pitview::alerts
