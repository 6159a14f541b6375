#include "devices/signed_messages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

#include "pitview/json/read.h"
#include "pitview/json/write.h"

namespace pitview::devices {

struct Vectors {
  std::string device_id;
  std::string command_key;
};
BOOST_DESCRIBE_STRUCT(Vectors, (), (device_id, command_key))

namespace {

class Vector : public ::testing::Test {
 protected:
  Vector() : text_(read()), document_(*json::Document::parse(text_)) {
    const auto head = *json::read<Vectors>(document_.root());
    device_id_ = head.device_id;
    const auto bytes = *crypto::from_hex(head.command_key);
    std::copy(bytes.begin(), bytes.end(), key_.begin());
  }

  static std::string read() {
    std::ifstream in("contracts/mqtt/vectors/signed.json", std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }

  // The messages that a device obeys.
  template <class Message>
  std::vector<Message> obeyed(std::string_view list) {
    std::vector<Message> messages;
    for (auto entry = document_.root().find(list)->first(); entry; entry = entry->next())
      if (entry->find("obeyed")->as_bool()) messages.push_back(*json::read<Message>(*entry->find("message")));
    return messages;
  }

  std::string text_;
  json::Document document_;
  std::string device_id_;
  crypto::Key256 key_{};
};

TEST_F(Vector, OfACommandIsWhatWeSign) {
  const auto commands = obeyed<Command>("commands");
  EXPECT_GE(commands.size(), 3U);
  for (const Command& command : commands) {
    Command bare = command;
    bare.hmac.clear();
    EXPECT_EQ(json::write(signed_command(key_, device_id_, bare)), json::write(command));
  }
}

TEST_F(Vector, OfADesiredStateIsWhatWeSign) {
  const auto states = obeyed<DesiredState>("states");
  EXPECT_GE(states.size(), 3U);
  for (const DesiredState& state : states) {
    DesiredState bare = state;
    bare.hmac.clear();
    EXPECT_EQ(json::write(signed_state(key_, device_id_, bare)), json::write(state));
  }
}

TEST_F(Vector, EveryLineIsSigned) {
  const DesiredState state = obeyed<DesiredState>("states").front();
  const auto changed = [&](auto change) {
    DesiredState other = state;
    change(other);
    return signed_state(key_, device_id_, other).hmac != state.hmac;
  };
  EXPECT_TRUE(changed([](DesiredState& s) { ++s.version; }));
  EXPECT_TRUE(changed([](DesiredState& s) { s.licence = "disabled"; }));
  EXPECT_TRUE(changed([](DesiredState& s) { s.reason += "x"; }));
  EXPECT_TRUE(changed([](DesiredState& s) { s.workshop_code += "1"; }));
  EXPECT_TRUE(changed([](DesiredState& s) { ++s.pit_number; }));
  EXPECT_TRUE(changed([](DesiredState& s) { ++s.temperature_offset_centi; }));
  EXPECT_TRUE(changed([](DesiredState& s) { ++s.humidity_offset_centi; }));
  EXPECT_NE(signed_state(key_, "ESP32-000000000000", state).hmac, state.hmac);
}

}  // namespace
}  // namespace pitview::devices
