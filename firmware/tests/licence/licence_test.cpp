#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <vector>

#include "core/base/hex.h"
#include "core/base/time_text.h"
#include "core/licence/licence_keeper.h"
#include "core/licence/signed_message.h"
#include "pitview/json/document.h"
#include "testing/fake_ports.h"
#include "testing/host_crypto.h"

namespace pitview::fw {
namespace {

using testing::FakeKv;

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string to_json(json::View value) {
  switch (value.kind()) {
    case json::Kind::string: return '"' + std::string(value.as_string()) + '"';
    case json::Kind::number: return std::to_string(*value.as_int64());
    default: ADD_FAILURE() << "the vectors hold texts and whole numbers only"; return "null";
  }
}

std::string message_of(json::View vector) {
  std::string text = "{";
  const json::View message = *vector.find("message");
  for (auto member = message.first(); member; member = member->next()) {
    if (text.size() > 1) text += ',';
    text += '"' + std::string(member->name()) + "\":" + to_json(*member);
  }
  return text + "}";
}

class Orders : public ::testing::Test {
 protected:
  Orders() {
    const std::string text = read_file(PITVIEW_CONTRACTS "/vectors/signed.json");
    auto parsed = json::Document::parse(text);
    if (!parsed) throw std::runtime_error("contracts/mqtt/vectors/signed.json is not JSON");
    vectors = std::make_unique<json::Document>(std::move(*parsed));
    const json::View root = vectors->root();
    identity.device_id.assign(root.find("device_id")->as_string());
    decode_hex(root.find("command_key")->as_string(), {identity.command_key.data(), identity.command_key.size()});
    now = parse_time(root.find("now")->as_string());
    last_version = *root.find("last_version")->as_uint64();
  }

  // A keeper that has obeyed the vectors' last version.
  LicenceKeeper keeper_at_last_version(FakeKv& kv) {
    LicenceKeeper keeper(kv);
    DesiredState state;
    state.version = last_version;
    state.licence = LicenceState::enabled;
    state.workshop_code.assign("workshop_001");
    state.pit_number = 1;
    EXPECT_EQ(keeper.obey(state), Obedience::obeyed);
    return keeper;
  }

  std::unique_ptr<json::Document> vectors;
  Identity identity;
  std::optional<std::uint32_t> now;
  std::uint64_t last_version = 0;
  testing::HostCrypto crypto{crypto::P256PrivateKey::generate()};
  MessageVerifier verifier{crypto, identity};
};

TEST_F(Orders, commands_are_obeyed_exactly_where_the_contract_says_so) {
  const json::View list = *vectors->root().find("commands");
  for (auto vector = list.first(); vector; vector = vector->next()) {
    FakeKv kv;
    LicenceKeeper keeper = keeper_at_last_version(kv);
    const auto command = verifier.command(message_of(*vector));
    const bool obeyed = command && keeper.obey(*command, now) == Obedience::obeyed;
    EXPECT_EQ(obeyed, vector->find("obeyed")->as_bool()) << vector->find("name")->as_string();
  }
}

TEST_F(Orders, desired_states_are_obeyed_exactly_where_the_contract_says_so) {
  const json::View list = *vectors->root().find("states");
  for (auto vector = list.first(); vector; vector = vector->next()) {
    FakeKv kv;
    LicenceKeeper keeper = keeper_at_last_version(kv);
    const auto state = verifier.desired_state(message_of(*vector));
    const bool obeyed = state && keeper.obey(*state) == Obedience::obeyed;
    EXPECT_EQ(obeyed, vector->find("obeyed")->as_bool()) << vector->find("name")->as_string();
  }
}

// What is missing, of another kind or out of range is refused before any signature is looked at.
TEST_F(Orders, malformed_ones_are_refused) {
  const std::string hmac(64, '0');
  for (const std::string& text : std::vector<std::string>{
           std::string("DISABLE"),
           std::string("{}"),
           R"({"command":"DISABLE","reason":"Reason!","id":12,"expires_at":"2026-02-20T22:35:00Z","hmac":")" + hmac +
               "\"}",
           R"({"command":"DISABLE","reason":")" + std::string(65, 'a') +
               R"(","id":12,"expires_at":"2026-02-20T22:35:00Z","hmac":")" + hmac + "\"}",
           R"({"command":"DISABLE","reason":"","id":12,"expires_at":"tomorrow","hmac":")" + hmac + "\"}",
           R"({"command":"DISABLE","reason":"","id":12,"expires_at":"2026-02-20T22:35:00Z","hmac":"00"})",
       }) {
    EXPECT_FALSE(verifier.command(text)) << text;
  }
  const auto state = [&](const std::string& licence, const std::string& rest) {
    return R"({"version":12,"licence":")" + licence + R"(","reason":"",)" + rest + R"(,"hmac":")" + hmac + "\"}";
  };
  const std::string offsets = R"("temperature_offset_centi":0,"humidity_offset_centi":0)";
  for (const std::string& text : std::vector<std::string>{
           std::string("[]"),
           std::string("{}"),
           state("enabled", R"("workshop_code":"workshop_001","pit_number":1000,)" + offsets),
           state("enabled", R"("workshop_code":")" + std::string(65, 'a') + R"(","pit_number":1,)" + offsets),
           state("enabled", R"("workshop_code":"workshop_001","pit_number":1,"temperature_offset_centi":0)"),
           state("enabled",
                 R"("workshop_code":"w","pit_number":1,"temperature_offset_centi":0,"humidity_offset_centi":5001)"),
           state("unprovisioned", R"("workshop_code":"workshop_001","pit_number":1,)" + offsets),
       }) {
    EXPECT_FALSE(verifier.desired_state(text)) << text;
  }
}

