#include "request_check.h"

#include <gtest/gtest.h>

#include "control.h"

namespace pitview::messaging {
namespace {

const StandInSettings kSettings;

Form sms() { return {{"To", "+919876543210"}, {"From", "+12025550123"}, {"Body", "a"}}; }
Form whatsapp() {
  return {{"To", "whatsapp:+919876543210"},
          {"From", "whatsapp:+12025550124"},
          {"ContentSid", "HX00000000000000000000000000000001"},
          {"ContentVariables", R"({"1":"a"})"}};
}
// With one parameter given, or changed; without it where the value is "-".
int code_with(Form form, const std::string& name, const std::string& value) {
  std::erase_if(form, [&](const auto& pair) { return pair.first == name; });
  if (value != "-") form.emplace_back(name, value);
  return fault_of_message(form, kSettings).code;
}

TEST(TwilioStandIn, TakesWhatTwilioTakes) {
  EXPECT_EQ(fault_of_message(sms(), kSettings).status, 0);
  EXPECT_EQ(fault_of_message(whatsapp(), kSettings).status, 0);
  EXPECT_EQ(code_with(sms(), "StatusCallback", "https://pitview.example.com/api/receipts?key=1"), 0);
}

TEST(TwilioStandIn, RefusesWhatTwilioRefuses) {
  EXPECT_EQ(code_with(sms(), "To", "-"), 21604);
  EXPECT_EQ(code_with(sms(), "To", "9876543210"), 21211);
  EXPECT_EQ(code_with(sms(), "To", "whatsapp:9876543210"), 21211);
  EXPECT_EQ(code_with(sms(), "From", "-"), 21603);
  EXPECT_EQ(code_with(sms(), "From", "+12025550199"), 21606);
  EXPECT_EQ(code_with(sms(), "From", "whatsapp:+12025550124"), 21910);
  EXPECT_EQ(code_with(sms(), "MessagingServiceSid", "MG9"), 21705);
  EXPECT_EQ(code_with(sms(), "Body", "-"), 21619);
  EXPECT_EQ(code_with(sms(), "Body", std::string(1'601, 'a')), 21617);
  EXPECT_EQ(code_with(sms(), "StatusCallback", "receipts"), 21609);
  EXPECT_EQ(code_with(sms(), "StatusCallback", "https://a_b.example.com/"), 21609);
  EXPECT_EQ(code_with(sms(), "DltEntityId", "1"), 20001);  // there is no such thing
  EXPECT_EQ(code_with(whatsapp(), "From", "whatsapp:+12025550199"), 63007);
  EXPECT_EQ(code_with(whatsapp(), "ContentSid", "HX9"), 21655);
  EXPECT_EQ(code_with(whatsapp(), "ContentSid", "-"), 21654);
  for (const char* variables : {"", "{", "[]", R"({"1":2})", R"({"1":""})", R"({"1":"a\nb"})"})
    EXPECT_EQ(code_with(whatsapp(), "ContentVariables", variables), 21656) << variables;
  Form twice = sms();
  twice.emplace_back("To", "+919876543211");
  EXPECT_EQ(fault_of_message(twice, kSettings).code, 20001);
}

TEST(TwilioStandIn, KnowsWhoAsks) {
  // printf %s "AC00000000000000000000000000000001:stand-in-token" | base64
  http::Request request{
      .headers = {{"Authorization", "Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTpzdGFuZC1pbi10b2tlbg=="},
                  {"Content-Type", "application/x-www-form-urlencoded"}},
      .path_params = {{"account", "AC00000000000000000000000000000001"}}};
  EXPECT_EQ(fault_of_caller(request, kSettings).status, 0);
  request.path_params.front().second = "AC00000000000000000000000000000002";
  EXPECT_EQ(fault_of_caller(request, kSettings).status, 404);
  for (const char* header : {"", "Basic", "Basic !", "Basic QUM6YQ==", "Bearer a"}) {
    request.headers.front().second = header;
    EXPECT_EQ(fault_of_caller(request, kSettings).code, 20003) << header;
  }
}

TEST(TwilioStandIn, IsToldHowToBehave) {
  const auto behaviour = read_behaviour(
      R"({"rate_limit":2,"fail":1,"fail_status":500,"opted_out":["+91"],"undelivered":{"+92":"30003"}})");
  ASSERT_TRUE(behaviour);
  EXPECT_EQ(behaviour->rate_limit, 2);
  EXPECT_EQ(behaviour->retry_after_s, 2);
  EXPECT_EQ(behaviour->fail_status, 500);
  EXPECT_EQ(behaviour->undelivered.at("+92"), "30003");
  EXPECT_FALSE(read_behaviour(R"({"rate_limit":"two"})"));
  EXPECT_EQ(messages_json({{.sid = "SM1", .to = "+91", .status = "delivered"}}),
            R"([{"sid":"SM1","to":"+91","from":"","messaging_service_sid":"","body":"","content_sid":"",)"
            R"("content_variables":"","status_callback":"","status":"delivered","error_code":""}])");
}

}  // namespace
}  // namespace pitview::messaging
