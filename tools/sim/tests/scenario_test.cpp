#include "fleet/scenario.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "pitview/config/config.h"

namespace pitview::sim {
namespace {

std::string complaint(std::string_view text) {
  try {
    parse_scenario(text, "day.toml");
    return "accepted";
  } catch (const config::ConfigError& e) {
    return e.what();
  }
}

std::string event(std::string_view rest) { return "title = \"x\"\n[[event]]\n" + std::string(rest); }

TEST(Scenario, EveryOneThatIsDeliveredCanBeRead) {
  int found = 0;
  for (const auto& file : std::filesystem::directory_iterator(PITVIEW_SCENARIOS)) {
    EXPECT_FALSE(load_scenario(file.path()).event.empty()) << file.path();
    ++found;
  }
  EXPECT_EQ(found, 3);
}

TEST(Scenario, FaultsAreNamedWithTheirEvent) {
  EXPECT_EQ(complaint(event("action = \"cut\"\n")), "accepted");
  EXPECT_EQ(complaint(event("action = \"rain\"\n")), "day.toml: event 1: unknown action rain");
  EXPECT_EQ(complaint(event("action = \"cut\"\nat_s = -1\n")), "day.toml: event 1: at_s must be 0 or more");
  EXPECT_EQ(complaint(event("action = \"cut\"\nfor_s = 0\n")), "day.toml: event 1: for_s must be 1 or more");
  EXPECT_EQ(complaint(event("action = \"cut\"\nshare = 1.5\n")),
            "day.toml: event 1: share must be more than 0 and at most 1");
  EXPECT_EQ(complaint(event("action = \"cut\"\nfor_s = 60\nevery_s = 60\n")),
            "day.toml: event 1: every_s must be more than for_s");
  EXPECT_EQ(complaint(event("action = \"drop\"\nvalue = 101.0\n")), "day.toml: event 1: value must be a percentage");
  EXPECT_EQ(complaint(event("action = \"delay\"\n")), "day.toml: event 1: value must be milliseconds");
  EXPECT_NE(complaint(event("action = \"cut\"\ncolour = \"red\"\n")).find("colour"), std::string::npos);
}

}  // namespace
}  // namespace pitview::sim
