#include "cluster/bridge.h"

#include <gtest/gtest.h>

namespace pitview::cluster {
namespace {

TEST(BridgeLine, IsReadAsItWasWritten) {
  const live::Event sent{"sensor_update", WorkshopId{1}, PitId{2}, {}, SessionId{4}, R"({"a":"\t\n"})", DeviceKey{9}};
  std::string line = write_line(sent);
  ASSERT_EQ(line.back(), '\n');
  line.pop_back();
  const auto event = parse_line(line);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->name, sent.name);
  EXPECT_EQ(event->workshop, sent.workshop);
  EXPECT_EQ(event->pit, sent.pit);
  EXPECT_EQ(event->job, sent.job);
  EXPECT_EQ(event->session, sent.session);
  EXPECT_EQ(event->device, sent.device);
  EXPECT_EQ(event->data, sent.data);
}

TEST(BridgeLine, NonsenseIsNone) {
  for (const char* line : {"", "sensor_update", "sensor_update\t1\t2\t3\t4\t", "sensor_update\t1\t2\t3\t4\t5",
                           "sensor_update\t1\t-2\t3\t4\t5\t{}", "sensor_update\tx\t2\t3\t4\t5\t{}",
                           "sensor_update\t99999999999999999999\t2\t3\t4\t5\t{}", "unheard_of\t1\t2\t3\t4\t5\t{}"})
    EXPECT_FALSE(parse_line(line)) << line;
}

}  // namespace
}  // namespace pitview::cluster