// The message of the first vector, without one member or with that member as null.
std::vector<std::string> with_one_member_missing(json::View vectors) {
  const json::View message = *vectors.first()->find("message");
  std::vector<std::string> texts;
  for (auto left_out = message.first(); left_out; left_out = left_out->next()) {
    std::string without = "{\"x\":0";
    for (auto member = message.first(); member; member = member->next()) {
      if (member->name() != left_out->name()) without += ",\"" + std::string(member->name()) + "\":" + to_json(*member);
    }
    texts.push_back(without + "}");
    texts.push_back(without + ",\"" + std::string(left_out->name()) + "\":null}");
  }
  return texts;
}

TEST_F(Orders, with_a_member_missing_are_refused) {
  for (const std::string& text : with_one_member_missing(*vectors->root().find("commands"))) {
    EXPECT_FALSE(verifier.command(text)) << text;
  }
  for (const std::string& text : with_one_member_missing(*vectors->root().find("states"))) {
    EXPECT_FALSE(verifier.desired_state(text)) << text;
  }
}

class Keeper : public ::testing::Test {
 protected:
  static Command command(LicenceState licence, std::uint64_t id) {
    Command c;
    c.licence = licence;
    c.id = id;
    c.reason.assign("subscription_suspended");
    c.expires_unix_s = 1000;
    return c;
  }
  static DesiredState desired(LicenceState licence, std::uint64_t version) {
    DesiredState s;
    s.licence = licence;
    s.version = version;
    s.workshop_code.assign("workshop_001");
    s.pit_number = 2;
    s.temperature_offset_centi = -120;
    s.humidity_offset_centi = 250;
    return s;
  }
  FakeKv kv;
  LicenceKeeper keeper{kv};
};

TEST_F(Keeper, a_new_device_is_unprovisioned) {
  keeper.start();
  EXPECT_EQ(keeper.licence(), LicenceState::unprovisioned);
  EXPECT_EQ(keeper.state_version(), 0U);
}

