#include "payload.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "pitview/json/document.h"
#include "weather.h"

namespace pitview::sim {
namespace {

std::string contract(const std::string& file) {
  std::ifstream in(std::filesystem::path(PITVIEW_CONTRACTS) / file, std::ios::binary);
  EXPECT_TRUE(in) << file;
  return {std::istreambuf_iterator<char>(in), {}};
}

json::Document parsed(const std::string& text) {
  auto document = json::Document::parse(text);
  EXPECT_TRUE(document) << text;
  return std::move(*document);
}

// The part of JSON Schema that sensors.schema.json uses for a member.
std::string fault_against(const json::View& schema, const json::View& value) {
  if (const auto choices = schema.find("enum")) {
    for (auto choice = choices->first(); choice; choice = choice->next())
      if (value.kind() == json::Kind::string && choice->as_string() == value.as_string()) return "";
    return "is none of the choices";
  }
  std::set<std::string> types;
  if (const auto type = schema.find("type")) {
    if (type->kind() == json::Kind::string) types.emplace(type->as_string());
    for (auto one = type->first(); one; one = one->next()) types.emplace(one->as_string());
  }
  switch (value.kind()) {
    case json::Kind::null: return types.contains("null") ? "" : "is null";
    case json::Kind::boolean: return types.contains("boolean") ? "" : "is a boolean";
    case json::Kind::string: {
      if (!types.contains("string")) return "is text";
      const auto longest = schema.find("maxLength");
      return longest && value.as_string().size() > *longest->as_uint64() ? "is too long" : "";
    }
    case json::Kind::number: {
      const bool whole = value.as_int64().has_value();
      if (!types.contains("number") && !(types.contains("integer") && whole)) return "is not such a number";
      const auto low = schema.find("minimum");
      const auto high = schema.find("maximum");
      if (low && value.as_double() < low->as_double()) return "is too low";
      return high && value.as_double() > high->as_double() ? "is too high" : "";
    }
    default: return "is of no such type";
  }
}

Reading reading_at(Timestamp t) {
  Reading reading;
  reading.measured_at = t;
  reading.air = Weather(site_of("workshop_001", 2)).at(t);
  reading.boot_id = 28'000'000;
  reading.seq = 7;
  reading.uptime_s = 70;
  return reading;
}

TEST(Payload, IsThePlansWithTheExtensions) {
  Reading reading;
  reading.measured_at = *parse_iso8601("2026-02-20T22:30:00Z");
  reading.air = {24.5, 55.2, 1013.25, 78, 3, 148'211};
  reading.boot_id = 17;
  reading.seq = 4'211;
  reading.uptime_s = 42'110;
  EXPECT_EQ(sensors_payload("ESP32-A4CF12B3D4E5", "LIC-4F8D-9K2M-3P7Q", reading),
            R"({"device_id":"ESP32-A4CF12B3D4E5","license_key":"LIC-4F8D-9K2M-3P7Q",)"
            R"("timestamp":"2026-02-20T22:30:00.000Z","temperature":24.5,"humidity":55.2,"aqi":78,"pressure":1013.25,)"
            R"("v":1,"boot_id":17,"seq":4211,"uptime_s":42110,"iaq_accuracy":3,"gas_ohm":148211,)"
            R"("iaq_method":"simulated","fw":"sim-0.1.0"})");
}

TEST(Payload, KeepsTheContractAllDay) {
  const std::string schema_text = contract("sensors.schema.json");
  const json::Document schema = parsed(schema_text);
  const json::View properties = *schema.root().find("properties");
  for (int minute = 0; minute < 1'440; ++minute) {
    Reading reading = reading_at(*parse_iso8601("2026-11-24T00:00:00Z") + std::chrono::minutes(minute));
    reading.replay = minute % 2 == 1;
    if (minute % 10 == 0) reading.air = Air{};  // a failed sensor
    const std::string text = sensors_payload("ESP32-A4CF12B3D4E5", "LIC-4F8D-9K2M-3P7Q", reading);
    ASSERT_LE(text.size(), 4'096U);
    const json::Document message = parsed(text);
    for (auto required = schema.root().find("required")->first(); required; required = required->next())
      EXPECT_TRUE(message.root().find(required->as_string())) << required->as_string();
    for (auto member = message.root().first(); member; member = member->next()) {
      const auto rule = properties.find(member->name());
      ASSERT_TRUE(rule) << member->name() << " is not in the contract";
      EXPECT_EQ(fault_against(*rule, *member), "") << member->name() << " of " << text;
    }
  }
}

TEST(Payload, TheContractsExamplesAreWhatTheirFoldersSay) {
  const std::string schema_text = contract("sensors.schema.json");
  const json::Document schema = parsed(schema_text);
  const json::View properties = *schema.root().find("properties");
  int seen = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(std::filesystem::path(PITVIEW_CONTRACTS) / "examples/valid")) {
    ++seen;
    const std::string text = contract("examples/valid/" + file.path().filename().string());
    EXPECT_LE(text.size(), 4'096U) << file.path();
    const json::Document message = parsed(text);
    for (auto member = message.root().first(); member; member = member->next())
      if (const auto rule = properties.find(member->name()))
        EXPECT_EQ(fault_against(*rule, *member), "") << member->name() << " in " << file.path();
  }
  EXPECT_GE(seen, 10);
  EXPECT_GT(contract("examples/invalid/oversize.json").size(), 4'096U);
  for (const char* broken : {"broken-json", "cut-short", "empty", "two-objects", "member-twice", "not-utf8",
                             "temperature-nan", "nested-too-deep", "temperature-infinite"})
    EXPECT_FALSE(json::Document::parse(contract("examples/invalid/" + std::string(broken) + ".json"))) << broken;
}

TEST(Payload, CommandsAreExactJson) {
  const auto disable = parse_command(R"({"command":"DISABLE","reason":"subscription_suspended"})");
  ASSERT_TRUE(disable);
  EXPECT_EQ(disable->kind, CommandKind::disable);
  EXPECT_EQ(disable->reason, "subscription_suspended");
  EXPECT_EQ(parse_command(R"({"command":"ENABLE"})")->kind, CommandKind::enable);
  for (const char* bad : {"", "DISABLE", R"({"command":"disable"})", R"({"command":"DISABLE ME"})", R"({"command":1})",
                          R"({"reason":"x"})", R"(["DISABLE"])",
                          R"({"command":"DISABLE"} )"
                          "x"})
    EXPECT_FALSE(parse_command(bad)) << bad;
}

TEST(Payload, TopicsAreThoseOfTheContract) {
  const Topics topics = topics_of("workshop_042", 3, "ESP32-A4CF12B3D4E5");
  EXPECT_EQ(topics.sensors, "workshop/workshop_042/pit/3/sensors");
  EXPECT_EQ(topics.status, "workshop/workshop_042/device/ESP32-A4CF12B3D4E5/status");
  EXPECT_EQ(topics.command, "workshop/workshop_042/device/ESP32-A4CF12B3D4E5/command");
}

}  // namespace
}  // namespace pitview::sim
