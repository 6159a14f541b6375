#include "pitview/config/config.h"

#include <gtest/gtest.h>

#include <boost/describe/class.hpp>
#include <cstdlib>

namespace pitview::config {
namespace {

struct Http {
  std::string address = "127.0.0.1";
  std::uint16_t port = 18080;
  std::optional<std::string> web_root;
};
BOOST_DESCRIBE_STRUCT(Http, (), (address, port, web_root))

struct Camera {
  std::string path;
};
BOOST_DESCRIBE_STRUCT(Camera, (), (path))

struct Config {
  std::string name;
  bool verbose = false;
  Http http;
  std::vector<Camera> camera;
  std::vector<std::string> trusted;
};
BOOST_DESCRIBE_STRUCT(Config, (), (name, verbose, http, camera, trusted))

std::string faults_of(std::string_view text) {
  try {
    (void)parse<Config>(text, "server.toml", "PITVIEW_T");
  } catch (const ConfigError& e) {
    return e.what();
  }
  return "";
}

TEST(Config, ReadsTablesListsAndDefaults) {
  const auto config = parse<Config>(
      "name = \"a\"\ntrusted = [\"x\"]\n[http]\nport = 99\n[[camera]]\npath = \"/1\"\n[[camera]]\npath = \"/2\"\n",
      "t");
  EXPECT_EQ(config.http.port, 99);
  EXPECT_EQ(config.http.address, "127.0.0.1");
  EXPECT_FALSE(config.http.web_root);
  ASSERT_EQ(config.camera.size(), 2U);
  EXPECT_EQ(config.camera[1].path, "/2");
  EXPECT_EQ(config.trusted, std::vector<std::string>{"x"});
}

TEST(Config, NamesFileLineAndKeyOfEveryFault) {
  EXPECT_EQ(faults_of("name = \"a\"\n[http]\nprot = 1\nport = \"x\"\n"),
            "server.toml:4: http.port must be a whole number\nserver.toml:3: unknown key http.prot");
  EXPECT_EQ(faults_of("verbose = true\n"), "server.toml:1: name is missing");
  EXPECT_EQ(faults_of("name = \"a\"\n[http]\nport = 70000\n"), "server.toml:3: http.port is out of range");
  EXPECT_EQ(faults_of("name = \"a\"\nhttp = 3\n"), "server.toml:2: http must be a table: [http]");
}

TEST(Config, BrokenTomlIsOneClearLine) { EXPECT_TRUE(faults_of("name = \n").starts_with("server.toml:1: ")); }

TEST(Config, TheEnvironmentOverridesTheFile) {
  ::setenv("PITVIEW_T_HTTP_PORT", "1234", 1);
  const auto config = parse<Config>("name = \"a\"\n[http]\nport = 99\n", "t", "PITVIEW_T");
  EXPECT_EQ(config.http.port, 1234);
  ::setenv("PITVIEW_T_HTTP_PORT", "many", 1);
  EXPECT_EQ(faults_of("name = \"a\"\n"), "server.toml: the environment's PITVIEW_T_HTTP_PORT must be a whole number");
  ::unsetenv("PITVIEW_T_HTTP_PORT");
}

TEST(Config, AMissingFileIsOneClearLine) {
  try {
    (void)load<Config>("/nowhere/server.toml");
    FAIL();
  } catch (const ConfigError& e) {
    EXPECT_STREQ(e.what(), "/nowhere/server.toml: cannot be read");
  }
}

TEST(Config, ListsItsKeys) {
  std::vector<std::string> keys;
  list_keys<Config>(keys);
  EXPECT_EQ(keys, (std::vector<std::string>{"name", "verbose", "http.address", "http.port", "http.web_root", "camera",
                                            "trusted"}));
}

}  // namespace
}  // namespace pitview::config
