#include "devices/broker_accounts.h"

#include <gmock/gmock.h>

#include "pitview/json/document.h"

namespace pitview::devices {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

const Account kDevice{"ESP32-000000000001", "secret", "workshop_001", 2};
const Account kOther{"ESP32-000000000002", "other", "workshop_001", 3};

BrokerAccounts with(std::initializer_list<Account> accounts) {
  BrokerAccounts actual;
  for (const Account& account : accounts) {
    actual.clients[account.device_id] = {fingerprint_of(account.password), {account.device_id}};
    actual.roles[account.device_id] = acls_of(account);
  }
  actual.clients["pitview-server"] = {"", {"pitview-server"}};
  actual.roles["pitview-server"] = {{"publishClientSend", "workshop/#"}};
  return actual;
}

TEST(BrokerAccounts, LetADeviceUseItsTopicsOnly) {
  EXPECT_THAT(
      acls_of(kDevice),
      UnorderedElementsAre(Acl{"publishClientSend", "workshop/workshop_001/pit/2/sensors"},
                           Acl{"publishClientSend", "workshop/workshop_001/pit2/sensors"},
                           Acl{"publishClientSend", "workshop/workshop_001/device/ESP32-000000000001/status"},
                           Acl{"subscribeLiteral", "workshop/workshop_001/device/ESP32-000000000001/command"},
                           Acl{"subscribeLiteral", "workshop/workshop_001/device/ESP32-000000000001/config"},
                           Acl{"subscribeLiteral", "workshop/workshop_001/device/ESP32-000000000001/ack"},
                           Acl{"publishClientReceive", "workshop/workshop_001/device/ESP32-000000000001/command"},
                           Acl{"publishClientReceive", "workshop/workshop_001/device/ESP32-000000000001/config"},
                           Acl{"publishClientReceive", "workshop/workshop_001/device/ESP32-000000000001/ack"}));
  Account nowhere = kDevice;
  nowhere.pit_number.reset();
  for (const Acl& acl : acls_of(nowhere)) EXPECT_THAT(acl.topic, Not(HasSubstr("sensors")));
}

TEST(BrokerAccounts, ThatAreRightAreLeftAlone) {
  EXPECT_THAT(commands_for({kDevice, kOther}, with({kDevice, kOther})), IsEmpty());
}

TEST(BrokerAccounts, ThatAreMissingAreMade) {
  EXPECT_THAT(commands_for({kDevice, kOther}, with({kOther})),
              ElementsAre(StartsWith(R"({"command":"createRole","rolename":"ESP32-000000000001","acls":[)"),
                          StartsWith(R"({"command":"createClient","username":"ESP32-000000000001",)"
                                     R"("password":"secret")")));
}

TEST(BrokerAccounts, ThatAreSuperfluousGoAndOthersThanDevicesStay) {
  EXPECT_THAT(commands_for({kOther}, with({kDevice, kOther})),
              ElementsAre(R"({"command":"deleteClient","username":"ESP32-000000000001"})",
                          R"({"command":"deleteRole","rolename":"ESP32-000000000001"})"));
}

TEST(BrokerAccounts, ThatDifferAreMended) {
  Account moved = kDevice;
  moved.pit_number = 7;
  EXPECT_THAT(commands_for({moved}, with({kDevice})), ElementsAre(HasSubstr("modifyRole")));
  Account other_password = kDevice;
  other_password.password = "new";
  EXPECT_THAT(commands_for({other_password}, with({kDevice})), ElementsAre(HasSubstr("modifyClient")));
  BrokerAccounts widened = with({kDevice});
  widened.clients[kDevice.device_id].roles.insert("pitview-server");
  EXPECT_THAT(commands_for({kDevice}, widened), ElementsAre(HasSubstr("modifyClient")));
}

TEST(BrokerAccounts, OfOneDeviceSayNothingOfOthers) {
  EXPECT_THAT(commands_for(kDevice.device_id, kDevice, with({kOther})),
              ElementsAre(HasSubstr("createRole"), HasSubstr("createClient")));
  EXPECT_THAT(commands_for(kDevice.device_id, std::nullopt, with({kDevice, kOther})),
              ElementsAre(HasSubstr("deleteClient"), HasSubstr("deleteRole")));
  EXPECT_THAT(commands_for(kDevice.device_id, std::nullopt, with({kOther})), IsEmpty());
}

TEST(BrokerAccounts, RequestsAreJsonWithTheirCorrelation) {
  const std::string request = request_of({get_client("a"), list_roles(0, 10)}, "x.1");
  ASSERT_TRUE(json::Document::parse(request)) << request;
  EXPECT_THAT(request, StartsWith(R"({"commands":[{"correlationData":"x.1","command":"getClient","username":"a"},)"));
}

// As Mosquitto 2.0.11 answers.
TEST(BrokerAccounts, AnswersAreReadPageByPage) {
  BrokerAccounts accounts;
  const auto answer = read_answer(
      R"({"responses":[{"command":"listClients","data":{"totalCount":3,"clients":[{"username":"c","textname":"fp",)"
      R"("roles":[{"rolename":"r"}],"groups":[]}]},"correlationData":"x.1"}]})",
      accounts);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->correlation, "x.1");
  EXPECT_EQ(answer->total, 3);
  EXPECT_EQ(accounts.clients["c"].fingerprint, "fp");
  EXPECT_THAT(accounts.clients["c"].roles, ElementsAre("r"));
  ASSERT_TRUE(read_answer(
      R"({"responses":[{"command":"getRole","data":{"role":{"rolename":"r","acls":[{"acltype":"subscribeLiteral",)"
      R"("topic":"a","priority":0,"allow":true},{"acltype":"subscribeLiteral","topic":"b","priority":0,)"
      R"("allow":false}]}},"correlationData":"x.2"}]})",
      accounts));
  EXPECT_THAT(accounts.roles["r"],
              UnorderedElementsAre(Acl{"subscribeLiteral", "a"}, Acl{"deny subscribeLiteral", "b"}));
}

TEST(BrokerAccounts, NotFoundIsAnAnswerAndOtherErrorsAreErrors) {
  BrokerAccounts accounts;
  const auto absent = read_answer(
      R"({"responses":[{"command":"getClient","error":"Client not found","correlationData":"1"}]})", accounts);
  ASSERT_TRUE(absent);
  EXPECT_THAT(absent->errors, IsEmpty());
  const auto failed = read_answer(
      R"({"responses":[{"command":"createClient","error":"Client already exists","correlationData":"1"}]})", accounts);
  EXPECT_THAT(failed->errors, ElementsAre("createClient: Client already exists"));
  EXPECT_FALSE(read_answer("nonsense", accounts));
}

}  // namespace
}  // namespace pitview::devices
