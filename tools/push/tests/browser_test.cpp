#include "browser.h"

#include <gtest/gtest.h>

#include "pitview/base/crypto.h"

namespace pitview::web_push {
namespace {

std::string bytes(std::string_view base64url) { return crypto::base64url_decode(base64url).value(); }

// RFC 8291 §5 and Appendix A.
const std::string example_body = bytes(
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_"
    "c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN");

Browser example() { return {bytes("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), bytes("BTBZMqHH6r4Tts7J_aSIgg")}; }

TEST(PushBrowser, OpensTheExampleOfRfc8291) {
  EXPECT_EQ(example().p256dh(),
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
  EXPECT_EQ(example().open(example_body), "When I grow up, I want to be a watermelon");
}

TEST(PushBrowser, OpensNothingThatWasAlteredAnywhere) {
  const Browser browser = example();
  for (std::size_t at = 0; at < example_body.size(); ++at) {
    // A larger record size says the same of a message of one record.
    if (at >= 16 && at < 20) continue;
    std::string altered = example_body;
    altered[at] = static_cast<char>(altered[at] ^ 1);
    EXPECT_FALSE(browser.open(altered)) << at;
  }
  for (std::size_t size = 0; size < example_body.size(); ++size)
    EXPECT_FALSE(browser.open(example_body.substr(0, size))) << size;
  EXPECT_FALSE(browser.open(example_body + '\0'));
}

TEST(PushBrowser, OpensNothingThatIsForAnother) {
  EXPECT_FALSE(Browser().open(example_body));
  EXPECT_FALSE(Browser(bytes("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), std::string(16, 'x')).open(example_body));
}

}  // namespace
}  // namespace pitview::web_push
