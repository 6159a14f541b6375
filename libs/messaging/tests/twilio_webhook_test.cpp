#include "pitview/messaging/twilio_webhook.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace pitview::messaging {
namespace {

constexpr const char* kSid = "SM0123456789abcdef0123456789abcdef";

// Of the documentation and the tests of Twilio's own libraries: https://www.twilio.com/docs/usage/security
constexpr const char* kUrl = "https://mycompany.com/myapp.php?foo=1&bar=2";
constexpr const char* kToken = "12345";
constexpr const char* kSignature = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
Form documented() {
  return {{"CallSid", "CA1234567890ABCDE"},
          {"Caller", "+14158675309"},
          {"Digits", "1234"},
          {"From", "+14158675309"},
          {"To", "+18005551212"}};
}

TEST(TwilioSignature, TheDocumentedOneIsGoodInWhateverOrderItComes) {
  Form form = documented();
  EXPECT_EQ(signature_of(kToken, kUrl, form), kSignature);
  do {
    EXPECT_TRUE(verify_signature(kToken, kUrl, form, kSignature));
  } while (std::ranges::next_permutation(form).found);
}

TEST(TwilioSignature, SoIsThatOfTheOtherNumber) {
  Form form = documented();
  for (auto& [name, value] : form)
    if (value == "+14158675309") value = "+14158675310";
  // By Python, as below.
  EXPECT_EQ(signature_of(kToken, kUrl, form), "GvWf1cFY/Q7PnoempGyD5oXAezc=");
}

TEST(TwilioSignature, WhatWasChangedIsNoticed) {
  for (std::size_t i = 0; i < documented().size(); ++i) {
    Form form = documented();
    form[i].second += "0";
    EXPECT_FALSE(verify_signature(kToken, kUrl, form, kSignature));
    form = documented();
    form.erase(form.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(verify_signature(kToken, kUrl, form, kSignature));
  }
  Form more = documented();
  more.emplace_back("MessageStatus", "delivered");
  EXPECT_FALSE(verify_signature(kToken, kUrl, more, kSignature));
  EXPECT_FALSE(verify_signature(kToken, "https://mycompany.com/myapp.php?foo=1&bar=3", documented(), kSignature));
  EXPECT_FALSE(verify_signature(kToken, "http://mycompany.com/myapp.php?foo=1&bar=2", documented(), kSignature));
  EXPECT_FALSE(verify_signature("12346", kUrl, documented(), kSignature));
}

TEST(TwilioSignature, AMissingOrForgedOneIsNoticed) {
  for (const char* header : {"", "=", "RSOYDt4T1cUTdK1PDd93/VVr8B8", "rSOYDt4T1cUTdK1PDd93/VVr8B8=",
                             "RSOYDt4T1cUTdK1PDd93/VVr8B8= ", "RSOYDt4T1cUTdK1PDd93/VVr8B8=="})
    EXPECT_FALSE(verify_signature(kToken, kUrl, documented(), header)) << header;
}

TEST(TwilioSignature, WithoutATokenNobodyIsBelieved) {
  EXPECT_FALSE(verify_signature("", kUrl, documented(), signature_of("", kUrl, documented())));
}

TEST(TwilioSignature, UpperCaseSortsFirstAndWhatComesTwiceCountsOnce) {
  // By Python: base64(hmac.new(b"12345", "https://a/b" + "B2" + "aहै" + "a✓", sha1)).
  const Form form{{"a", "✓"}, {"B", "2"}, {"a", "है"}, {"a", "✓"}};
  EXPECT_EQ(signature_of(kToken, "https://a/b", form), "qJWnlAGbK/4e4K8rPLZ2EBjegBU=");
}

TEST(TwilioReceipts, EveryStatusThatTwilioHas) {
  const std::array<std::pair<const char*, ReceiptStatus>, 10> statuses{{{"accepted", ReceiptStatus::queued},
                                                                        {"scheduled", ReceiptStatus::queued},
                                                                        {"queued", ReceiptStatus::queued},
                                                                        {"sending", ReceiptStatus::queued},
                                                                        {"sent", ReceiptStatus::sent},
                                                                        {"delivered", ReceiptStatus::delivered},
                                                                        {"undelivered", ReceiptStatus::undelivered},
                                                                        {"failed", ReceiptStatus::failed},
                                                                        {"canceled", ReceiptStatus::failed},
                                                                        {"read", ReceiptStatus::read}}};
  for (const auto& [name, status] : statuses) {
    const auto receipt = parse_receipt({{"MessageSid", kSid}, {"MessageStatus", name}});
    ASSERT_TRUE(receipt) << name;
    EXPECT_EQ(receipt->provider_id, kSid);
    EXPECT_EQ(receipt->status, status) << name;
    EXPECT_EQ(receipt->code, "");
  }
}

TEST(TwilioReceipts, WhatIsNoneIsNotRead) {
  EXPECT_FALSE(parse_receipt({}));
  EXPECT_FALSE(parse_receipt({{"MessageSid", kSid}}));
  EXPECT_FALSE(parse_receipt({{"MessageStatus", "sent"}}));
  EXPECT_FALSE(parse_receipt({{"MessageSid", kSid}, {"MessageStatus", "received"}}));
  EXPECT_FALSE(parse_receipt({{"MessageSid", kSid}, {"MessageStatus", "Sent"}}));
  EXPECT_FALSE(parse_receipt({{"MessageSid", "SM'; drop table messages"}, {"MessageStatus", "sent"}}));
  EXPECT_FALSE(parse_receipt({{"MessageSid", kSid}, {"MessageSid", kSid}, {"MessageStatus", "sent"}}));
}

TEST(TwilioReceipts, ACodeSaysWhatItMeans) {
  const auto delivery = [](const char* code) {
    const auto receipt = parse_receipt({{"MessageSid", kSid}, {"MessageStatus", "undelivered"}, {"ErrorCode", code}});
    return delivery_of(receipt.value());
  };
  EXPECT_EQ(delivery("30003").outcome, Delivery::Outcome::later);
  EXPECT_EQ(delivery("30008").outcome, Delivery::Outcome::later);
  EXPECT_EQ(delivery("63018").outcome, Delivery::Outcome::later);
  EXPECT_TRUE(delivery("30005").recipient_invalid);
  EXPECT_TRUE(delivery("30006").recipient_invalid);
  EXPECT_TRUE(delivery("21610").recipient_opted_out);
  EXPECT_TRUE(delivery("30002").is_misconfigured);
  const Delivery window = delivery("63016");
  EXPECT_EQ(window.outcome, Delivery::Outcome::refused);
  EXPECT_EQ(window.code, "63016");
  EXPECT_EQ(window.reason, "WhatsApp needs a template: the recipient has not written within 24 hours.");
  EXPECT_EQ(delivery("30007").outcome, Delivery::Outcome::refused);
  EXPECT_EQ(delivery("99999").code, "99999");
  for (const char* strange : {"0", "", "1e9", "-1", "12345678", "<b>"})
    EXPECT_EQ(delivery(strange).code, "") << strange;
  EXPECT_TRUE(delivery_of({.provider_id = kSid, .status = ReceiptStatus::read}).is_accepted());
}

TEST(TwilioReceipts, OutOfOrderTheLatestStateStands) {
  using enum ReceiptStatus;
  const auto after = [](std::initializer_list<ReceiptStatus> receipts) {
    ReceiptStatus known = queued;
    for (const ReceiptStatus next : receipts)
      if (supersedes(next, known)) known = next;
    return known;
  };
  EXPECT_EQ(after({sent, delivered, read}), read);
  EXPECT_EQ(after({read, delivered, sent, queued}), read);
  EXPECT_EQ(after({delivered, sent}), delivered);
  EXPECT_EQ(after({undelivered, sent}), undelivered);
  EXPECT_EQ(after({failed, undelivered}), failed);
  EXPECT_EQ(after({undelivered, delivered}), delivered);
  EXPECT_EQ(after({delivered, failed}), delivered);
  EXPECT_FALSE(supersedes(sent, sent));
}

TEST(TwilioInbound, AKeywordAloneIsAWish) {
  using Wish = Inbound::Wish;
  const auto wish = [](const char* body) {
    return parse_inbound({{"MessageSid", kSid}, {"From", "+919876543210"}, {"SmsStatus", "received"}, {"Body", body}})
        .value()
        .wish;
  };
  for (const char* stop : {"STOP", " sToP\r\n", "unsubscribe", "Quit", "OPTOUT"}) EXPECT_EQ(wish(stop), Wish::stop);
  for (const char* start : {"start", "UNSTOP"}) EXPECT_EQ(wish(start), Wish::start);
  EXPECT_EQ(wish("help"), Wish::help);
  for (const char* none : {"", "Stop please", "don't stop", "रोको"}) EXPECT_EQ(wish(none), Wish::none);
}

TEST(TwilioInbound, WhatTwilioUnderstoodCounts) {
  const auto inbound = parse_inbound(
      {{"MessageSid", kSid}, {"From", "whatsapp:+919876543210"}, {"Body", "बंद करो"}, {"OptOutType", "STOP"}});
  ASSERT_TRUE(inbound);
  EXPECT_EQ(inbound->wish, Inbound::Wish::stop);
  EXPECT_EQ(inbound->from, "+919876543210");
  EXPECT_TRUE(inbound->is_whatsapp);
  EXPECT_EQ(inbound->body, "बंद करो");
}

TEST(TwilioInbound, WhatIsNoMessageToUsIsNotRead) {
  EXPECT_FALSE(parse_inbound({{"MessageSid", kSid}, {"From", "+919876543210"}, {"MessageStatus", "sent"}}));
  EXPECT_FALSE(parse_inbound({{"MessageSid", kSid}, {"From", "messenger:12345"}, {"Body", "STOP"}}));
  EXPECT_FALSE(parse_inbound({{"From", "+919876543210"}, {"Body", "STOP"}}));
}

TEST(TwilioForm, IsWrittenAndRead) {
  const Form form{{"To", "+919876543210"}, {"Body", "a b&c=d%\n✓ है 🚗"}, {"Empty", ""}};
  EXPECT_EQ(write_form(form),
            "To=%2B919876543210&Body=a%20b%26c%3Dd%25%0A%E2%9C%93%20%E0%A4%B9%E0%A5%88%20%F0%9F%9A%97&Empty=");
  EXPECT_EQ(parse_form(write_form(form)), form);
  EXPECT_EQ(parse_form("a+b=c+d&x&=y&&z=1=2"), (Form{{"a b", "c d"}, {"x", ""}, {"", "y"}, {"z", "1=2"}}));
  for (const char* broken : {"a=%", "a=%2", "a=%zz", "%=1"}) EXPECT_FALSE(parse_form(broken)) << broken;
  std::string many;
  for (int i = 0; i < 201; ++i) many += "a=1&";
  EXPECT_FALSE(parse_form(many));
}

}  // namespace
}  // namespace pitview::messaging
