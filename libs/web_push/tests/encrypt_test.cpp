#include "pitview/web_push/encrypt.h"

#include <gtest/gtest.h>

#include "bytes.h"
#include "pitview/base/crypto.h"

namespace pitview::web_push {
namespace {

std::string bytes(std::string_view base64url) { return crypto::base64url_decode(base64url).value(); }

// RFC 8291 §5 and Appendix A.
struct Example {
  std::string plaintext = "When I grow up, I want to be a watermelon";
  Receiver receiver{.key = *read_public_key(bytes(
                        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4")),
                    .auth = array_of<16>(bytes("BTBZMqHH6r4Tts7J_aSIgg"))};
  KeyPair sender = *KeyPair::from_private(bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"));
  Salt salt = array_of<16>(bytes("DGv6ra1nlYgDCS1FRnbzlw"));
  std::string body = bytes(
      "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
      "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN");
};

TEST(WebPushEncrypt, IsTheExampleOfRfc8291ByteForByte) {
  const Example example;
  const auto body = encrypt(example.receiver, example.plaintext, example.salt, example.sender);
  ASSERT_TRUE(body);
  EXPECT_EQ(crypto::base64url_encode(*body), crypto::base64url_encode(example.body));
}

TEST(WebPushEncrypt, BothEndsOfTheExampleAgreeOnASecret) {
  const Example example;
  const auto receiver = KeyPair::from_private(bytes("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"));
  ASSERT_TRUE(receiver);
  EXPECT_EQ(receiver->public_key(), example.receiver.key);
  EXPECT_EQ(crypto::base64url_encode(text_of(receiver->shared_secret(example.sender.public_key()))),
            "kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
  EXPECT_EQ(example.sender.shared_secret(receiver->public_key()), receiver->shared_secret(example.sender.public_key()));
}

TEST(WebPushEncrypt, NoTwoMessagesHaveASaltOrAKeyInCommon) {
  const Example example;
  const std::string first = *encrypt(example.receiver, example.plaintext);
  const std::string second = *encrypt(example.receiver, example.plaintext);
  EXPECT_NE(first.substr(0, 16), second.substr(0, 16));
  EXPECT_NE(first.substr(21, 65), second.substr(21, 65));
}

TEST(WebPushEncrypt, TheLargestMessageFillsWhatAPushServiceHasToTake) {
  const Example example;
  EXPECT_EQ(encrypt(example.receiver, "")->size(), 103U);
  EXPECT_EQ(encrypt(example.receiver, std::string(kMaxPayload, 'x'))->size(), 4'096U);
  const auto larger = encrypt(example.receiver, std::string(kMaxPayload + 1, 'x'));
  ASSERT_FALSE(larger);
  EXPECT_EQ(larger.error().code, Errc::body_too_large);
  EXPECT_EQ(larger.error().detail, "A push message has at most 3993 bytes.");
}

}  // namespace
}  // namespace pitview::web_push