TEST_F(Keeper, remembers_through_a_power_cut) {
  ASSERT_EQ(keeper.obey(desired(LicenceState::enabled, 4)), Obedience::obeyed);
  ASSERT_EQ(keeper.obey(command(LicenceState::disabled, 5), 999), Obedience::obeyed);
  LicenceKeeper after(kv);
  after.start();
  EXPECT_EQ(after.licence(), LicenceState::disabled);
  EXPECT_EQ(after.reason(), "subscription_suspended");
  EXPECT_EQ(after.state_version(), 5U);
  EXPECT_EQ(after.workshop_code(), "workshop_001");
  EXPECT_EQ(after.pit_number(), 2);
  EXPECT_FLOAT_EQ(after.temperature_offset_c(), -1.2F);
  EXPECT_FLOAT_EQ(after.humidity_offset_rh(), 2.5F);
}

TEST_F(Keeper, an_order_that_flash_refuses_has_not_been_obeyed) {
  kv.refuses = true;
  EXPECT_EQ(keeper.obey(desired(LicenceState::enabled, 4)), Obedience::not_kept);
  EXPECT_EQ(keeper.licence(), LicenceState::unprovisioned);
  EXPECT_EQ(keeper.state_version(), 0U);
  kv.refuses = false;
  EXPECT_EQ(keeper.obey(desired(LicenceState::enabled, 4)), Obedience::obeyed) << "the same one, repeated";
}

TEST_F(Keeper, refuses_replays_and_what_is_late) {
  ASSERT_EQ(keeper.obey(desired(LicenceState::enabled, 4)), Obedience::obeyed);
  EXPECT_EQ(keeper.obey(command(LicenceState::disabled, 4), 999), Obedience::not_newer);
  EXPECT_EQ(keeper.obey(command(LicenceState::disabled, 5), 1001), Obedience::expired);
  EXPECT_EQ(keeper.obey(command(LicenceState::disabled, 5), std::nullopt), Obedience::time_unknown);
  EXPECT_EQ(keeper.licence(), LicenceState::enabled);
  EXPECT_EQ(keeper.obey(command(LicenceState::disabled, 5), 1000), Obedience::obeyed);
  EXPECT_EQ(keeper.obey(command(LicenceState::disabled, 5), 1000), Obedience::not_newer);
  EXPECT_EQ(keeper.obey(desired(LicenceState::enabled, 4)), Obedience::not_newer);
}

TEST_F(Keeper, a_desired_state_brings_the_rest_of_the_command_of_its_number) {
  ASSERT_EQ(keeper.obey(desired(LicenceState::enabled, 4)), Obedience::obeyed);
  ASSERT_EQ(keeper.obey(command(LicenceState::disabled, 5), 999), Obedience::obeyed);
  DesiredState state = desired(LicenceState::disabled, 5);
  state.pit_number = 3;
  EXPECT_EQ(keeper.obey(state), Obedience::obeyed);
  EXPECT_EQ(keeper.pit_number(), 3);
  EXPECT_EQ(keeper.licence(), LicenceState::disabled);
}

TEST_F(Keeper, a_desired_state_that_was_held_up_does_not_undo_a_newer_command) {
  ASSERT_EQ(keeper.obey(desired(LicenceState::enabled, 4)), Obedience::obeyed);
  ASSERT_EQ(keeper.obey(command(LicenceState::disabled, 6), 999), Obedience::obeyed);
  EXPECT_EQ(keeper.obey(desired(LicenceState::enabled, 5)), Obedience::obeyed);
  EXPECT_EQ(keeper.licence(), LicenceState::disabled);
  EXPECT_EQ(keeper.state_version(), 6U);
}

TEST_F(Keeper, a_value_that_cannot_be_read_counts_as_none) {
  ASSERT_EQ(keeper.obey(desired(LicenceState::enabled, 4)), Obedience::obeyed);
  kv.values.begin()->second[9] ^= 1;
  LicenceKeeper after(kv);
  after.start();
  EXPECT_EQ(after.licence(), LicenceState::unprovisioned);
}

TEST(Words, for_logs_and_status) {
  EXPECT_EQ(to_text(LicenceState::unprovisioned), "unprovisioned");
  for (const Obedience o :
       {Obedience::obeyed, Obedience::not_newer, Obedience::expired, Obedience::time_unknown, Obedience::not_kept}) {
    EXPECT_FALSE(to_text(o).empty());
  }
}

}  // namespace
}  // namespace pitview::fw
