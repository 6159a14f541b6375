#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "pitview/json/document.h"
#include "pitview/live/events.h"

namespace pitview::live {
namespace {

TEST(LiveContract, ListsTheEventsOfBrowsersWithThePermissionTheyNeed) {
  std::ifstream in("contracts/live/events.json");
  std::ostringstream text;
  text << in.rdbuf();
  const Result<json::Document> contract = json::Document::parse(text.str());
  ASSERT_TRUE(contract) << contract.error().detail;
  const auto written = contract->root().find("events");
  ASSERT_TRUE(written);
  std::map<std::string, std::string> listed, meant;
  for (auto event = written->first(); event; event = event->next())
    listed[std::string(event->name())] = event->find("permission")->as_string();
  for (const EventKind& kind : kEventKinds)
    if (kind.needs) meant[std::string(kind.name)] = name_of(*kind.needs);
  EXPECT_EQ(listed, meant);
}

}  // namespace
}  // namespace pitview::live
