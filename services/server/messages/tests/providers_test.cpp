// What the sender makes of a provider's answers, against a Twilio that checks what it gets.
#include "messages/providers.h"

#include <gmock/gmock.h>

#include "stand_in.h"

namespace pitview::messages {
namespace {

using Outcome = Handed::Outcome;

class SmsProvider : public testing::Test {
 protected:
  Handed send(const std::string& phone = "+919876543210", const std::string& email = "") {
    return providers_.send({.key = "pitview-1", .phone = phone, .email = email, .subject = "Shine", .text = "नमस्ते"});
  }

  messaging::StandIn twilio_{0, {}};
  Providers providers_{{.twilio = twilio_.options(), .smtp = {}}};
};

TEST_F(SmsProvider, TakesWhatItIsGiven) {
  const Handed handed = send();
  EXPECT_EQ(handed.outcome, Outcome::taken) << handed.reason;
  EXPECT_EQ(handed.channel, "sms");
  ASSERT_EQ(twilio_.messages().size(), 1U);
  EXPECT_EQ(twilio_.messages()[0].sid, handed.provider_id);
  EXPECT_EQ(twilio_.messages()[0].to, "+919876543210");
  EXPECT_EQ(twilio_.messages()[0].body, "नमस्ते");
}

TEST_F(SmsProvider, WhoIsBusyOrBrokenIsAskedAgain) {
  twilio_.behave({.rate_limit = 1, .retry_after_s = 7});
  EXPECT_EQ(send().outcome, Outcome::later);
  twilio_.behave({.rate_limit = 1, .retry_after_s = 7});
  EXPECT_EQ(send().not_before, std::chrono::seconds(7));
  twilio_.behave({.fail = 1});
  EXPECT_EQ(send().outcome, Outcome::later);
  EXPECT_EQ(send().outcome, Outcome::taken);
}

TEST_F(SmsProvider, WhoWantsNoneIsNotAskedAgain) {
  twilio_.behave({.opted_out = {"+919876543210"}});
  const Handed handed = send();
  EXPECT_EQ(handed.outcome, Outcome::refused);
  EXPECT_FALSE(handed.reason.empty());
  EXPECT_EQ(handed.reason.find("9876543210"), std::string::npos) << "staff reads it";
}

TEST_F(SmsProvider, WrongCredentialsAreNoFaultOfTheMessage) {
  auto options = twilio_.options();
  options.auth_token = std::string(32, 'f');
  Providers wrong({.twilio = options, .smtp = {}});
  const Handed handed = wrong.send({.key = "pitview-1", .phone = "+919876543210", .text = "a"});
  EXPECT_EQ(handed.outcome, Outcome::later);
  EXPECT_EQ(handed.reason.find(options.auth_token), std::string::npos);
  EXPECT_TRUE(twilio_.messages().empty());
}

TEST_F(SmsProvider, WithoutAWayThereIsNobody) {
  EXPECT_EQ(send("", "ravi@example.com").outcome, Outcome::nobody);
  EXPECT_EQ(provider_of({})->send({}).outcome, Outcome::nobody);
  EXPECT_EQ(twilio_.requests(), 0U);
}

}  // namespace
}  // namespace pitview::messages
