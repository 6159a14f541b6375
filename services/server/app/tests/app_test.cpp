#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "app/config.h"
#include "app/services.h"
#include "pitview/base/log.h"
#include "pitview/config/config.h"
#include "pitview/db/testing/migrated_database.h"

namespace pitview::app {
namespace {

// A file that has one table only.
template <class T>
struct Only {
  T messages;
  BOOST_DESCRIBE_CLASS(Only, (), (messages), (), ())
};

std::string read_file(const char* name) {
  std::ifstream in(name, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(Configuration, EveryKeyIsDocumented) {
  const std::string reference = read_file("docs/reference/configuration.md");
  std::vector<std::string> keys;
  config::list_keys<Config>(keys);
  ASSERT_GT(keys.size(), 10U);
  for (const std::string& key : keys)
    EXPECT_NE(reference.find("`" + key + "`"), std::string::npos)
        << key << " is missing in docs/reference/configuration.md";
}

TEST(Configuration, AWayToTheBrokerThatCannotBeSecuredEndsTheStart) {
  Config config;
  config.mqtt.tls.ca_file = "/nowhere/ca.pem";
  const auto complaint = [&config] {
    try {
      load_keys(config);
    } catch (const config::ConfigError& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  EXPECT_EQ(complaint().find("mqtt.tls"), std::string::npos) << "not enabled, not read";
  config.mqtt.tls.enabled = true;
  EXPECT_NE(complaint().find("mqtt.tls: the file of authorities /nowhere/ca.pem cannot be used"), std::string::npos)
      << complaint();
}

TEST(Configuration, EveryMessageMayHaveATemplateOfWhatsApps) {
  const std::string sid = "HX00000000000000000000000000000001";
  std::string text = "[messages.twilio.whatsapp_templates]\n";
  constexpr auto kLast = messages::MessageKind::after_care_30;
  for (int i = 0; i <= static_cast<int>(kLast); ++i)
    text += std::string(messages::name_of(static_cast<messages::MessageKind>(i))) + ".hi = \"" + sid + "\"\n";
  const auto config = config::parse<Only<MessagesConfig>>(text, "server.toml");
  const auto templates = message_providers_of(config.messages).whatsapp_templates;
  EXPECT_EQ(templates.size(), static_cast<std::size_t>(kLast) + 1);
  EXPECT_EQ(templates.at({messages::MessageKind::time_left, "hi"}), sid);
}

TEST(Configuration, MessagesThatCannotBeSentAsItSaysEndTheStart) {
  const auto complaint = [](const std::string& text) {
    try {
      message_providers_of(config::parse<Only<MessagesConfig>>(text, "server.toml").messages);
    } catch (const config::ConfigError& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  EXPECT_EQ(complaint(""), "");
  EXPECT_NE(complaint("[messages.twilio.whatsapp_templates]\njob_started.en = \"HX1\"").find("job_started.en"),
            std::string::npos);
  EXPECT_NE(complaint("[messages.twilio.whatsapp_templates]\njob_startet.en = \"-\"").find("unknown key"),
            std::string::npos);
  EXPECT_NE(complaint("[messages.twilio]\nwhatsapp_patience_s = 29").find("whatsapp_patience_s"), std::string::npos);
  EXPECT_NE(complaint("[messages.price]\nwhatsapp_paise = -1").find("price"), std::string::npos);
  EXPECT_NE(complaint("[messages.twilio]\ninbound_url = \"https://x/?a\"").find("inbound_url"), std::string::npos);
}

TEST(Contract, TheOpenApiFileIsWhatTheEndpointTableSays) {
  EXPECT_EQ(read_file("contracts/openapi.json"), openapi_document() + "\n")
      << "write it anew: pitview-server openapi > contracts/openapi.json, then npm run api:generate in web";
}

// `path/to/file.cpp` must exist; `path/to/file.cpp` followed by `name` in the same
// step must contain that name.
TEST(TraceAReading, NamesRealFilesAndFunctions) {
  const std::string page = read_file("docs/trace-a-reading.md");
  const std::regex span("`([A-Za-z_./0-9-]+\\.[a-z]+):([A-Za-z_:]+)`");
  int seen = 0;
  for (std::sregex_iterator match(page.begin(), page.end(), span), end; match != end; ++match) {
    const std::string file = (*match)[1];
    const std::string symbol = (*match)[2];
    ASSERT_TRUE(std::filesystem::exists(file)) << "docs/trace-a-reading.md names " << file;
    EXPECT_NE(read_file(file.c_str()).find(symbol), std::string::npos) << file << " has no " << symbol;
    ++seen;
  }
  EXPECT_GT(seen, 10);
}

TEST(Statements, EveryOneCanBePrepared) {
  db::testing::MigratedDatabase database;
  postgres::BlockingConnection connection(database.app());
  int number = 0;
  for (const postgres::Statement& statement : all_statements()) {
    const std::string name = "s" + std::to_string(++number);
    EXPECT_NO_THROW(connection.run_script("PREPARE " + name + " AS " + std::string(statement.sql))) << statement.name;
  }
  EXPECT_GT(number, 25);
}

TEST(Statements, NamesAreUnique) {
  std::vector<std::string_view> names;
  for (const postgres::Statement& statement : all_statements()) names.push_back(statement.name);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

}  // namespace
}  // namespace pitview::app
